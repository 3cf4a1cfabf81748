"""The code on the sign of a water: eight characters that follow from the hazard's id.

Crockford's base32: seven characters are 35 bits of a hash, the last one checks them. It finds any one wrong
character and any two that were exchanged. The code opens nothing by itself: it is searched for among the
hazards that somebody may see anyway. Two hazards may have the same code; then a person chooses (decision 42).
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterable

LENGTH = 8
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_ALIKE = str.maketrans("OIL", "011")
_LINK = re.compile(r"[?&]water=([^&#\s]*)")
_GAPS = re.compile(r"[\s.\-_‐-―−·]+")
_LONGEST = 400  # characters of a text that may be the link of a sign
_REDUCTION = 0b100101  # x⁵ + x² + 1


def code_of(hazard: str) -> str:
    """The code of the hazard with this id."""
    number = int.from_bytes(hashlib.blake2b(hazard.encode(), digest_size=5).digest()) >> 5
    values = [number >> (5 * place) & 31 for place in reversed(range(LENGTH - 1))]
    return "".join(_LETTERS[value] for value in (*values, _check(values)))


def read(text: str) -> str | None:
    """The code that was scanned or typed, as `code_of` writes it; None where it has a mistake.

    `text`: the code, whatever its case and gaps, or the link on a sign.
    """
    text = unicodedata.normalize("NFKC", text[:_LONGEST])
    if link := _LINK.search(text):
        text = link[1]
    typed = _GAPS.sub("", text).upper().translate(_ALIKE)
    values = [_LETTERS.find(letter) for letter in typed]
    if len(values) != LENGTH or min(values) < 0 or _check(values[:-1]) != values[-1]:
        return None
    return typed


def in_groups(code: str) -> str:
    """A code as people read it: K7QM-2F8P."""
    return f"{code[: LENGTH // 2]}-{code[LENGTH // 2 :]}"


def with_code(code: str, hazards: Iterable[str]) -> list[str]:
    """Those of the hazards, by their ids, that have this code: mostly one or none."""
    return [hazard for hazard in hazards if code_of(hazard) == code]


def _check(values: Iterable[int]) -> int:
    """The check of some values: each weighs twice as much as the next one, in the field of 32 elements."""
    check = 0
    for value in values:
        check = (check ^ value) << 1
        if check & 32:
            check ^= _REDUCTION
    return check
