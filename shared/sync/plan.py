"""What a phone does next to bring its saves to the server and the others' here: pure decisions, no doing.

Records go before photos; the others' news come between, so that a conflict shows before large bytes travel.
Everything may be repeated: the server knows operations by their key and photos by their hash.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from shared import problems
from shared.operations import Stamp
from shared.problems import Kind, Problem
from shared.sync.wire import MAX_BODY, MAX_OPERATIONS, PushResult, Reason

FEWEST_OPERATIONS = 10
MAX_PUSH_BYTES = MAX_BODY // 2
BACKOFF_SECONDS = 2.0
LONGEST_REST = 60.0
"""Also how often a phone tries while something waits and nothing is wrong."""


@dataclass(frozen=True, slots=True)
class PhotoToSend:
    """Bytes that wait: of which hazard, saved with which operation number, how many are still to send."""

    sha256: str
    bytes: int
    n: int
    hazard: str | None = None


@dataclass(frozen=True, slots=True)
class LinkPolicy:
    """How things travel now: whether photos are `held` until there is Wi-Fi, whether the link is `poor`, and
    how many operations or records one message carries at `most`."""

    held: bool = False
    poor: bool = False
    most: int = MAX_OPERATIONS


@dataclass(frozen=True, slots=True)
class View:
    """What a phone sees of itself in one round.

    `unsent`: (device, n, bytes of its JSON) of operations not answered for, oldest first; `refused`: of those
    to be offered once more in this round. `whole`: whether the server's records were read to the end since
    the phone began anew. `pulled`: whether the log was read to its end in this round. `tried`: photos this
    round has done with, well or not.
    """

    unsent: Sequence[tuple[str, int, int]] = ()
    refused: Sequence[tuple[str, int, int]] = ()
    whole: bool = True
    pulled: bool = False
    photos: Sequence[PhotoToSend] = ()
    tried: frozenset[str] = frozenset()
    way: LinkPolicy = LinkPolicy()


@dataclass(frozen=True, slots=True)
class Push:
    """Send the operations of one device with these numbers."""

    device: str
    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ReadSnapshot:
    """Ask for the next page of the records as they stand."""


@dataclass(frozen=True, slots=True)
class Pull:
    """Ask for the next page of the log."""


@dataclass(frozen=True, slots=True)
class SendPhoto:
    """Send the bytes with this hash."""

    sha256: str


Action = Push | ReadSnapshot | Pull | SendPhoto


def next_action(view: View) -> Action | None:
    """What to do now; None when the round is done."""
    for waiting in (view.unsent, view.refused):
        if waiting:
            return batch(waiting, view.way.most)
    if not view.whole:
        return ReadSnapshot()
    if not view.pulled:
        return Pull()
    if view.way.held:
        return None
    for photo in in_order(view.photos, poor=view.way.poor):
        if photo.sha256 not in view.tried:
            return SendPhoto(photo.sha256)
    return None


def batch(waiting: Sequence[tuple[str, int, int]], most: int = MAX_OPERATIONS) -> Push:
    """What goes in one push: the oldest, as many of its device as one message may hold, at least one."""
    first = waiting[0][0]
    numbers: list[int] = []
    size = 0
    for device, n, length in waiting[:most]:
        size += length + 1
        if device != first or (numbers and size > MAX_PUSH_BYTES):
            break
        numbers.append(n)
    return Push(first, tuple(numbers))


def in_order(photos: Iterable[PhotoToSend], *, poor: bool = False) -> list[PhotoToSend]:
    """Photos as they are sent: the hazard that has waited longest first, of its photos the small first.

    On a poor link the small go first whatever they belong to: it may be gone at any moment, and the more
    photos are whole at the server by then, the better. What a begun upload has sent counts as gone already,
    so it is rather finished than left.
    """
    several = list(photos)
    if poor:
        return sorted(several, key=lambda photo: (photo.bytes, photo.n))
    oldest: dict[str | None, int] = {}
    for photo in several:
        oldest[photo.hazard] = min(photo.n, oldest.get(photo.hazard, photo.n))
    return sorted(several, key=lambda photo: (oldest[photo.hazard], photo.bytes, photo.n))


@dataclass(frozen=True, slots=True)
class Settled:
    """What a push settled: n → stamp of what is stored, n → why it was refused.

    And of what was refused before: n → what the office said when it discarded or repaired it.
    """

    stamps: dict[int, Stamp] = field(default_factory=dict)
    refused: dict[int, Reason] = field(default_factory=dict)
    discarded: dict[int, Reason] = field(default_factory=dict)
    repaired: dict[int, Reason] = field(default_factory=dict)


def settle(numbers: Iterable[int], results: Iterable[PushResult]) -> Settled:
    """Read the results of a push of `numbers`.

    What is not answered for stays unsent. Problem: not_our_server when nothing is answered for at all.
    """
    asked = set(numbers)
    settled = Settled()
    for result in results:
        if result.n is None or result.n not in asked:
            continue
        match result.status:
            case "quarantined":
                settled.refused[result.n] = result.why or Reason(code=problems.internal.code)
            case "discarded":
                settled.discarded[result.n] = result.why or Reason(code=problems.discarded.code)
            case "repaired":
                settled.repaired[result.n] = result.why or Reason(code=problems.repaired.code)
            case _ if result.stamp is not None:
                settled.stamps[result.n] = result.stamp
    if settled == Settled():
        raise problems.not_our_server()
    return settled


@dataclass(frozen=True, slots=True)
class RetryLater:
    """Try again after so many seconds."""

    seconds: float


@dataclass(frozen=True, slots=True)
class StartOver:
    """The server was restored: offer everything again under its new epoch, pull from the beginning."""

    epoch: str


@dataclass(frozen=True, slots=True)
class BecomeSuccessor:
    """A copy of this phone goes on as `device`, with other operations from `n` on: become another device."""

    device: str
    n: int


@dataclass(frozen=True, slots=True)
class Halt:
    """Trying again by itself would not help: a person must hear of it."""


_PASSING: frozenset[Kind] = frozenset(
    {
        problems.server_unreachable,
        problems.not_our_server,
        problems.overloaded,
        problems.storage_full,
        problems.too_many_attempts,
        problems.internal,
    }
)


def after(problem: Problem, attempt: int, chance: float) -> RetryLater | StartOver | BecomeSuccessor | Halt:
    """What follows a round that ended in `problem`; operation_rewritten says {device, n}.

    `attempt`: rounds that failed in a row, this one included. `chance`: a random number in [0, 1).
    `problem.details["retry_after"]`, seconds, is what the server asked for.
    """
    if problem.kind == problems.epoch_changed and problem.details.get("epoch"):
        return StartOver(str(problem.details["epoch"]))
    if problem.kind == problems.operation_rewritten:
        return BecomeSuccessor(problem.details["device"], problem.details["n"])
    if problem.kind in _PASSING or "retry_after" in problem.details:
        return RetryLater(max(float(problem.details.get("retry_after", 0)), backoff(attempt, chance)))
    return Halt()


def backoff(attempt: int, chance: float) -> float:
    """Seconds to rest: anything up to a bound that doubles with every failure (full jitter)."""
    bound: float = min(LONGEST_REST, BACKOFF_SECONDS * 2 ** min(attempt, 16))
    return chance * bound


def most_operations(failures: int) -> int:
    """How many operations or records one message carries after so many rounds in a row that brought nothing.

    A link may be cut every time before a large one is through.
    """
    return max(FEWEST_OPERATIONS, MAX_OPERATIONS >> min(failures, 16))


def stops_round(problem: Problem) -> bool:
    """Whether a photo's problem is the server's or the way's, so that the other photos would meet it too."""
    return problem.kind in _PASSING | {problems.token_invalid, problems.epoch_changed}


def begins_anew(problem: Problem) -> bool:
    """Whether an upload that met `problem` should begin again from its first byte."""
    return problem.kind in {
        problems.upload_unknown,
        problems.upload_checksum_mismatch,
        problems.photo_hash_mismatch,
    }


def asks_how_far(problem: Problem) -> bool:
    """Whether the server may have more of an upload than it could say: it was cut, or another request of this
    phone was still on its way."""
    return problem.kind in {problems.server_unreachable, problems.upload_offset_conflict}
