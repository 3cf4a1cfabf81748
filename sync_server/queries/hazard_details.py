"""一处一档: everything about one hazard, and what exports need of many."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlmodel import Session

from shared import lifecycle, merge, problems
from shared.hazards import evidence, merging, patrol_plan, sign_code
from shared.hazards import patrols as patrol_rule
from shared.hazards.evidence import HazardPhoto
from shared.hazards.history import HazardHistory, TimelineEvent
from shared.merge import Write, from_json
from shared.operations import RecordType
from shared.permissions import Action
from shared.profiles.profile import Profile
from shared.record_types import read
from shared.records.models import Photo
from shared.vocabulary import PatrolValidity, PhotoRole
from sync_server.access.policy import Access
from sync_server.database.in_values import in_values
from sync_server.database.tables import HazardEventRow, HazardRow, PhotoRow
from sync_server.log import pages, photo_writes
from sync_server.log.projectors import hazard_event_rows
from sync_server.queries import hazards as register

_PHOTOS = PhotoRow.metadata.tables["photo"]
_PHOTO = _PHOTOS.c

_EVENT = HazardEventRow.metadata.tables["hazard_event"]
_BATCH = 500


@dataclass(frozen=True, slots=True)
class Step:
    """One operation in the history of a hazard: on the hazard itself, an event of it or a photo of it."""

    seq: int
    type: str
    kind: str
    record: str
    fields: dict[str, Any]
    author: str
    device: str
    made_at: str
    received_at: str


@dataclass(frozen=True, slots=True)
class KeptPhoto:
    """A photo that is attached to a hazard, and the write that attached it."""

    id: str
    photo: Photo
    write: Write

    @property
    def author(self) -> str:
        return self.write.author


@dataclass(frozen=True, slots=True)
class Patrols:
    """Each 巡查 of a hazard by the event's id, and whether it counts; `seen_on`: as `patrol_plan` has it."""

    validity: Mapping[str, PatrolValidity]
    seen_on: str | None


def life(session: Session, access: Access, campaign: str, hazard: str) -> HazardHistory:
    """What the events of one hazard say."""
    return lives(session, access, campaign, [hazard])[hazard]


def lives(
    session: Session, access: Access, campaign: str, hazards: Sequence[str]
) -> dict[str, HazardHistory]:
    """What the events of each hazard say; one without events has been reported."""
    timelines = _timelines(session, access, campaign, hazards)
    return {hazard: lifecycle.fold(timelines[hazard]) for hazard in hazards}


def _timelines(
    session: Session, access: Access, campaign: str, hazards: Sequence[str]
) -> dict[str, list[TimelineEvent]]:
    events: dict[str, list[TimelineEvent]] = defaultdict(list)
    for start in range(0, len(hazards), _BATCH):
        rows = session.execute(
            select(_EVENT).where(
                _EVENT.c.campaign == campaign,
                _EVENT.c.hazard.in_(hazards[start : start + _BATCH]),
                access.where(_EVENT, Action.SEE_HAZARDS),
            )
        ).mappings()
        for row in rows:
            events[row["hazard"]].append(hazard_event_rows.timeline_event(dict(row)))
    return events


def photos(session: Session, access: Access, campaign: str, hazard: str) -> list[KeptPhoto]:
    """The attached photos of a hazard, in the order they came."""
    return photos_of(session, access, campaign, [hazard])[hazard]


def photos_of(
    session: Session, access: Access, campaign: str, owners: Sequence[str], owner: str = "hazard"
) -> dict[str, list[KeptPhoto]]:
    """The attached photos of each owner, "hazard" or "visit", in the order they came."""
    rows = session.execute(
        select(PhotoRow)
        .where(_PHOTO.campaign == campaign, in_values(session, _PHOTO[owner], owners), _PHOTO.attached)
        .where(access.where(_PHOTOS, Action.SEE_HAZARDS))
        .order_by(_PHOTO.first_seq)
    ).scalars()
    kept: dict[str, list[KeptPhoto]] = {one: [] for one in owners}
    for row in rows:
        state = from_json(row.state)
        photo = read(RecordType.PHOTO, merge.shown(state))
        kept[getattr(row, owner)].append(KeptPhoto(row.id, photo, state.live[-1]))
    return kept


def taken_off(session: Session, access: Access, campaign: str, hazard: str) -> list[str]:
    """The SHA-256 of the photos that were taken off a hazard again, those of finished work apart."""
    wanted = (
        select(_PHOTO.sha256)
        .where(_PHOTO.campaign == campaign, _PHOTO.hazard == hazard, _PHOTO.attached.is_(False))
        .where(_PHOTO.sha256.is_not(None), _PHOTO.role != PhotoRole.AFTER.value)
        .where(access.where(_PHOTOS, Action.SEE_HAZARDS))
    )
    return list(session.execute(wanted.order_by(_PHOTO.first_seq)).scalars())


def history(session: Session, access: Access, campaign: str, hazard: str) -> list[Step]:
    """Every operation on a hazard, its events and its photos, in the order the server took them."""
    seen = register.several(session, access, campaign, [hazard])
    records = pages.records_of(session, campaign, [row.id for row in seen])
    steps: list[Step] = []
    for start in range(0, len(records), _BATCH):
        for row in pages.of_records(session, campaign, records[start : start + _BATCH]):
            operation = json.loads(row.wire)
            steps.append(
                Step(
                    row.seq,
                    operation["type"],
                    operation["kind"],
                    operation["record"],
                    operation["fields"],
                    operation["author"],
                    operation["device"],
                    operation["made_at"],
                    row.received_at,
                )
            )
    return sorted(steps, key=lambda step: step.seq)


def events(session: Session, access: Access, campaign: str, ids: Sequence[str]) -> list[HazardEventRow]:
    """The events with these ids."""
    wanted = select(HazardEventRow).where(
        _EVENT.c.campaign == campaign,
        in_values(session, _EVENT.c.id, ids),
        access.where(_EVENT, Action.SEE_HAZARDS),
    )
    return list(session.execute(wanted).scalars())


def knows_event(session: Session, access: Access, campaign: str, hazard: str, event: str) -> bool:
    """Whether an event with that id already exists for a hazard.

    Raises Problem event_written if another hazard has it.
    """
    row = session.get(HazardEventRow, (campaign, event))
    if row is not None and row.hazard != hazard:
        raise problems.event_written()
    return row is not None and bool(register.several(session, access, campaign, [hazard]))


def finished_photos(session: Session, access: Access, campaign: str, hazard: str) -> list[KeptPhoto]:
    """The photos of a hazard that are the evidence for 报验 and 验收, oldest first."""
    events = _timelines(session, access, campaign, [hazard])[hazard]
    every_photo = photos(session, access, campaign, hazard)
    attached = {one.id: one for one in every_photo if one.photo.role is PhotoRole.AFTER}
    written = photo_writes.of_hazards(session, campaign, [hazard]).get(hazard, {}) if attached else {}
    every = [HazardPhoto(record, writes, record in attached) for record, writes in written.items()]
    return [attached[photo.record] for photo in evidence.finished_photos(events, every)]


def patrols(session: Session, access: Access, campaign: str, row: HazardRow, profile: Profile) -> Patrols:
    """Which 巡查 of a hazard count, and since when nobody was there for sure."""
    events = _timelines(session, access, campaign, [row.id])[row.id]
    merged = merged_into(session, access, campaign, row.id)
    codes = {sign_code.code_of(hazard) for hazard in (row.id, *merged)}
    point = None if row.lat is None or row.lon is None else (row.lat, row.lon)
    validity = patrol_rule.judged(events, codes, point, profile.patrol_m)
    status = lifecycle.fold(events).status
    return Patrols(validity, patrol_plan.seen_on(status, events, validity, row.found_on))


def merged_into(session: Session, access: Access, campaign: str, hazard: str) -> set[str]:
    """The hazards that are merged into a hazard now, or into one of these."""
    found: set[str] = set()
    asked = {hazard}
    while asked:
        named = select(_EVENT.c.hazard).where(
            _EVENT.c.campaign == campaign, in_values(session, _EVENT.c.merged_into, asked)
        )
        others = sorted(set(session.execute(named).scalars()) - found - {hazard})
        timelines = _timelines(session, access, campaign, others)
        asked = {other for other in others if not merging.targets(timelines[other]).isdisjoint(asked)}
        found |= asked
    return found
