"""What is said of a count of home visits in public: "at least N", so that no small count can be worked out.

N is a multiple of five, and random: it is up to a few lower than the highest that would be true, by a number
that has no bound. Nothing that is said bounds any count from above. So whatever tables and filters somebody
takes together, on whatever days, each count below five could be any number; and nothing said is untrue.
"""

import hashlib
import hmac

STEP = 5


def at_least(count: int, secret: str, *what: str) -> int:
    """A number that `count` is at least, a multiple of `STEP`; 0 says nothing.

    `what` names the count: the same count gets the same answer, or asking often would show the best one.
    """
    words = "\0".join((*what, str(count)))
    drawn = int.from_bytes(hmac.digest(secret.encode(), words.encode(), hashlib.sha256))
    lowered = count - _trailing_zeros(drawn)
    return max(0, lowered - lowered % STEP)


def _trailing_zeros(drawn: int) -> int:
    """0 of half of all numbers, 1 of a quarter, and so on."""
    return (drawn & -drawn).bit_length() - 1 if drawn else 256
