"""Derives the lines of hazards and visits in their lists from their records, and their upload states."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from pydantic import ValidationError
from sqlalchemy import delete, func, insert, select
from sqlmodel import Session, col

from mobile_app.store.database import meta
from mobile_app.store.database.tables import ListedHazard, ListedVisit, PhotoFile, StoredOperation
from mobile_app.store.log import bundles, entries
from mobile_app.store.log.bundles import Bundle
from mobile_app.store.patrols import validity
from mobile_app.store.queries.upload_states import AT_SERVER, OperationState, PhotoState, upload_state
from shared import lifecycle, merge
from shared.china_time import day_of
from shared.hazards import due, history, kit, patrol_plan, units
from shared.profiles.profile import Profile
from shared.search import hazard_text
from shared.search.folding import indexed
from shared.sync.wire import Reason
from shared.towns import town_name
from shared.vocabulary import PatrolValidity, PhotoRole, Status

FOLDED = 5
"""The version of the rules by which lines are derived; older lines are derived again."""
_SEARCHED_OF_VISITS = ("place", "organiser", "presenter", "audience", "grade_band", "feedback")
LINES = (ListedHazard, ListedVisit)
"""The tables of lines."""


def refresh(session: Session, owners: Iterable[str]) -> None:
    """Derive the listed lines of hazards and visits again."""
    named, done = _derive(session, owners), set[str]()
    # Signs of hazards that were merged count where these went: the lines of those that went must be there.
    while others := listed(session, named - done):
        named = _derive(session, others)
        done |= others
    session.expire_all()


def _derive(session: Session, owners: Iterable[str]) -> set[str]:
    """Derive lines again; the hazards into which some of them were ever merged."""
    profile = meta.profile(session)
    named: set[str] = set()
    for some in entries.slices(sorted(set(owners))):
        found = bundles.of(session, some)
        states, ways = _photo_states(session, found), _ways(session, some)
        lines = [
            line_of(
                *(profile, hazard, bundle, states, ways.get(hazard, set())),
                validity.of_hazard(session, hazard, bundle, profile),
            )
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
        named |= {into for bundle in found.values() for into in bundles.merged_into(bundle)}
    return named


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
    patrols: Mapping[str, PatrolValidity],
) -> dict[str, Any]:
    """The columns of `ListedHazard`; `ways`: the states of its operations; `patrols`: which of them count."""
    assert bundle.hazard is not None
    values, events = merge.shown(bundle.hazard), bundles.timeline(bundle)
    hazard_history = lifecycle.fold(events)
    sent = history.sent_back(events, hazard_history)
    shown = bundles.attached(bundle)
    of_photos = [photo_states.get(photo["sha256"], PhotoState.REMOTE) for _, photo in shown]
    writes = [
        state.live[-1]
        for state in (bundle.hazard, *bundle.events.values(), *bundle.photos.values())
        if state.live
    ]
    last = max(writes, key=lambda write: write.rank)
    position = values.get("position") or {}
    due_date = hazard_history.due_date or values.get("due_date")
    first = bundle.hazard.live[0] if bundle.hazard.live else None
    found_on = values.get("found_on") or (day_of(first.made_at) if first else None)
    seen_on = patrol_plan.seen_on(hazard_history.status, events, patrols, found_on)
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
        "author": first.author if first else "",
        "rectifiers": " ".join(sorted(hazard_history.rectifiers)),
        "relapse_due": hazard_history.relapse_due,
        "deadline": due.deadline(hazard_history.status, due_date),
        "unit": units.key(hazard_history.assignee_unit),
        "seen_on": None if merge.deleted(bundle.hazard) else seen_on,
        "risk_level": _risk_level(profile, {**values, **kit.found_later(bundle.hazard, events)}),
        "folded": FOLDED,
    }


def visit_line(
    visit: str, bundle: Bundle, photo_states: dict[str, PhotoState], ways: set[OperationState]
) -> dict[str, Any]:
    """The columns of `ListedVisit`; `ways` are the states of the visit's operations."""
    assert bundle.visit is not None
    values, shown = merge.shown(bundle.visit), bundles.attached(bundle)
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


def _photo_states(session: Session, found: dict[str, Bundle]) -> dict[str, PhotoState]:
    hashes = {
        write.fields["sha256"]
        for bundle in found.values()
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
