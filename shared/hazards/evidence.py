"""Which photos of a hazard are evidence that the work was finished."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from shared.hazards.history import TimelineEvent
from shared.merge import Write
from shared.vocabulary import EventType, PhotoRole


@dataclass(frozen=True, slots=True)
class AttachedPhoto:
    """A photo that is attached to a hazard: `write` attached it, `hashes` are those of its bytes (SHA-256, as
    sent and as taken)."""

    record: str
    role: PhotoRole | None
    hashes: frozenset[str]
    write: Write

    @classmethod
    def of(cls, record: str, values: Mapping[str, Any], write: Write) -> "AttachedPhoto":
        """The photo with these shown values."""
        hashes = (values.get("sha256"), values.get("original_sha256"))
        role = values.get("role")
        return cls(record, PhotoRole(role) if role else None, frozenset(filter(None, hashes)), write)

    @property
    def _order(self) -> tuple[bool, int, tuple[str, str, int]]:
        """By the log: a stamp of a phone's clock could be put before what others attached."""
        return self.write.seq is None, self.write.seq or 0, self.write.rank


def finished_photos(events: Iterable[TimelineEvent], photos: Iterable[AttachedPhoto]) -> list[AttachedPhoto]:
    """The photos of role 整改后 since the last 反弹; 报验 needs one.

    One with the bytes of an earlier photo of the hazard shows what was there before, and is not among them.
    """
    relapses = [event.write.rank for event in events if event.type is EventType.RELAPSE]
    since = max(relapses, default=("", "", 0))
    found: list[AttachedPhoto] = []
    earlier: set[str] = set()
    for photo in sorted(photos, key=lambda one: one._order):
        if photo.role is PhotoRole.AFTER and photo.write.rank > since and earlier.isdisjoint(photo.hashes):
            found.append(photo)
        earlier |= photo.hashes
    return found
