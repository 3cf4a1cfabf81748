"""A reviewer's decisions about a hazard, checked against its history at the time of writing."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from sqlmodel import Session

from shared import clock, lifecycle, merge, permissions, problems, record_types
from shared.hazards import dates, evidence, merging
from shared.merge import RecordState, from_json
from shared.operations import GENESIS, Kind, Operation, RecordType
from shared.permissions import Action
from shared.problems import Problem
from shared.vocabulary import EventType
from sync_server.access import audit, devices
from sync_server.access.people import Person
from sync_server.access.policy import SYSTEM, Access
from sync_server.database import campaigns
from sync_server.database.tables import EducationVisitRow, HazardRow
from sync_server.database.timestamps import now_ms, now_text, text_of_ms, this_year, today
from sync_server.log import writer
from sync_server.log.checks import merging_check
from sync_server.queries import conflicts, hazard_details, hazards, photo_files, same_places
from sync_server.queries.hazard_details import KeptPhoto

_EVENT = (RecordType.HAZARD_EVENT, Kind.APPEND)
_MOST_APART = 50
"""So many hazards one can be told apart from (`values.Many`)."""


def take_steps(
    session: Session,
    access: Access,
    campaign: str,
    hazard: str,
    steps: Sequence[EventType],
    fields: Mapping[str, Any],
    *,
    base: int,
    event: str,
    sure: bool = False,
) -> None:
    """Append the events of one decision; the same `event` id again changes nothing.

    `base`: the seq that the page showed. `fields`: what the first event says besides its type and time.
    `sure`: asked again, the person stands by what they said. Steps after the first follow from it (验收通过
    opens the way to 销号). Raises Problem hazard_unknown, hazard_changed (then the page shows less than there
    is), invalid, event_written, role_forbidden, after_photo_awaited, evidence_elsewhere,
    deadline_doubtful, and those of `lifecycle.refusal`, `merging.refusal` and `dates.deadline_refusal`.
    """
    campaigns.locked_end(session, campaign)
    row = hazards.get(session, access, campaign, hazard)
    access.require(Action.DECIDE, row)
    if hazard_details.knows_event(session, access, campaign, hazard, event):
        return
    history = hazard_details.life(session, access, campaign, hazard)
    if row.deleted:
        raise problems.step_not_open(step=steps[0].value, status=history.status.value)
    if row.updated_seq > base and steps[0] is not EventType.NOTE:
        raise problems.hazard_changed()
    if history.accepted and steps[0] is EventType.ACCEPT and len(steps) > 1:
        steps = steps[1:]
    finished = hazard_details.finished_photos(session, access, campaign, hazard)
    if steps[0] is EventType.MERGE:
        refusal = merging_refusal(session, access, campaign, hazard, fields["merged_into"])
    else:
        refusal = lifecycle.refusal(
            steps[0],
            history,
            access.person.id,
            access.role_for(steps[0], row),
            after_photos=len(finished),
            reason=fields.get("comment"),
        )
    if refusal is None and steps[0] is EventType.ACCEPT and finished:
        refusal = _evidence_refusal(session, access, campaign, hazard, finished, fields.get("comment"))
    refusal = refusal or _deadline_refusal(steps[0], fields.get("due_date"), row, sure)
    if refusal:
        raise refusal
    for place, step in enumerate(steps):
        access.require(permissions.step_action(step), row)
        said = {
            "hazard": hazard,
            "event_type": step.value,
            "at": now_text(),
            "actor_role": access.role_for(step, row).value,
            **(fields if place == 0 else {}),
        }
        # Derived ids, so that a form sent twice writes the same events.
        record = event if place == 0 else str(uuid.uuid5(uuid.UUID(event), str(place)))
        _write(session, campaign, access.person, record, _EVENT, said, base)


def _evidence_refusal(
    session: Session,
    access: Access,
    campaign: str,
    hazard: str,
    finished: Sequence[KeptPhoto],
    reason: str | None,
) -> Problem | None:
    """What the photos of the finished work say against accepting it."""
    hashes = [kept.photo.sha256 for kept in finished]
    if not photo_files.here(session, campaign, [(hazard, sha256) for sha256 in hashes]):
        return problems.after_photo_awaited()
    elsewhere = photo_files.elsewhere(session, access, campaign, hazard, hashes)
    earlier = {sha256 for sha256, one in elsewhere.items() if one.earlier}
    if evidence.all_elsewhere_before(hashes, earlier) and not reason:
        return problems.evidence_elsewhere()
    return None


def merging_refusal(
    session: Session, access: Access, campaign: str, hazard: str, other: str
) -> Problem | None:
    """Why a hazard may not be merged into another now, or None. Raises Problem hazard_unknown."""
    row = hazards.get(session, access, campaign, hazard)
    history = hazard_details.life(session, access, campaign, hazard)
    role = access.role_for(EventType.MERGE, row)
    staying = None
    if other != hazard and not hazards.get(session, access, campaign, other).deleted:
        staying = hazard_details.life(session, access, campaign, other)
    refusal = lifecycle.refusal(EventType.MERGE, history, access.person.id, role)
    return refusal or merging.refusal(history, staying)


def _deadline_refusal(step: EventType, due_date: str | None, row: HazardRow, sure: bool) -> Problem | None:
    refusal = dates.deadline_refusal(due_date, row.found_on)
    if refusal is None and due_date and not sure:
        present = row.due_date if step is EventType.EXTEND else None
        if dates.is_doubtful(due_date, today(), present):
            return problems.deadline_doubtful(due_date=due_date)
    return refusal


def chosen_value(
    session: Session,
    access: Access,
    campaign: str,
    state: RecordState,
    register: str,
    key: tuple[str, int],
) -> Any:
    """The value that the write (device, n) gave a register; of DELETED whether it deleted.

    Raises Problem conflict_changed where that write is none of those in dispute, though others are.
    """
    disputed = merge.disputes(state).get(register, [])
    for write in disputed:
        if (write.device, write.number) == key:
            return write.fields.get(register, False) if register == merge.DELETED else write.fields[register]
    # Settled already, it may have been by this very choice: `settle` compares.
    origin = None if disputed else conflicts.origins(session, access, campaign, [key]).get(key)
    if origin is None or register not in origin.fields:
        raise problems.conflict_changed()
    return origin.fields[register]


def settling_refusal(row: HazardRow | EducationVisitRow, register: str, value: Any) -> Problem | None:
    """Why a value of a hazard is impossible although its field takes it, or None: years and days."""
    if not isinstance(row, HazardRow):
        return None
    match register:
        case "year":
            return dates.year_refusal(value, this_year())
        case "found_on":
            return dates.finding_refusal(value, today())
        case "due_date":
            return dates.deadline_refusal(value, row.found_on)
    return None


def settle(
    session: Session,
    access: Access,
    campaign: str,
    record: tuple[str, str],
    register: str,
    value: Any,
    *,
    base: int,
) -> None:
    """End a conflict by writing the value that holds; nothing where that was written already.

    `base`: the seq that the page showed, so that what arrived since stays visible. Raises Problem
    conflict_changed where nothing is disputed any more, merged_hazards_here, not_found, role_forbidden,
    out_of_scope, and those of `settling_refusal` and `records.check_fields`.
    """
    campaigns.locked_end(session, campaign)
    kind, name = record
    row = conflicts.get(session, access, campaign, kind, name)
    access.require(Action.SETTLE_CONFLICTS, row)
    if register == "town_code" and not access.reaches(Action.SETTLE_CONFLICTS, value):
        raise problems.out_of_scope(town=value)
    state = from_json(row.state)
    if register not in merge.disputes(state):
        if merge.shown(state).get(register) == value:
            return
        raise problems.conflict_changed()
    if refusal := settling_refusal(row, register, value):
        raise refusal
    if register == merge.DELETED:
        if value and merging_check.with_merged_ones(session, campaign, [name]):
            raise problems.merged_hazards_here()
        _write(
            session, campaign, access.person, name, (kind, Kind.DELETE if value else Kind.RESTORE), {}, base
        )
    else:
        _write(session, campaign, access.person, name, (kind, Kind.EDIT), {register: value}, base)


def tell_apart(session: Session, access: Access, campaign: str, hazard: str, other: str) -> None:
    """Record that two hazards are 不是同一处; nothing where that is known.

    It is read in both directions, so the other hazard keeps it where this one is full. Where both are, those
    are forgotten that nobody would be asked about: a phone may have named any. Problems: hazard_unknown,
    role_forbidden, told_apart_too_often.
    """
    end = campaigns.locked_end(session, campaign)
    rows = [hazards.get(session, access, campaign, one) for one in (hazard, other)]
    for row in rows:
        access.require(Action.DECIDE, row)
    apart, back = (merge.shown(from_json(row.state)).get("distinct_from") or [] for row in rows)
    if hazard == other or other in apart or hazard in back:
        return
    if min(len(apart), len(back)) >= _MOST_APART:
        profile = campaigns.profile_of(campaigns.get(session, campaign))
        apart, back = (
            same_places.alike(session, SYSTEM, campaign, profile, row, named)  # others may have been asked
            for row, named in zip(rows, (apart, back), strict=True)
        )
    if len(apart) < _MOST_APART:
        record, distinct_from = hazard, [*apart, other]
    elif len(back) < _MOST_APART:
        record, distinct_from = other, [*back, hazard]
    else:
        raise problems.told_apart_too_often(limit=_MOST_APART)
    fields = {"distinct_from": distinct_from}
    _write(session, campaign, access.person, record, (RecordType.HAZARD, Kind.EDIT), fields, end.seq)


def bring_back(session: Session, access: Access, campaign: str, kind: str, record: str) -> None:
    """Restore a deleted hazard or visit; nothing where it is there.

    Problems: not_found, role_forbidden, merged_into_deleted.
    """
    end = campaigns.locked_end(session, campaign)
    row = conflicts.get(session, access, campaign, kind, record)
    access.require(Action.CHANGE_OTHERS, row)
    if row.deleted:
        if refusal := merging_check.restoring_refusal(session, campaign, record):
            raise refusal
        _write(session, campaign, access.person, record, (kind, Kind.RESTORE), {}, end.seq)
        audit.note(session, "record_restored", person=access.person.id, subject=record)


def _write(
    session: Session,
    campaign: str,
    person: Person,
    record: str,
    what: tuple[str, Kind],
    fields: dict[str, Any],
    base: int,
) -> None:
    """Put one operation on the log, under the device that stands for the person's browser."""
    device = devices.browser_of(session, campaign, person.id)
    received = now_ms()
    end = campaigns.locked_end(session, campaign)
    base = min(base, end.seq)
    operation = Operation(
        campaign=campaign,
        device=device,
        number=writer.last_n(session, campaign, device) + 1,
        record=record,
        type=what[0],
        kind=what[1],
        fields=fields,
        base=base,
        base_fingerprint=end.fingerprint
        if base == end.seq
        else writer.fingerprint_at(session, campaign, base) or GENESIS,
        hlc=clock.stamp(received),
        made_at=text_of_ms(received),
        author=person.id,
    )
    row = campaigns.get(session, campaign)
    record_types.check_fields(operation, campaigns.profile_of(row).model(operation.type))
    writer.append_operations(session, row, [operation], received)
