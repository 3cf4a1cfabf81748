"""同一处: what was entered as a new hazard, added to the one that is there already."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlmodel import Session

from mobile_app.store.database import meta
from mobile_app.store.log import bundles, recording, saving
from mobile_app.store.log.recording import Attachment, Moment
from mobile_app.store.log.saving import Change
from shared import lifecycle, merge, permissions, problems
from shared.hazards.merging import GONE
from shared.operations import Kind, Operation, RecordType
from shared.profiles.profile import Profile, kit_field
from shared.vocabulary import EventType, PatrolResult

_LONGEST = 4000
"""Characters of a comment (`values.LongText`)."""


def join(
    session: Session,
    hazard: str,
    given: Mapping[str, Any],
    said: Mapping[str, str],
    photos: Sequence[Attachment],
    moment: Moment,
) -> list[Operation]:
    """Add `given`, the fields of a hazard, and those `photos` that it lacks to `hazard`.

    What was seen (position, kit, photos) becomes a 巡查 that found a problem. What the hazard does not say is
    filled in while it is open. What it says otherwise stays, and the 巡查 says in its comment what was
    entered, by the words of `said` (field → its label and value); a 备注 takes what is too long for that.
    Problems: hazard_unknown, role_forbidden, those of `saving.save`.
    """
    bundle = bundles.of(session, [hazard])[hazard]
    history = bundles.history_of(bundle)
    if bundle.hazard is None or merge.deleted(bundle.hazard) or history.status in GONE:
        raise problems.hazard_unknown(hazard=hazard)
    shown, profile = bundles.shown(bundle), meta.profile(session)
    new = {name: value for name, value in given.items() if value not in (None, "", [])}
    seen = {name: value for name, value in new.items() if name in _seen_fields(profile)}
    filled = {
        name: value
        for name, value in new.items()
        if history.status in lifecycle.OPEN
        and shown.get(name) in (None, "", [])
        and not (name in seen and name != "position")
    }
    told = [
        said[name]
        for name, value in new.items()
        if name in said and value != shown.get(name) and name not in seen and name not in filled
    ]
    edits = [Change(RecordType.HAZARD, Kind.EDIT, hazard, filled)] if filled else []
    patrol, *notes = _steps(session, hazard, shown.get("town_code"), seen, "\n".join(told), moment)
    there = {photo["sha256"] for _, photo in bundles.attached(bundle)}
    fresh = [photo for photo in photos if photo["sha256"] not in there]
    attached = recording.attach(fresh, moment, hazard=hazard, event=patrol.record)
    changes = [*edits, patrol, *attached, *notes]
    return saving.save(session, changes, made_at=moment.made_at, now_ms=moment.now_ms)


def _seen_fields(profile: Profile) -> set[str]:
    """The fields of a hazard that a 巡查 has too."""
    return profile.event.model_fields.keys() & {"position", *map(kit_field, profile.kit)}


def _steps(
    session: Session, hazard: str, town: str | None, seen: Mapping[str, Any], told: str, moment: Moment
) -> Iterator[Change]:
    """The 巡查, and a 备注 for each part of `told` that has no room in it."""
    found = {**seen, "result": PatrolResult.PROBLEM.value}
    parts = [told[start : start + _LONGEST] for start in range(0, len(told), _LONGEST)] or [""]
    for place, part in enumerate(parts):
        step = EventType.NOTE if place else EventType.PATROL
        role = permissions.role_for(meta.grants(session), permissions.step_action(step), town)
        if role is None:
            raise problems.role_forbidden(step=step.value)
        own = {
            "hazard": hazard,
            "event_type": step.value,
            "at": moment.made_at,
            "actor_role": role.value,
            **({"comment": part} if part else {}),
        }
        yield Change(
            RecordType.HAZARD_EVENT, Kind.APPEND, moment.new_id(), {**({} if place else found), **own}
        )
