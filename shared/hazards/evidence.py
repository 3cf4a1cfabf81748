"""Which photos of a hazard are evidence that the work was finished."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from shared.hazards.history import TimelineEvent
from shared.merge import Write
from shared.vocabulary import EventType, PhotoRole

_Rank = tuple[str, str, int]


@dataclass(frozen=True, slots=True)
class HazardPhoto:
    """A photo of a hazard: its known writes, in any order, and whether it is attached now."""

    record: str
    writes: Sequence[Write]
    attached: bool

    @property
    def described(self) -> list[Write]:
        """The writes that say which bytes it has, in the order of the log."""
        return sorted((write for write in self.writes if write.fields.get("sha256")), key=_order)

    @property
    def hashes(self) -> set[str]:
        """The SHA-256 of all bytes that it ever had."""
        return {one for write in self.described for one in _hashes_of(write)}

    def shows_work(self, since: _Rank) -> bool:
        """Whether it was first recorded after `since`, as 整改后 and never as anything else."""
        roles = {write.fields["role"] for write in self.writes if "role" in write.fields}
        return roles == {PhotoRole.AFTER} and self.described[0].rank > since


def _hashes_of(write: Write) -> set[str]:
    """The SHA-256 of a photo's bytes as a write says them: as sent, and as taken."""
    return {one for name in ("sha256", "original_sha256") if (one := write.fields.get(name))}


def finished_photos(events: Iterable[TimelineEvent], photos: Sequence[HazardPhoto]) -> list[HazardPhoto]:
    """The attached photos that were recorded as 整改后 since the last 反弹, oldest first; 报验 needs one.

    One that was ever recorded as something else, or with bytes that another photo of the hazard had before,
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
        and all(first[one] == photo.record for one in photo.hashes)
    ]
    return sorted(found, key=lambda photo: _order(photo.described[0]))


def first_with(events: Iterable[TimelineEvent], photos: Sequence[HazardPhoto]) -> dict[str, str]:
    """SHA-256 → the photo that was recorded first with these bytes: a later one shows nothing new.

    Where that one was of finished work and was taken off again, the bytes may be attached anew, whatever
    others recorded with them since: then it is the first one of finished work that is attached, if any.
    """
    since = _last_relapse(events)
    described = [photo for photo in photos if photo.described]
    work = {photo.record for photo in described if photo.shows_work(since)}
    attached = {photo.record for photo in described if photo.attached}
    writes = [(write, photo.record) for photo in described for write in photo.described]
    having: defaultdict[str, list[str]] = defaultdict(list)
    for write, record in sorted(writes, key=lambda one: _order(one[0])):
        for one in _hashes_of(write):
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
