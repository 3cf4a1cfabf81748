"""The photos of a hazard on its page, and what is doubtful about those of the finished work."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from shared.hazards import evidence
from shared.hazards.evidence import Closeness
from shared.operations import RecordType
from shared.plural import plural
from shared.records.models import Position
from shared.vocabulary import AfterPhotoReason, EventType, PhotoRole
from sync_server.pages.filter_dependency import minute
from sync_server.pages.hazards.hazard_sources import Sources
from sync_server.pages.hazards.near_copies import NearCopies
from sync_server.queries import hazards
from sync_server.queries.hazard_details import KeptPhoto
from sync_server.texts.languages import label
from sync_server.texts.words import Texts

Link = tuple[str, str]
"""(words, address)."""
_ORDER = [PhotoRole.BEFORE, PhotoRole.DURING, PhotoRole.AFTER, PhotoRole.SITE]


@dataclass(frozen=True, slots=True)
class Doubt:
    """What is doubtful about `photos`; `to` is what the words end with."""

    photos: Sequence[Link]
    text: str
    to: Link | None = None


@dataclass(frozen=True, slots=True)
class PhotoView:
    """Shows the photos of `sources`. `author`: the id of a person → the name to show. `near`: those photos
    of finished work that look like one from before."""

    words: Texts
    sources: Sources
    author: Callable[[str], str]
    near: NearCopies

    def is_here(self, kept: KeptPhoto) -> bool:
        """Whether its bytes have arrived."""
        return (self.sources.row.id, kept.photo.sha256) in self.sources.here

    def groups(self) -> list[dict[str, Any]]:
        """The photos by what they show."""
        finished = self._finished()
        return [
            {
                "role": role,
                "photos": [self._shown(kept, number, finished) for number, kept in enumerate(some, start=1)],
            }
            for role, some in self._by_role()
        ]

    def doubts(self) -> list[Doubt]:
        """What is doubtful about the photos of the finished work."""
        words, finished, link = self.words, self.sources.finished, self._links()
        earlier = {kept.photo.sha256 for kept in self.sources.photos if kept.photo.role != PhotoRole.AFTER}
        doubtful = (
            (words.photo_same, [kept for kept in finished if kept.photo.sha256 in earlier]),
            (words.photo_early, [kept for kept in finished if self._is_early(kept)]),
            (words.mock_location, [kept for kept in finished if _is_mocked(kept)]),
            (words.clock_skewed, [kept for kept in finished if kept.photo.clock_skewed]),
        )
        found = [Doubt([link[kept.id] for kept in some], sentence) for sentence, some in doubtful if some]
        return [*self._far_or_old(), *found, *self._near_copies(link), *self._elsewhere(link)]

    def _far_or_old(self) -> Iterator[Doubt]:
        """That 报验 rests on no photo that was taken at the hazard just before, and the reason given."""
        submitted, words = self._submitted(), self.words
        if submitted is None:
            return
        photos = [kept.photo for kept in self.sources.finished]
        found = evidence.closest(photos, self._places(), datetime.fromisoformat(submitted["at"]))
        if found is None or not found.doubtful:
            return
        reason = next((one for one in AfterPhotoReason if one == submitted.get("after_reason")), None)
        given = [label(reason, words) if reason else "", submitted.get("comment") or ""]
        why = words.list_separator.join(filter(None, given))
        said = words.photo_reason.format(reason=why) if why else words.photo_no_reason
        yield Doubt([], words.photo_far_or_old.format(closest=closeness_words(words, found)) + said)

    def _finished(self) -> dict[str, str]:
        """Photo of finished work → how near and recent it was, seen from the last 报验; "" without one."""
        submitted = self._submitted()
        if submitted is None:
            return dict.fromkeys((kept.id for kept in self.sources.finished), "")
        at, places = datetime.fromisoformat(submitted["at"]), self._places()
        return {
            kept.id: closeness_words(self.words, evidence.closeness(kept.photo, places, at))
            for kept in self.sources.finished
        }

    def _submitted(self) -> dict[str, Any] | None:
        """What the last 报验 said."""
        events = (
            step.fields for step in reversed(self.sources.steps) if step.type == RecordType.HAZARD_EVENT
        )
        return next((one for one in events if one["event_type"] == EventType.SUBMIT), None)

    def _places(self) -> list[Position]:
        hazard = hazards.record(self.sources.row, self.sources.profile)
        before = [kept.photo for kept in self.sources.photos if kept.photo.role is PhotoRole.BEFORE]
        return evidence.places_of(getattr(hazard, "position", None), before)

    def _near_copies(self, link: Mapping[str, Link]) -> Iterator[Doubt]:
        by_bytes = {kept.photo.sha256: kept.id for kept in reversed(self.sources.photos)}
        for kept in self.sources.finished:
            if other := self.near.get(kept.photo.sha256 or ""):
                before = by_bytes.get(other)
                text = self.words.photo_near if before else self.words.photo_near_removed
                yield Doubt([link[kept.id]], text, link[before] if before else None)

    def _elsewhere(self, link: Mapping[str, Link]) -> Iterator[Doubt]:
        shared: dict[Link, list[Link]] = {}
        for kept in self.sources.finished:
            if one := self.sources.elsewhere.get(kept.photo.sha256 or ""):
                shared.setdefault((one.number, one.hazard), []).append(link[kept.id])
        for (number, hazard), photos in shared.items():
            if hazard:
                yield Doubt(photos, self.words.photo_also_on, (number, f"/hazards/{hazard}"))
            else:
                yield Doubt(photos, self.words.photo_elsewhere)

    def _shown(self, kept: KeptPhoto, number: int, finished: Mapping[str, str]) -> dict[str, Any]:
        photo = kept.photo
        return {
            "sha256": photo.sha256,
            "id": _anchor(kept),
            "name": self._name(photo.role, number),
            "here": self.is_here(kept),
            "taken": minute(photo.taken_at),
            "author": self.author(kept.author),
            "mock": _is_mocked(kept),
            "skewed": photo.clock_skewed,
            "faces_unchecked": photo.faces_unchecked,
            "early": kept.id in finished and self._is_early(kept),
            "elsewhere": self.sources.elsewhere.get(photo.sha256 or ""),
            "closeness": finished.get(kept.id, ""),
        }

    def _links(self) -> dict[str, Link]:
        """What each photo is called, and where on the page it stands."""
        return {
            kept.id: (self._name(role, number), f"#{_anchor(kept)}")
            for role, some in self._by_role()
            for number, kept in enumerate(some, start=1)
        }

    def _name(self, role: PhotoRole | None, number: int) -> str:
        return f"{label(role, self.words) if role else self.words.photos} {number}"

    def _by_role(self) -> list[tuple[PhotoRole | None, list[KeptPhoto]]]:
        groups: dict[PhotoRole | None, list[KeptPhoto]] = {}
        for kept in self.sources.photos:
            groups.setdefault(kept.photo.role, []).append(kept)
        known: list[PhotoRole | None] = [role for role in _ORDER if role in groups]
        return [(role, groups[role]) for role in [*known, *(one for one in groups if one not in known)]]

    def _is_early(self, kept: KeptPhoto) -> bool:
        """Whether it was taken, by its camera's clock, before the hazard was reported or relapsed."""
        taken_at = kept.photo.taken_at
        return taken_at is not None and datetime.fromisoformat(taken_at) < self._dangerous_since()

    def _dangerous_since(self) -> datetime:
        """When the hazard was reported or last relapsed, by the clocks of those who said so."""
        events = [step for step in self.sources.steps if step.type == RecordType.HAZARD_EVENT]
        relapses = [one.fields["at"] for one in events if one.fields["event_type"] == EventType.RELAPSE]
        return max(map(datetime.fromisoformat, relapses or [self.sources.steps[0].made_at]))


def _anchor(kept: KeptPhoto) -> str:
    return f"photo-{kept.id}"


def closeness_words(words: Texts, found: Closeness) -> str:
    """How near a photo was taken, and how long before 报验; what is not known is said too."""
    if found.metres is None:
        where = words.photo_no_place
    else:
        where = words.photo_metres.format(metres=round(found.metres))
    if found.age is None:
        return where + words.list_separator + words.photo_no_time
    minutes = round(abs(found.age) / timedelta(minutes=1))
    units = ((24 * 60, words.photo_days), (60, words.photo_hours), (1, words.photo_minutes))
    size, text = next((unit for unit in units if minutes >= unit[0]), units[-1])
    return where + words.list_separator + plural(text, round(minutes / size))


def _is_mocked(kept: KeptPhoto) -> bool:
    place = kept.photo.position
    return bool(kept.photo.mock_location or (place and place.mock_location))
