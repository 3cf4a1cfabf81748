"""Which photos of a hazard are evidence that the work was finished, and how near and recent they are."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from shared import merge
from shared.geo import about_metres
from shared.hazards.history import TimelineEvent
from shared.merge import Write
from shared.records.models import Position
from shared.vocabulary import EventType, PhotoRole

_Rank = tuple[str, str, int]
NEAR_M = 200
"""A photo taken farther than this from every known place of a hazard was not taken at it."""
RECENT = timedelta(hours=2)
"""A photo that is older at 报验 was not taken for it."""
_MOST_INACCURATE_M = 100
"""So much of the inaccuracy of two positions is allowed for, each."""
_MOST_PLACES = 64


@dataclass(frozen=True, slots=True)
class HazardPhoto:
    """A photo of a hazard: its known writes, in any order, and whether it is attached now, as 整改后 if it
    ever was that."""

    record: str
    writes: Sequence[Write]
    attached: bool

    @property
    def described(self) -> list[Write]:
        """The writes that say which bytes it has, in the order of the log."""
        return sorted((write for write in self.writes if write.fields.get("sha256")), key=_order)

    @property
    def hashes(self) -> set[str]:
        """The SHA-256 of the bytes that it has now."""
        state = merge.EMPTY
        for write in self.writes:
            state = merge.absorb(state, write)
        return _hashes_of(merge.shown(state))

    def shows_work(self, since: _Rank) -> bool:
        """Whether it was first recorded after `since`, and as 整改后.

        What it was called later only decides while it is called that: taking that back brings the evidence
        back. Nobody gains by it who could have left it as it was.
        """
        roles = [write.fields["role"] for write in sorted(self.writes, key=_order) if "role" in write.fields]
        return roles[:1] == [PhotoRole.AFTER] and self.described[0].rank > since


def _hashes_of(fields: Mapping[str, Any]) -> set[str]:
    """The SHA-256 of a photo's bytes, as sent and as taken."""
    return {one for name in ("sha256", "original_sha256") if (one := fields.get(name))}


def finished_photos(events: Iterable[TimelineEvent], photos: Sequence[HazardPhoto]) -> list[HazardPhoto]:
    """The attached photos that were recorded as 整改后 since the last 反弹, oldest first; 报验 needs one.

    One that was something else before, or is now, or whose bytes another photo of the hazard had before,
    shows what was there before, and is not among them.
    """
    events = list(events)
    since, first = _last_relapse(events), first_with(events, photos)
    found = [
        photo
        for photo in photos
        if photo.attached
        and photo.described
        and photo.shows_work(since)
        and all(first.get(one) == photo.record for one in photo.hashes)
    ]
    return sorted(found, key=lambda photo: _order(photo.described[0]))


def first_with(events: Iterable[TimelineEvent], photos: Sequence[HazardPhoto]) -> dict[str, str]:
    """SHA-256 → the photo that was recorded first with these bytes: a later one shows nothing new.

    Where that one was of finished work and was taken off again, or is called something else now, the bytes
    may be attached anew, whatever others recorded with them since: then it is the first one of finished work
    that is attached, if any.
    """
    since = _last_relapse(events)
    described = [photo for photo in photos if photo.described]
    work = {photo.record for photo in described if photo.shows_work(since)}
    attached = {photo.record for photo in described if photo.attached}
    writes = [(write, photo.record) for photo in described for write in photo.described]
    having: defaultdict[str, list[str]] = defaultdict(list)
    for write, record in sorted(writes, key=lambda one: _order(one[0])):
        for one in _hashes_of(write.fields):
            having[one].append(record)
    first: dict[str, str] = {}
    for one, records in having.items():
        if records[0] in work - attached:
            records = [record for record in records if record in work & attached]
        if records:
            first[one] = records[0]
    return first


def all_elsewhere_before(finished: Sequence[str | None], earlier: Collection[str]) -> bool:
    """Whether another hazard had each photo of the finished work first: accepting it needs a reason.

    `finished`: their SHA-256; `earlier`: those that another hazard had before this one.
    """
    return bool(finished) and all(sha256 in earlier for sha256 in finished)


def _last_relapse(events: Iterable[TimelineEvent]) -> _Rank:
    return max((event.write.rank for event in events if event.type is EventType.RELAPSE), default=("", "", 0))


def _order(write: Write) -> tuple[bool, int, _Rank]:
    """By the log: a stamp of a phone's clock could be put before what others attached."""
    return write.seq is None, write.seq or 0, write.rank


class TakenPhoto(Protocol):
    """A photo, saved or not: when (ISO 8601) and where it was taken, as far as that is known."""

    @property
    def taken_at(self) -> str | None: ...

    @property
    def position(self) -> Position | None: ...


@dataclass(frozen=True, slots=True)
class Closeness:
    """How near to a hazard, in metres, and how long before its 报验 a photo was taken; None: not known.

    `far`: not shown to be near, though a place of the hazard is known; `old`: not shown to be recent.
    """

    metres: float | None
    age: timedelta | None
    far: bool
    old: bool

    @property
    def doubtful(self) -> bool:
        """Whether 报验 on it needs a reason."""
        return self.far or self.old


def places_of(position: Position | None, before: Iterable[TakenPhoto]) -> list[Position]:
    """The known places of a hazard: its own, and where the latest of its photos of `before` were taken."""
    found = [photo.position for photo in before if photo.position]
    return [*([position] if position else []), *found[-_MOST_PLACES:]]


def closeness(photo: TakenPhoto, places: Sequence[Position], at: datetime) -> Closeness:
    """How near to `places` and how recently, seen from `at`, a photo was taken."""
    where, taken = photo.position, photo.taken_at
    apart = [(_apart(where, place), place) for place in places] if where else []
    metres, place = min(apart, key=lambda one: one[0], default=(None, None))
    allowed = NEAR_M + _inaccuracy(where) + _inaccuracy(place)
    age = at - datetime.fromisoformat(taken) if taken else None
    return Closeness(
        metres,
        age,
        far=bool(places) and (metres is None or metres > allowed),
        old=age is None or abs(age) > RECENT,
    )


def closest(photos: Iterable[TakenPhoto], places: Sequence[Position], at: datetime) -> Closeness | None:
    """That of the photo that is best evidence for a 报验 at `at`; None without photos. One is enough."""
    found = [closeness(photo, places, at) for photo in photos]
    return min(found, key=_doubts, default=None)


def _doubts(one: Closeness) -> tuple[int, float, timedelta]:
    metres = float("inf") if one.metres is None else one.metres
    return one.far + one.old, metres, timedelta.max if one.age is None else abs(one.age)


def _apart(one: Position, other: Position) -> float:
    return about_metres((one.lat, one.lon), (other.lat, other.lon))


def _inaccuracy(position: Position | None) -> float:
    return min((position.accuracy_m or 0) if position else 0, _MOST_INACCURATE_M)
