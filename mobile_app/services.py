"""The one door between the screens and everything else: what a person can do, and what there is to show."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from sqlmodel import Session

from mobile_app.app_lock import AppLock
from mobile_app.device import photos as photo_work
from mobile_app.device.browser import page_origin
from mobile_app.device.photos import OpenPhoto, PickedPhoto, PreparedPhoto
from mobile_app.hazard_map import HazardMap
from mobile_app.office_numbers import OfficeNumbers
from mobile_app.ports import Ports, device_ports
from mobile_app.same_places import SamePlaces
from mobile_app.signs import Signs
from mobile_app.state.sync import SyncState
from mobile_app.store.database import journal, meta
from mobile_app.store.database.meta import Identity
from mobile_app.store.database.phone_database import PhoneDatabase
from mobile_app.store.log import recording, saving, snapshot, verdicts
from mobile_app.store.log.recording import Moment
from mobile_app.store.log.refreshing import refresh_old_lines
from mobile_app.store.log.verdicts import Verdict
from mobile_app.store.queries import drafts, hazards
from mobile_app.store.queries.access import PhoneAccess
from mobile_app.store.queries.hazards import HazardCard, HazardRow
from mobile_app.store.queries.narrowing import EVERYTHING, Narrowing
from mobile_app.store.queries.upload_states import UploadState
from mobile_app.sync.clock_offset import ServerClock
from mobile_app.sync.home_visits import HomeVisits
from mobile_app.sync.pictures import Pictures
from mobile_app.sync.reenrolment import Reenrolment
from mobile_app.sync.sending import Sending
from mobile_app.sync.sync_loop import SyncLoop
from mobile_app.today import Today
from mobile_app.unsent import Unsent, UnsentFile
from mobile_app.visits import Visits
from shared.operations import RecordType
from shared.permissions import Action
from shared.records.fix import Fix
from shared.records.photo_edits import UNEDITED, Edits
from shared.sync.link_quality import Network
from shared.sync.wire import CampaignSettings
from shared.vocabulary import EventType, PhotoRole

__all__ = ["Fix", "OpenPhoto", "PickedPhoto", "PreparedPhoto", "Services", "UnsentFile", "open_services"]

Photos = Sequence[tuple[PreparedPhoto, PhotoRole]]


async def open_services(folder: Path | None = None, origin: str = "") -> "Services":
    """Open this phone's data. `folder` is for a real disk (default: the app's own), `origin` names the server
    where neither the page nor the enrolment link does.

    Problems: opened_elsewhere (another tab has the data), storage_blocked.
    """
    return await Services.open(await device_ports(folder), page_origin() or origin)


class Services:
    """What screens call. Every method raises a Problem where a person can do something about it.

    Use: `services = await open_services()`, then `await services.start()` in the app's main function.
    """

    def __init__(self, database: PhoneDatabase, ports: Ports, origin: str = "") -> None:
        self._database, self._ports = database, ports
        self.camera, self.picker, self.storage = ports.camera, ports.picker, ports.storage
        self.location, self.clock, self.sync = ports.location, ports.clock, SyncState()
        self.access, self.office_numbers = PhoneAccess(database), OfficeNumbers(database, ports.clock)
        self.map, self.editor = HazardMap(database, self.sync, ports.for_map), ports.editor
        self.damaged = database.damaged
        """Saves that this device held and that could not be read any more when it was opened."""
        self.home_visits = HomeVisits(database, *ports.for_home_visits, self.sync, self.resumed)
        self._sync_loop = SyncLoop(
            *(database, ports.photo_files, self.sync, origin),
            **ports.for_sync,
            home_visits=self.home_visits,
            once_synced=(self.office_numbers.ask, self.map.ground.ask),
        )
        self.pictures = Pictures(database, ports.photo_files, self._sync_loop)
        self.sending = Sending(database, ports.photo_files, self._sync_loop, ports.clock)
        self.server_clock = ServerClock(database, ports.clock)
        parts = self.sync, database, self._sync_loop, self._now, self.server_clock.offset, self.access
        self.visits, self.same_places, self.signs = Visits(*parts), SamePlaces(*parts), Signs(database)
        self.lock = AppLock(self.home_visits.drafts, database, ports.clock)
        self.unsent = Unsent(database, *ports.for_unsent, self.home_visits, ports.clock)
        self.renewal, self.today = Reenrolment(database, self._sync_loop), Today(database, ports.clock)
        self._refreshing: asyncio.Task[None] | None = None

    @classmethod
    async def open(cls, ports: Ports, origin: str = "") -> "Services":
        """Open the data that lie behind `ports`. Problems: those of its disk."""
        services = cls(await PhoneDatabase.open(ports.disk), ports, origin)
        await services.home_visits.load()
        if not services.damaged:  # what cannot be read may speak of photos
            await services.pictures.forget_unused()
        return services

    @property
    def identity(self) -> Identity | None:
        """Who this device is; None until enrolled."""
        return self._database.read(meta.identity)

    @property
    def settings(self) -> CampaignSettings | None:
        """What the office decided for the campaign."""
        return self._database.read(meta.settings)

    async def start(self) -> None:
        """Exchange with the server by itself from now on. Call once, where a page is in context."""
        self._sync_loop.start()
        self._refreshing = asyncio.create_task(refresh_old_lines(self._database, self._sync_loop.changed))
        self._network(await self._ports.connectivity.watch(self._network))

    def resumed(self) -> None:
        """The app is in front again: exchange soon."""
        self._sync_loop.wake()

    async def settle(self) -> None:
        """Make everything durable now that is not at once: when the app goes to the background."""
        await self._database.settle()

    async def close(self) -> None:
        """Stop exchanging, settle, and let go of the data."""
        if self._refreshing is not None:
            self._refreshing.cancel()
        await self._sync_loop.close()
        await self._database.close()

    async def enrol(self, code: str, device_name: str) -> None:
        """Become a device, by a code or the link that carries it. Problems: those of `Server.enrol`."""
        await self._sync_loop.enrol(code, device_name)
        await self._database.settle()
        self._sync_loop.wake()

    async def storage_used(self) -> int:
        """Bytes that records and photos take on this device."""
        return await self._ports.storage.used(self._ports.disk.folder)

    async def locate(self, heard: Callable[[Fix], None], enough: asyncio.Event) -> Fix:
        """Where the device is (`Location.locate`), for `fields` and for 今日. Problems: location_*."""
        self.today.fix = await self.location.locate(heard, enough)
        return self.today.fix

    async def prepare_photo(
        self, picked: PickedPhoto, stamp: Sequence[str] = (), edits: Edits = UNEDITED
    ) -> PreparedPhoto:
        """Make a photo ready, stamped and edited, and keep it. Problems: photo_*, device_storage_full."""
        files, now = self._ports.photo_files, self.clock.wall()
        longest, quality = self.sending.photo_size
        return await photo_work.prepare(
            picked, files, longest=longest, quality=quality, stamp=stamp, edits=edits, now=now
        )

    async def save_hazard(
        self,
        fields: Mapping[str, Any],
        photos: Photos,
        hazard_id: str | None = None,
        draft: str = "",
        visit_draft: str = "",
    ) -> str:
        """Save a new hazard, or what is new in `fields` of a known one; its id. Durable when it returns.

        `fields` are those of `models.Hazard`; values may be terms, dates and models (`Fix.position`).
        A new hazard gets `year` and `found_on` where they are missing; its kept `draft`, if any, is dropped.
        It is linked in `visit_draft`, the kept form of the visit on whose way it was seen, if any.
        Problems: required_missing {fields}, invalid, device_storage_full, sign_in_required, role_forbidden.
        """
        self.access.require([Action.EDIT_RECORDS])
        given = saving.json_ready(self._model(RecordType.HAZARD), fields)
        moment, attachments = self._now(), photo_work.attachments(photos, given, self.server_clock.offset())

        def work(session: Session) -> tuple[str, bytes]:
            if hazard_id is not None:
                hazard, done = hazard_id, drafts.editing(hazard_id)
                saved = recording.edit_hazard(session, hazard_id, given, attachments, moment)
            else:
                done = draft
                hazard, saved = recording.add_hazard(session, given, attachments, moment)
            if done:
                drafts.drop(session, done)
            linked = drafts.link(session, visit_draft, hazard) if visit_draft else None
            return hazard, journal.saved(saved, draft_done=done, draft_kept=(visit_draft, linked))

        hazard = await self._database.save(work)
        self._sync_loop.saved()
        return hazard

    async def rectify(self, hazard_id: str, fields: Mapping[str, Any], photos: Photos, submit: bool) -> None:
        """Record 整改 with its photos, and 报验 after it when `submit`; durable when it returns.

        Problems: as `add_event`; nothing is recorded when either step is not open.
        """
        steps = [EventType.RECTIFY, EventType.SUBMIT] if submit else [EventType.RECTIFY]
        await self._record(hazard_id, steps, fields, photos)

    async def add_event(
        self, hazard_id: str, event_type: EventType, fields: Mapping[str, Any], photos: Photos
    ) -> None:
        """Record that something happened; `fields` are those of `records.HazardEvent`. Durable on return.

        Problems: those of `lifecycle.refusal`, hazard_unknown, invalid, device_storage_full.
        """
        await self._record(hazard_id, [event_type], fields, photos)

    async def save_draft(self, name: str, form: dict[str, Any] | None) -> None:
        """Keep a form (JSON-ready) for later, None to forget it; photos whose sha256 it names are kept."""

        def work(session: Session) -> tuple[None, bytes]:
            drafts.keep(session, name, form)
            return None, journal.drafted(name, form)

        await self._database.save(work)

    def drafts(self) -> dict[str, dict[str, Any]]:
        """The kept forms by their names."""
        return self._database.read(drafts.kept)

    def drafts_changed(self) -> None:
        """Lists show the kept forms again."""
        self._sync_loop.changed()

    def hazards(
        self, text: str = "", only: Narrowing = EVERYTHING, *, limit: int = 200, offset: int = 0
    ) -> list[HazardRow]:
        """Hazards that say all words of `text`: those that were sent back first, then the last changed."""
        today = self.server_clock.today().isoformat()
        found = self._database.read(
            lambda session: hazards.listed(session, text, only, today, limit=limit, offset=offset)
        )
        return [self._as_it_goes(row) for row in found]

    def hazards_count(self, text: str = "", only: Narrowing = EVERYTHING) -> int:
        """How many hazards `hazards(text, only)` has in all."""
        today = self.server_clock.today().isoformat()
        return self._database.read(lambda session: hazards.count(session, text, only, today))

    def hazard(self, hazard_id: str) -> HazardCard:
        """All about one hazard. Problem: hazard_unknown."""
        card = self._database.read(lambda session: hazards.card(session, hazard_id))
        return replace(card, row=self._as_it_goes(card.row))

    async def sync_now(self) -> None:
        """Exchange with the server now, what failed included; the outcome is in `sync` when it returns."""
        await self._sync_loop.now()

    def towns(self) -> tuple[str, ...]:
        """The towns whose hazards this phone wants, by their codes; none for all."""
        return self._database.read(meta.towns)

    async def choose_towns(self, codes: Sequence[str]) -> None:
        """Want the hazards of these towns, or of all where there are none; one's own always stay."""
        await self._database.write(lambda session: snapshot.choose_towns(session, codes))
        self._sync_loop.wake()

    def verdicts(self) -> tuple[Verdict, ...]:
        """What the office did with what it had refused, and nobody here has acknowledged yet."""
        return tuple(self._database.read(verdicts.unacknowledged))

    async def acknowledge(self, heard: Sequence[Verdict]) -> None:
        """The person has read these: 知道了."""
        await self._database.write(lambda session: verdicts.acknowledge(session, [one.key for one in heard]))
        self._sync_loop.saved()

    async def _record(
        self, hazard: str, steps: Sequence[EventType], fields: Mapping[str, Any], photos: Photos
    ) -> None:
        given = saving.json_ready(self._model(RecordType.HAZARD_EVENT), fields)
        moment, attachments = self._now(), photo_work.attachments(photos, given, self.server_clock.offset())

        def work(session: Session) -> tuple[None, bytes]:
            saved = recording.add_events(session, hazard, steps, given, attachments, moment)
            done = drafts.step(hazard, steps[0].value)
            drafts.drop(session, done)
            return None, journal.saved(saved, draft_done=done)

        await self._database.save(work)
        self._sync_loop.saved()

    def _as_it_goes(self, row: HazardRow) -> HazardRow:
        going = self.sync.photo_progress
        return replace(row, upload=UploadState.UPLOADING) if going and going.owner == row.id else row

    def _network(self, network: Network) -> None:
        self.sync.network, self.sync.online = network, network is not Network.NONE
        self._sync_loop.network_changed(network)

    def _model(self, kind: str) -> type[BaseModel]:
        return self._database.read(meta.profile).model(kind)

    def _now(self) -> Moment:
        clock = self._ports.clock
        return recording.moment(clock.wall(), int(clock.seconds() * 1000), self.server_clock.offset())
