"""Derives the lines of hazards and visits in their lists from their records, and their upload states."""

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError
from sqlalchemy import delete, func, insert, select
from sqlmodel import Session, col

from mobile_app.store.database import meta
from mobile_app.store.database.tables import (
    ListedHazard,
    ListedVisit,
    PhotoFile,
    StoredOperation,
    StoredRecord,
)
from mobile_app.store.log import entries
from mobile_app.store.queries.upload_states import AT_SERVER, OperationState, PhotoState, upload_state
from shared import lifecycle, merge
from shared.hazards import due, history, kit
from shared.hazards.history import HazardHistory, TimelineEvent
from shared.merge import RecordState
from shared.operations import RecordType
from shared.profiles.profile import Profile
from shared.search import hazard_text
from shared.search.folding import indexed
from shared.sync.wire import Reason
from shared.towns import town_name
from shared.vocabulary import PhotoRole, Status

FOLDED = 3
"""The version of the rules by which lines are derived; older lines are derived again."""
_SEARCHED_OF_VISITS = ("place", "organiser", "presenter", "audience", "grade_band", "feedback")
LINES = (ListedHazard, ListedVisit)
"""The tables of lines."""


@dataclass(slots=True)
class Bundle:
    """Everything known about one hazard or visit: id → state, by record type."""

    hazard: RecordState | None = None
    visit: RecordState | None = None
    ledger_no: str | None = None
    events: dict[str, RecordState] = field(default_factory=dict)
    photos: dict[str, RecordState] = field(default_factory=dict)


def bundles(session: Session, owners: Sequence[str]) -> dict[str, Bundle]:
    """Hazard or visit → its records."""
    found = {owner: Bundle() for owner in owners}
    rows = session.execute(
        select(
            col(StoredRecord.id),
            col(StoredRecord.type),
            col(StoredRecord.owner),
            col(StoredRecord.ledger_no),
            col(StoredRecord.state),
        ).where(col(StoredRecord.owner).in_(owners))
    )
    for row in rows:
        bundle, state = found[row.owner], merge.from_json(json.loads(row.state))
        match row.type:
            case RecordType.HAZARD:
                bundle.hazard, bundle.ledger_no = state, row.ledger_no
            case RecordType.EDUCATION_VISIT:
                bundle.visit = state
            case RecordType.HAZARD_EVENT:
                bundle.events[row.id] = state
            case RecordType.PHOTO:
                bundle.photos[row.id] = state
    return found


def timeline(bundle: Bundle) -> list[TimelineEvent]:
    """The hazard's events."""
    return [
        history.timeline_event(record, history.first_write(state.live))
        for record, state in bundle.events.items()
    ]


def history_of(bundle: Bundle) -> HazardHistory:
    """The history that the hazard's events make."""
    return lifecycle.fold(timeline(bundle))


def shown(bundle: Bundle) -> dict[str, Any]:
    """The hazard's values as people see them, the kit as it was found last."""
    state = bundle.hazard or merge.EMPTY
    return {**merge.shown(state), **kit.found_later(state, timeline(bundle))}


def attached(bundle: Bundle) -> list[tuple[str, dict[str, Any]]]:
    """(record, shown values) of the photos that are attached, oldest first."""
    found = [(record, state, merge.shown(state)) for record, state in bundle.photos.items()]
    found.sort(key=lambda item: item[1].live[-1].rank)
    return [(record, values) for record, state, values in found if values.get(merge.ATTACHED)]


def writers(bundle: Bundle) -> set[str]:
    """The devices that wrote what is shown, or what is in dispute with it."""
    states = [bundle.hazard, bundle.visit, *bundle.events.values(), *bundle.photos.values()]
    return {write.device for state in states if state for write in state.live}


def refresh(session: Session, owners: Iterable[str]) -> None:
    """Derive the listed lines of hazards and visits again."""
    profile = meta.profile(session)
    for some in entries.slices(sorted(set(owners))):
        found = bundles(session, some)
        states, ways = _photo_states(session, found), _ways(session, some)
        lines = [
            line_of(profile, hazard, bundle, states, ways.get(hazard, set()))
            for hazard, bundle in found.items()
            if bundle.hazard is not None
        ]
        visits = [
            visit_line(visit, bundle, states, ways.get(visit, set()))
            for visit, bundle in found.items()
            if bundle.visit is not None
        ]
        for table, rows in ((ListedHazard, lines), (ListedVisit, visits)):
            session.execute(delete(table).where(col(table.id).in_(some)))
            if rows:
                session.execute(insert(table), rows)
    session.expire_all()


def refresh_old(session: Session, limit: int) -> int:
    """Derive some lines of older rules again; how many, 0 where none is left."""
    old = select(col(ListedHazard.id)).where(col(ListedHazard.folded) < FOLDED)
    first = old.order_by(col(ListedHazard.status) != Status.RETURNED.value).limit(limit)
    found = session.execute(first).scalars().all()
    visits = select(col(ListedVisit.id)).where(col(ListedVisit.folded) < FOLDED).limit(limit)
    found_visits = session.execute(visits).scalars().all()
    refresh(session, [*found, *found_visits])
    return len(found) + len(found_visits)


def listed(session: Session, owners: Collection[str]) -> set[str]:
    """Those hazards and visits of `owners` that have a line."""
    found: set[str] = set()
    for some in entries.slices(sorted(owners)):
        for table in LINES:
            found.update(session.execute(select(col(table.id)).where(col(table.id).in_(some))).scalars())
    return found


def line(session: Session, owner: str) -> ListedHazard | ListedVisit | None:
    """The line of a hazard or a visit; None where it has none."""
    return session.get(ListedHazard, owner) or session.get(ListedVisit, owner)


def line_of(
    profile: Profile,
    hazard: str,
    bundle: Bundle,
    photo_states: dict[str, PhotoState],
    ways: set[OperationState],
) -> dict[str, Any]:
    """The columns of `ListedHazard`; `ways` are the states of the hazard's operations."""
    assert bundle.hazard is not None
    values, events = merge.shown(bundle.hazard), timeline(bundle)
    hazard_history = lifecycle.fold(events)
    sent = history.sent_back(events, hazard_history)
    shown = attached(bundle)
    of_photos = [photo_states.get(photo["sha256"], PhotoState.REMOTE) for _, photo in shown]
    writes = [
        state.live[-1]
        for state in (bundle.hazard, *bundle.events.values(), *bundle.photos.values())
        if state.live
    ]
    last = max(writes, key=lambda write: write.rank)
    position = values.get("position") or {}
    due_date = hazard_history.due_date or values.get("due_date")
    return {
        "id": hazard,
        "ledger_no": bundle.ledger_no,
        "water_name": values.get(profile.title_field),
        "water_type": values.get(profile.type_field),
        "town_code": values.get("town_code"),
        "status": hazard_history.status.value,
        "due_date": due_date,
        "lat": position.get("lat"),
        "lon": position.get("lon"),
        "conflicts": len(merge.disputes(bundle.hazard)) + len(hazard_history.concurrent_statuses),
        "deleted": merge.deleted(bundle.hazard),
        "upload": upload_state(ways, of_photos).value,
        "photos_done": sum(state in AT_SERVER for state in of_photos),
        "photos_total": len(of_photos),
        "thumb_sha256": _thumb(shown),
        "saved_at": last.made_at,
        "touched": last.hlc,
        "search": "\n".join(
            (
                hazard_text.plain_text(profile, values.get, bundle.ledger_no, hazard[-4:]),
                hazard_text.persons_text(profile, values.get),
            )
        ),
        "sent_back": sent is not None,
        "sent_back_step": sent.type.value if sent else None,
        "sent_back_reason": sent.write.fields.get("comment") if sent else None,
        "author": bundle.hazard.live[0].author if bundle.hazard.live else "",
        "rectifiers": " ".join(sorted(hazard_history.rectifiers)),
        "relapse_due": hazard_history.relapse_due,
        "deadline": due.deadline(hazard_history.status, due_date),
        "risk_level": _risk_level(profile, {**values, **kit.found_later(bundle.hazard, events)}),
        "folded": FOLDED,
    }


def visit_line(
    visit: str, bundle: Bundle, photo_states: dict[str, PhotoState], ways: set[OperationState]
) -> dict[str, Any]:
    """The columns of `ListedVisit`; `ways` are the states of the visit's operations."""
    assert bundle.visit is not None
    values, shown = merge.shown(bundle.visit), attached(bundle)
    of_photos = [photo_states.get(photo["sha256"], PhotoState.REMOTE) for _, photo in shown]
    writes = sorted(bundle.visit.live, key=lambda write: write.rank)
    photo_writes = [state.live[-1] for state in bundle.photos.values() if state.live]
    last = max([*writes, *photo_writes], key=lambda write: write.rank)
    names = ("visit_type", "date", "town_code", "place", "headcount", "households", "leaflets")
    town = values.get("town_code")
    return {
        "id": visit,
        **{name: values.get(name) for name in names},
        "author": writes[0].author if writes else "",
        "conflicts": len(merge.disputes(bundle.visit)),
        "deleted": merge.deleted(bundle.visit),
        "upload": upload_state(ways, of_photos).value,
        "photos_done": sum(state in AT_SERVER for state in of_photos),
        "photos_total": len(of_photos),
        "thumb_sha256": _thumb(shown),
        "saved_at": last.made_at,
        "touched": last.hlc,
        "search": indexed(
            (town_name(town) if town else None, *(values.get(name) for name in _SEARCHED_OF_VISITS))
        ),
        "folded": FOLDED,
    }


def why(code: str | None, details: str | None) -> Reason | None:
    """The stored reason of a refusal."""
    return None if code is None else Reason(code=code, details=json.loads(details or "{}"))


def _photo_states(session: Session, bundles: dict[str, Bundle]) -> dict[str, PhotoState]:
    hashes = {
        write.fields["sha256"]
        for bundle in bundles.values()
        for state in bundle.photos.values()
        for write in state.live
        if "sha256" in write.fields
    }
    rows = session.execute(
        select(col(PhotoFile.sha256), col(PhotoFile.state)).where(col(PhotoFile.sha256).in_(hashes))
    )
    return {sha256: PhotoState(state) for sha256, state in rows}


def _ways(session: Session, hazards: Sequence[str]) -> dict[str, set[OperationState]]:
    rows = session.execute(
        select(col(StoredOperation.owner), col(StoredOperation.state), func.count())
        .where(col(StoredOperation.owner).in_(hazards))
        .group_by(col(StoredOperation.owner), col(StoredOperation.state))
    )
    ways: dict[str, set[OperationState]] = {}
    for hazard, state, _ in rows:
        ways.setdefault(hazard, set()).add(OperationState(state))
    return ways


def _risk_level(profile: Profile, values: dict[str, Any]) -> str | None:
    """None while data are missing, or where a newer version wrote what this one cannot read."""
    try:
        level = profile.risk_level(profile.read_hazard(values))
    except ValidationError:
        return None
    return level.value if level else None


def _thumb(photos: list[tuple[str, dict[str, Any]]]) -> str | None:
    hashes: list[str] = [photo["sha256"] for _, photo in photos]
    before = [photo["sha256"] for _, photo in photos if photo.get("role") == PhotoRole.BEFORE]
    return next(iter(before or hashes), None)
