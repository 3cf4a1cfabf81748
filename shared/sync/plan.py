"""Decides what a phone does next to sync with the server: pure functions without I/O.

Records are sent first, then updates are pulled, so that conflicts show before large photos are sent. Every
step may be repeated: the server recognises operations by their key and photos by their hash.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from shared import problems
from shared.operations import Stamp
from shared.problems import Kind, Problem
from shared.sync.wire import MAX_BODY, MAX_OPERATIONS, PushResult, Reason

MIN_OPERATIONS = 10
MAX_PUSH_BYTES = MAX_BODY // 2
BACKOFF_SECONDS = 2.0
MAX_RETRY_SECONDS = 60.0
"""Also the interval between rounds while something is waiting and there was no error."""


@dataclass(frozen=True, slots=True)
class PhotoToSend:
    """A photo to upload: its hash, the bytes still to send, the number of its operation, and its owner."""

    sha256: str
    bytes: int
    n: int
    owner: str | None = None


@dataclass(frozen=True, slots=True)
class LinkPolicy:
    """How to send: whether photos are `held` until there is Wi-Fi, whether the link is `poor`, and at `most`
    how many operations or records to put in one message."""

    held: bool = False
    poor: bool = False
    most: int = MAX_OPERATIONS


@dataclass(frozen=True, slots=True)
class View:
    """The state of a phone during one round.

    `unsent`: (device, n, bytes of its JSON) of unacknowledged operations, oldest first; `refused`: the same
    for quarantined ones to be sent again in this round. `whole`: whether the server's snapshot has been read
    to its end since the phone started over. `pulled`: whether the log has been read to its end in this round.
    `tried`: the photos this round has already handled, successfully or not.
    """

    unsent: Sequence[tuple[str, int, int]] = ()
    refused: Sequence[tuple[str, int, int]] = ()
    whole: bool = True
    pulled: bool = False
    photos: Sequence[PhotoToSend] = ()
    tried: frozenset[str] = frozenset()
    link: LinkPolicy = LinkPolicy()


@dataclass(frozen=True, slots=True)
class Push:
    """Send the operations of one device with these numbers."""

    device: str
    numbers: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ReadSnapshot:
    """Fetch the next page of the snapshot."""


@dataclass(frozen=True, slots=True)
class Pull:
    """Fetch the next page of the log."""


@dataclass(frozen=True, slots=True)
class SendPhoto:
    """Upload the photo with this hash."""

    sha256: str


Action = Push | ReadSnapshot | Pull | SendPhoto


def next_action(view: View) -> Action | None:
    """What to do next; None when the round is done."""
    for waiting in (view.unsent, view.refused):
        if waiting:
            return batch(waiting, view.link.most)
    if not view.whole:
        return ReadSnapshot()
    if not view.pulled:
        return Pull()
    if view.link.held:
        return None
    for photo in in_order(view.photos, poor=view.link.poor):
        if photo.sha256 not in view.tried:
            return SendPhoto(photo.sha256)
    return None


def batch(waiting: Sequence[tuple[str, int, int]], most: int = MAX_OPERATIONS) -> Push:
    """The next push: the oldest operations of one device that fit in a message, at least one."""
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
    """Photos in sending order: the record that has waited longest first, and its smallest photos first.

    On a poor link the smallest photos go first whatever they belong to, so that as many as possible are
    complete on the server before the link breaks. Bytes already sent do not count, which favours finishing
    an upload that has begun.
    """
    waiting = list(photos)
    if poor:
        return sorted(waiting, key=lambda photo: (photo.bytes, photo.n))
    oldest: dict[str | None, int] = {}
    for photo in waiting:
        oldest[photo.owner] = min(photo.n, oldest.get(photo.owner, photo.n))
    return sorted(waiting, key=lambda photo: (oldest[photo.owner], photo.bytes, photo.n))


@dataclass(frozen=True, slots=True)
class Settled:
    """The results of a push: n → stamp of a stored operation, n → why it was quarantined.

    For operations quarantined before: n → the reason the office gave for discarding or repairing it.
    """

    stamps: dict[int, Stamp] = field(default_factory=dict)
    refused: dict[int, Reason] = field(default_factory=dict)
    discarded: dict[int, Reason] = field(default_factory=dict)
    repaired: dict[int, Reason] = field(default_factory=dict)


def settle(numbers: Iterable[int], results: Iterable[PushResult]) -> Settled:
    """Read the results of a push of the operations `numbers`.

    Operations without a result stay unsent. Problem: not_our_server if there is no result at all.
    """
    pushed = set(numbers)
    settled = Settled()
    for result in results:
        if result.n is None or result.n not in pushed:
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
    """Try again after `seconds`."""

    seconds: float


@dataclass(frozen=True, slots=True)
class StartOver:
    """The server was restored from a backup: send everything again and pull from the start of `epoch`."""

    epoch: str


@dataclass(frozen=True, slots=True)
class BecomeSuccessor:
    """A clone of this phone has used `device` with different operations from `n` on: become a new device."""

    device: str
    n: int


@dataclass(frozen=True, slots=True)
class Halt:
    """Retrying would not help: show the problem to the person."""


_TRANSIENT: frozenset[Kind] = frozenset(
    {
        problems.server_unreachable,
        problems.not_our_server,
        problems.overloaded,
        problems.body_too_slow,
        problems.storage_full,
        problems.database_unavailable,
        problems.photos_unavailable,
        problems.too_many_attempts,
        problems.internal,
    }
)


def after(problem: Problem, attempt: int, chance: float) -> RetryLater | StartOver | BecomeSuccessor | Halt:
    """What to do after a round that failed with `problem`; operation_rewritten has {device, n}.

    `attempt`: the number of rounds that failed in a row, including this one. `chance`: a random number in
    [0, 1). `problem.details["retry_after"]`: the seconds that the server asked to wait.
    """
    if problem.kind == problems.epoch_changed and problem.details.get("epoch"):
        return StartOver(str(problem.details["epoch"]))
    if problem.kind == problems.operation_rewritten:
        return BecomeSuccessor(problem.details["device"], problem.details["n"])
    if problem.kind in _TRANSIENT or "retry_after" in problem.details:
        return RetryLater(max(float(problem.details.get("retry_after", 0)), backoff(attempt, chance)))
    return Halt()


def backoff(attempt: int, chance: float) -> float:
    """Seconds to wait: random up to a bound that doubles with every failure (full jitter)."""
    bound: float = min(MAX_RETRY_SECONDS, BACKOFF_SECONDS * 2 ** min(attempt, 16))
    return chance * bound


def most_operations(failures: int) -> int:
    """How many operations or records to put in one message after `failures` rounds in a row without progress.

    A bad link may be cut every time before a large message is through.
    """
    return max(MIN_OPERATIONS, MAX_OPERATIONS >> min(failures, 16))


def stops_round(problem: Problem) -> bool:
    """Whether a photo failed because of the server or the link, so that other photos would fail too."""
    return problem.kind in _TRANSIENT | {
        problems.token_invalid,
        problems.epoch_changed,
        problems.photos_unnamed,
    }


def restarts_upload(problem: Problem) -> bool:
    """Whether an upload that failed with `problem` must restart from its first byte."""
    return problem.kind in {
        problems.upload_unknown,
        problems.upload_checksum_mismatch,
        problems.photo_hash_mismatch,
    }


def needs_offset(problem: Problem) -> bool:
    """Whether to ask the server for the upload's offset: the connection was cut, or another request of this
    phone was still running."""
    return problem.kind in {problems.server_unreachable, problems.upload_offset_conflict}
