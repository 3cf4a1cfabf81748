"""Conflicts field by field in plain words: who, when, where, and the photos."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pydantic import BaseModel
from sqlmodel import Session

from shared import geo, merge
from shared.hazards.history import HazardHistory
from shared.lifecycle import STATUS_AFTER
from shared.merge import Write
from shared.operations import RecordType
from shared.profiles.profile import Profile
from shared.profiles.registry import field_label
from shared.records.models import Position
from shared.vocabulary import EventType
from sync_server.access.masking import Mask, mask_for
from sync_server.access.policy import Access
from sync_server.database import campaigns
from sync_server.database.tables import EducationVisitRow, HazardEventRow, HazardRow
from sync_server.pages.field_inputs import input_of
from sync_server.pages.filter_dependency import minute
from sync_server.pages.hazards.choices import choices
from sync_server.pages.review.place_sketch import sketch
from sync_server.pages.values import position_line, value_words
from sync_server.queries import conflicts, hazard_details, people_lists, photo_files
from sync_server.queries.conflicts import Origin
from sync_server.queries.hazard_details import KeptPhoto
from sync_server.texts.languages import label
from sync_server.texts.words import Texts

Row = HazardRow | EducationVisitRow
_WITH_IT = timedelta(minutes=30)
_PHOTOS = 4


@dataclass(frozen=True, slots=True)
class Around:
    """Everything around the records of one page; `seq` is the end of the log that it was read at."""

    profile: Profile
    seq: int
    people: Mapping[str, str]
    devices: Mapping[str, str]
    origins: Mapping[tuple[str, int], Origin]
    photos: Mapping[str, Sequence[KeptPhoto]]
    here: frozenset[tuple[str, str]]
    lives: Mapping[str, HazardHistory]
    events: Mapping[str, HazardEventRow]


MOST_VERSIONS = 20
"""Values shown of a field in conflict: the shown one and the latest others."""


def gather(session: Session, access: Access, campaign: str, rows: Sequence[Row]) -> Around:
    """Read everything that explains the conflicts of these records."""
    torn = [row.id for row in rows if isinstance(row, HazardRow) and row.conflicts]
    several = [row.id for row in rows if isinstance(row, HazardRow) and row.concurrent_statuses]
    lives = hazard_details.lives(session, access, campaign, several)
    events = {
        event.id: event
        for event in hazard_details.events(
            session, access, campaign, [held for history in lives.values() for held in history.holding]
        )
    }
    keys = [(event.device, event.n) for event in events.values()]
    for row in rows:
        keys += [
            (write.device, write.number) for writes in conflicts.disputes(row).values() for write in writes
        ]
    photos = hazard_details.photos_of(session, access, campaign, torn)
    named = [(hazard, kept.photo.sha256) for hazard, found in photos.items() for kept in found]
    return Around(
        profile=campaigns.profile_of(campaigns.get(session, campaign)),
        seq=campaigns.head(session, campaign),
        people=people_lists.people_names(session),
        devices=people_lists.device_names(session, campaign),
        origins=conflicts.origins(session, access, campaign, keys),
        photos=photos,
        here=photo_files.here(session, campaign, named),
        lives=lives,
        events=events,
    )


def type_of(row: Row) -> str:
    """Hazard or visit."""
    return RecordType.HAZARD if isinstance(row, HazardRow) else RecordType.EDUCATION_VISIT


def called(register: str, words: Texts) -> str:
    """What people call a field; the deletion of a record too."""
    if register == merge.DELETED:
        return words.deletion
    return field_label(register, words.code) or register


def in_words(model: type[BaseModel], register: str, value: Any, words: Texts, mask: Mask) -> str:
    """A value as text for people; "" if the field was cleared."""
    if register == merge.DELETED:
        return words.delete_it if value else words.keep_it
    return value_words(words).written(model, register, mask.value(register, value))


@dataclass(frozen=True, slots=True)
class ConflictView:
    """Turns `Around` into what `conflict.html` needs, in one language and for one reader."""

    words: Texts
    access: Access
    around: Around

    def block(self, row: Row, back: str) -> dict[str, Any] | None:
        """All conflicts of one record, None if there are none. `back`: where settling leads to."""
        fields = [self._field(row, register, writes) for register, writes in conflicts.disputes(row).items()]
        statuses = self._statuses(row) if isinstance(row, HazardRow) else []
        if not fields and not statuses:
            return None
        return {
            "type": type_of(row),
            "record": row.id,
            "seq": self.around.seq,
            "back": back,
            "fields": fields,
            "statuses": statuses,
        }

    def _field(self, row: Row, register: str, writes: Sequence[Write]) -> dict[str, Any]:
        more, writes = len(writes) - MOST_VERSIONS, writes[-MOST_VERSIONS:]
        model, shown = self._model(row), writes[-1]
        versions = [self._version(row, register, write, shown) for write in writes]
        places = [point for write in writes if (point := _point(write.fields.get(register)))]
        whole = register == "position" and len(places) == len(writes)
        return {
            "register": register,
            "name": called(register, self.words),
            "versions": versions,
            "more": max(0, more),
            "sketch": sketch(places) if whole else None,
            "input": None
            if register == merge.DELETED or register not in model.model_fields
            else input_of(model, register, shown.fields[register], self.words),
        }

    def _version(self, row: Row, register: str, write: Write, shown: Write) -> dict[str, Any]:
        origin = self.around.origins.get((write.device, write.number))
        saved = origin.fields if origin else write.fields
        value = write.fields.get(register)
        point, other = _point(value), _point(shown.fields.get(register))
        apart = point and other and write is not shown
        return {
            "value": in_words(self._model(row), register, value, self.words, mask_for(self.access, row)),
            "shown": write is shown,
            "key": f"{write.device} {write.number}",
            "apart": self.words.apart.format(metres=f"{geo.metres(point, other):.0f}")  # type: ignore[arg-type]
            if apart
            else "",
            "place": "" if register == "position" else self._place(row, saved.get("position")),
            **self._who(row, write.author, write.device, write.made_at, origin),
            "photos": self._photos(row.id, write.author, write.made_at),
        }

    def _model(self, row: Row) -> type[BaseModel]:
        return self.around.profile.model(type_of(row))

    def _statuses(self, row: HazardRow) -> list[dict[str, Any]]:
        if not row.concurrent_statuses:
            return []
        history = self.around.lives[row.id]
        open_now = {
            STATUS_AFTER.get(choice.steps[-1]): choice for choice in choices(history, self.access, row)
        }
        found = []
        for held in history.holding[-MOST_VERSIONS:]:
            event = self.around.events[held]
            step = EventType(event.event_type)
            status = STATUS_AFTER[step]
            choice = open_now.get(status)
            found.append(
                {
                    "status": status,
                    "shown": held == history.holding[-1],
                    "step": label(step, self.words),
                    "comment": event.fields.get("comment") or event.fields.get("measures_done") or "",
                    "choice": choice and self._choice(choice.name, step),
                    "place": self._place(row, event.fields.get("position")),
                    **self._who(
                        row,
                        event.author,
                        event.device,
                        event.at,
                        self.around.origins.get((event.device, event.n)),
                    ),
                    "photos": self._photos(row.id, event.author, event.at, event.id),
                }
            )
        return found

    def _choice(self, name: str, step: EventType) -> dict[str, str]:
        said = self.words.accept_and_close if step is EventType.CLOSE else label(step, self.words)
        return {"name": name, "label": said}

    def _who(self, row: Row, author: str, device: str, at: str, origin: Origin | None) -> dict[str, Any]:
        mask = mask_for(self.access, row)
        return {
            "author": mask.name(self.around.people.get(author, author[:8])),
            "device": mask.name(self.around.devices.get(device, device)) or self.words.by_browser,
            "in_browser": self.around.devices.get(device) == "",
            "at": minute(at),
            "received": minute(origin.received_at) if origin else "",
        }

    def _place(self, row: Row, position: Any) -> str:
        """Where the writer stood, or else where the record is."""
        point = _point(position)
        if point:
            return position_line(Position.model_validate(position), self.words)
        if isinstance(row, HazardRow) and row.lat is not None and row.lon is not None:
            of_record = position_line(Position(lat=row.lat, lon=row.lon), self.words)
            return self.words.place_of_record.format(place=of_record)
        return ""

    def _photos(self, record: str, author: str, at: str, event: str = "") -> list[dict[str, Any]]:
        """The photos of an event, or those that the author saved about then, or else the author's."""
        own = [kept for kept in self.around.photos.get(record, ()) if kept.author == author]
        moment = datetime.fromisoformat(at)
        near = [kept for kept in own if abs(datetime.fromisoformat(kept.write.made_at) - moment) <= _WITH_IT]
        of_event = [kept for kept in own if event and kept.photo.event == event]
        return [
            {
                "sha256": kept.photo.sha256,
                "here": (record, kept.photo.sha256) in self.around.here,
                "words": label(kept.photo.role, self.words) if kept.photo.role else self.words.photo,
            }
            for kept in (of_event or near or own)[:_PHOTOS]
        ]


def _point(value: Any) -> geo.Point | None:
    if isinstance(value, Mapping) and "lat" in value and "lon" in value:
        return (value["lat"], value["lon"])
    return None
