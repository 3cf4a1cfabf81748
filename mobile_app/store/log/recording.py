"""What people record, as operations: a new hazard, an edit, a step, each with its photos."""

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session

from mobile_app.store.database import ids, meta
from mobile_app.store.log import bundles, saving
from mobile_app.store.log.saving import Change
from mobile_app.store.queries import hazards
from mobile_app.store.queries.hazards import HazardCard
from shared import china_time, lifecycle, merge, permissions, problems
from shared.forms.filling import HIGHEST_COUNT
from shared.forms.steps import OF_SUBMIT
from shared.hazards import evidence
from shared.hazards.kit import found_later
from shared.operations import Kind, Operation, RecordType
from shared.records.models import Photo
from shared.vocabulary import EventType, PhotoRole


@dataclass(frozen=True, slots=True)
class Moment:
    """The present: the device's wall time (ISO 8601), the server's clock if known (ms), and new ids."""

    made_at: str
    now_ms: int
    new_id: Callable[[], str]


def moment(wall: datetime, here_ms: int, offset_ms: int) -> Moment:
    """The present, by the device's clock (`wall`, and `here_ms` since 1970) and how far it is behind the
    server's."""
    made_at = wall.isoformat(timespec="milliseconds")
    return Moment(made_at, here_ms + offset_ms, lambda: ids.record_id(here_ms, secrets.randbits(74)))


_FIRST_DAY = "2000-01-01"
"""A clock that shows an earlier day was reset: the server then says in which year a hazard was found."""

Attachment = Mapping[str, Any]
"""The fields of a `records.Photo`, JSON-ready, but for those that say whose it is."""


def add_hazard(
    session: Session, given: Mapping[str, Any], photos: Sequence[Attachment], moment: Moment
) -> tuple[str, list[Operation]]:
    """A new hazard and its photos. Problem: required_missing {fields}, and those of `saving.save`."""
    today = china_time.day_of_ms(moment.now_ms)
    found = {"year": china_time.year_of(today), "found_on": today} if today >= _FIRST_DAY else {}
    written = {**found, **{name: value for name, value in given.items() if value is not None}}
    _require(session, written)
    hazard = moment.new_id()
    changes = [Change(RecordType.HAZARD, Kind.EDIT, hazard, written), *attach(photos, moment, hazard=hazard)]
    return hazard, _save(session, changes, moment)


def edit_hazard(
    session: Session,
    hazard: str,
    given: Mapping[str, Any],
    photos: Sequence[Attachment],
    moment: Moment,
) -> list[Operation]:
    """The changes in `given` of a hazard, and more photos. Problems: hazard_unknown, required_missing."""
    bundle = bundles.of(session, [hazard])[hazard]
    if bundle.hazard is None:
        raise problems.hazard_unknown(hazard=hazard)
    _require(session, {**merge.shown(bundle.hazard), **given})
    kit = found_later(bundle.hazard, bundles.timeline(bundle))
    new = {name: value for name, value in given.items() if name not in kit or value != kit[name]}
    written = saving.changed_fields(bundle.hazard, new)
    changes = [Change(RecordType.HAZARD, Kind.EDIT, hazard, written)] if written else []
    return _save(session, [*changes, *attach(photos, moment, hazard=hazard)], moment)


def add_events(
    session: Session,
    hazard: str,
    steps: Sequence[EventType],
    given: Mapping[str, Any],
    photos: Sequence[Attachment],
    moment: Moment,
) -> list[Operation]:
    """Steps taken one after the other; `photos` and `given` belong to the first, but for what 报验 says.

    报验 keeps how near and recent the best photo of the finished work was.

    A step that is always open can be recorded of a hazard that has left this phone: it was begun when it was
    here. Problems: hazard_unknown, role_forbidden, those of `lifecycle.obstacle` (then nothing is recorded),
    those of `saving.save`.
    """
    who = meta.identity(session)
    if who is None:
        raise problems.sign_in_required()
    finished = [photo for photo in photos if photo.get("role") == PhotoRole.AFTER]
    history, changes, town, after_photos = lifecycle.fold(()), list[Change](), None, len(finished)
    parts = _parts(steps, given)
    if not lifecycle.ALWAYS_OPEN.issuperset(steps) or hazards.holds(session, hazard):
        card = hazards.card(session, hazard)
        history = card.history
        new = [
            photo
            for photo in finished
            if card.known_bytes.isdisjoint({photo.get("sha256"), photo.get("original_sha256")})
        ]
        after_photos = len(new) + len(card.finished)
        if EventType.SUBMIT in steps:
            parts[steps.index(EventType.SUBMIT)] |= _closest(session, card, new, moment)
        town = card.row.town_code
    for step, part in zip(steps, parts, strict=True):
        role = permissions.role_for(meta.grants(session), permissions.step_action(step), town)
        if role is None:
            raise problems.role_forbidden(step=step.value)
        refused = lifecycle.obstacle(
            step, history, who.person, after_photos=after_photos, reason=given.get("comment")
        )
        if refused:
            raise refused
        history = replace(history, rectified=history.rectified or step is EventType.RECTIFY)
        own = {
            "hazard": hazard,
            "event_type": step.value,
            "at": moment.made_at,
            "actor_role": role.value,
        }
        said = {name: value for name, value in part.items() if value is not None}
        changes.append(Change(RecordType.HAZARD_EVENT, Kind.APPEND, moment.new_id(), {**said, **own}))
    changes[1:1] = attach(photos, moment, hazard=hazard, event=changes[0].record)
    return _save(session, changes, moment)


def _parts(steps: Sequence[EventType], given: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What is said of each step."""
    submitted = {name: given[name] for name in OF_SUBMIT if name in given and EventType.SUBMIT in steps[1:]}
    parts: list[dict[str, Any]] = [submitted if step is EventType.SUBMIT else {} for step in steps]
    parts[0] = {name: value for name, value in given.items() if name not in submitted}
    return parts


def _closest(session: Session, card: HazardCard, new: Sequence[Attachment], moment: Moment) -> dict[str, Any]:
    """How near and recent the best photo of the finished work is, as 报验 keeps it, in programmes that do."""
    photos = [*(Photo.model_validate(dict(photo)) for photo in new), *card.finished]
    found = evidence.closest(photos, card.places, datetime.fromisoformat(moment.made_at))
    if found is None or "after_distance_m" not in meta.profile(session).event.model_fields:
        return {}
    minutes = None if found.age is None else round(abs(found.age) / timedelta(minutes=1))
    return {
        "after_distance_m": None if found.metres is None else min(round(found.metres), HIGHEST_COUNT),
        "after_age_min": None if minutes is None else min(minutes, HIGHEST_COUNT),
    }


def attach(photos: Sequence[Attachment], moment: Moment, **whose: str) -> list[Change]:
    """The changes that attach photos; `whose`: the fields of a photo that name what it belongs to."""
    return [Change(RecordType.PHOTO, Kind.ATTACH, moment.new_id(), {**photo, **whose}) for photo in photos]


def _require(session: Session, values: Mapping[str, Any]) -> None:
    missing = [name for name in meta.profile(session).required if not str(values.get(name) or "").strip()]
    if missing:
        raise problems.required_missing(fields=missing)


def _save(session: Session, changes: Sequence[Change], moment: Moment) -> list[Operation]:
    return saving.save(session, changes, made_at=moment.made_at, now_ms=moment.now_ms)
