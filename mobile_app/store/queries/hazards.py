"""Hazards as screens show them: lines of the list, and one hazard with all its events."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlmodel import Session, col

from mobile_app.store.database import meta
from mobile_app.store.database.tables import ListedHazard
from mobile_app.store.log import bundles, entries, outbox
from mobile_app.store.log.bundles import Bundle
from mobile_app.store.patrols import validity
from mobile_app.store.queries import devices, photo_rows
from mobile_app.store.queries.narrowing import EVERYTHING, Narrowing, conditions
from mobile_app.store.queries.photo_rows import PhotoRow
from mobile_app.store.queries.upload_states import UploadState
from shared import merge, problems, record_types
from shared.hazards import evidence, history
from shared.hazards.evidence import HazardPhoto
from shared.hazards.history import HazardHistory
from shared.merge import Write
from shared.operations import RecordType
from shared.profiles.profile import Profile
from shared.records.models import HazardEvent, Photo, Position
from shared.search.folding import wanted
from shared.sync.wire import DeviceName, Reason
from shared.vocabulary import EventType, PatrolValidity, PhotoRole, Status, Term


@dataclass(frozen=True, slots=True)
class HazardRow:
    """One line of the list. `number` is the ledger's, None until the server gives one; then show `temporary`.

    `conflicts` counts fields with concurrent values and concurrent statuses. `saved_at` is the wall time of
    the last change on its device. `photos_done` of `photos_total` are verified by the server.
    """

    id: str
    number: str | None
    temporary: str
    title: str
    type: Term | None
    town_code: str | None
    status: Status
    upload: UploadState
    photos_done: int
    photos_total: int
    due_date: str | None
    lat: float | None
    lon: float | None
    conflicts: int
    saved_at: str
    thumb_sha256: str | None
    sent_back: "SentBack | None" = None


@dataclass(frozen=True, slots=True)
class SentBack:
    """Why a hazard must be worked on again: a 退回 or a 验收不通过, and its reason."""

    step: EventType
    reason: str


@dataclass(frozen=True, slots=True)
class EventRow:
    """One thing that happened; `author` is a person's id, `sent` whether the server has stored it.

    `device` wrote it: see `HazardCard.writers`.
    """

    id: str
    type: EventType
    at: str
    author: str
    event: HazardEvent
    sent: bool
    device: str


@dataclass(frozen=True, slots=True)
class HazardCard:
    """A hazard with its history, events (oldest first), photos, refusals, and disputed fields.

    `conflicts`: field → the concurrent writes, the shown one last. `finished`: those photos that
    `evidence.finished_photos` finds, of which 报验 needs one. `known_bytes`: the SHA-256 of bytes that its
    photos had before; a further photo with them is no evidence. `writers`: device → whose it is and what it
    is called, for those devices that wrote something here and that this phone has heard of. `patrols`: each
    巡查 by its record, and whether it counts.
    """

    row: HazardRow
    hazard: Any
    history: HazardHistory
    events: tuple[EventRow, ...]
    photos: tuple[PhotoRow, ...]
    quarantined: tuple[Reason, ...]
    conflicts: Mapping[str, list[Write]]
    finished: tuple[Photo, ...]
    known_bytes: frozenset[str]
    writers: Mapping[str, DeviceName]
    patrols: Mapping[str, PatrolValidity]

    @property
    def originals(self) -> dict[str, PhotoRole]:
        """What its photos show, by the SHA-256 of the files that were taken or picked."""
        return photo_rows.originals(self.photos)

    @property
    def places(self) -> list[Position]:
        """The known places of the hazard."""
        before = [row.photo for row in self.photos if row.photo.role is PhotoRole.BEFORE]
        return evidence.places_of(getattr(self.hazard, "position", None), before)


def listed(
    session: Session,
    text: str = "",
    only: Narrowing = EVERYTHING,
    today: str = "",
    *,
    limit: int = 200,
    offset: int = 0,
) -> list[HazardRow]:
    """The hazards that are not deleted: those that were sent back first, then by last change.

    `today`: the ISO day by which deadlines count; needed where `only` asks for them.
    """
    ordered = select(ListedHazard).order_by(
        col(ListedHazard.sent_back).desc(), col(ListedHazard.touched).desc(), col(ListedHazard.id)
    )
    page = _narrowed(session, ordered, text, only, today).limit(limit).offset(offset)
    rows = session.execute(page).scalars()
    profile = meta.profile(session)
    return [_row(profile, line) for line in rows]


def rows(session: Session, ids: Sequence[str]) -> list[HazardRow]:
    """Those of the hazards `ids`, a slice, that are here and not deleted."""
    some = select(ListedHazard).where(col(ListedHazard.id).in_(ids))
    profile = meta.profile(session)
    # Asked for `deleted` too, SQLite would look through all that are not deleted instead.
    return [_row(profile, line) for line in session.execute(some).scalars() if not line.deleted]


def count(session: Session, text: str = "", only: Narrowing = EVERYTHING, today: str = "") -> int:
    """How many hazards `listed` would return."""
    counting = select(func.count()).select_from(ListedHazard)
    return int(session.execute(_narrowed(session, counting, text, only, today)).scalar_one())


def holds(session: Session, hazard: str) -> bool:
    """Whether `card` finds a hazard."""
    return session.get(ListedHazard, hazard) is not None


def card(session: Session, hazard: str) -> HazardCard:
    """Everything about one hazard. Problem: hazard_unknown."""
    line = session.get(ListedHazard, hazard)
    bundle = bundles.of(session, [hazard])[hazard]
    if line is None or bundle.hazard is None:
        raise problems.hazard_unknown(hazard=hazard)
    told, profile = bundles.history_of(bundle), meta.profile(session)
    events, photos = bundles.timeline(bundle), _photos(session, bundle)
    attached = photo_rows.rows(session, bundle)
    shown = {row.id: row.photo for row in attached}
    return HazardCard(
        row=replace(_row(profile, line), sent_back=_sent_back(bundle, told)),
        hazard=profile.read_hazard(bundles.shown(bundle)),
        history=told,
        events=tuple(_event(record, bundle) for record in told.order),
        photos=tuple(attached),
        quarantined=tuple(outbox.refusals(session, hazard)),
        conflicts=merge.disputes(bundle.hazard),
        finished=tuple(shown[one.record] for one in evidence.finished_photos(events, photos)),
        known_bytes=frozenset(evidence.first_with(events, photos)),
        writers=devices.names(session, bundles.writers(bundle)),
        patrols=validity.of_hazard(session, hazard, bundle, profile),
    )


def _narrowed(
    session: Session, statement: Select[Any], text: str, only: Narrowing, today: str
) -> Select[Any]:
    who = meta.identity(session) if only.own else None
    statement = statement.where(*conditions(only, who.person if who else None, today))
    for forms in wanted(text):
        says = [col(ListedHazard.search).contains(form, autoescape=True) for form in forms]
        statement = statement.where(or_(*says))
    return statement


def _row(profile: Profile, line: ListedHazard) -> HazardRow:
    return HazardRow(
        id=line.id,
        number=line.ledger_no,
        temporary=line.id[-4:].upper(),
        title=line.water_name or "",
        type=profile.types(line.water_type) if line.water_type else None,
        town_code=line.town_code,
        status=Status(line.status),
        upload=UploadState(line.upload),
        photos_done=line.photos_done,
        photos_total=line.photos_total,
        due_date=line.due_date,
        lat=line.lat,
        lon=line.lon,
        conflicts=line.conflicts,
        saved_at=line.saved_at,
        thumb_sha256=line.thumb_sha256,
        sent_back=SentBack(EventType(line.sent_back_step), line.sent_back_reason or "")
        if line.sent_back_step
        else None,
    )


def _sent_back(bundle: Bundle, told: HazardHistory) -> SentBack | None:
    """As the line says it, also where the line is older than that."""
    event = history.sent_back(bundles.timeline(bundle), told)
    return SentBack(event.type, event.write.fields.get("comment") or "") if event else None


def _photos(session: Session, bundle: Bundle) -> list[HazardPhoto]:
    """The hazard's photos, by their states and by what this phone has of the log."""
    written = entries.counted(session, bundle.photos)
    attached = {
        record for record, values in bundles.attached(bundle) if values.get("role") == PhotoRole.AFTER
    }
    return [
        HazardPhoto(
            record, [*state.live, *(entry.write for entry in written.get(record, ()))], record in attached
        )
        for record, state in bundle.photos.items()
    ]


def _event(record: str, bundle: Bundle) -> EventRow:
    write = history.first_write(bundle.events[record].live)
    event: HazardEvent = record_types.read(RecordType.HAZARD_EVENT, write.fields)
    return EventRow(
        record,
        EventType(write.fields["event_type"]),
        write.fields["at"],
        write.author,
        event,
        write.seq is not None,
        write.device,
    )
