"""A phone for tests: the real app over its real services; what its device and network do is scripted."""

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import flet as ft
from sqlmodel import Session

from mobile_app.device.camera import Camera
from mobile_app.device.clock import Clock
from mobile_app.device.drawing.editor import PhotoEditor
from mobile_app.device.drawing.faces import FaceFinder
from mobile_app.device.location import Location
from mobile_app.device.photo_files import Part
from mobile_app.device.photos import PickedPhoto
from mobile_app.device.picker import FileSaver, Picker
from mobile_app.device.storage_usage import Storage
from mobile_app.device.web.kept_tiles import KeptTiles
from mobile_app.ports import Ports
from mobile_app.screens.app_context import AppContext, PhoneContext
from mobile_app.screens.lock.lock_guard import LockGuard
from mobile_app.services import Services
from mobile_app.store.database import meta
from mobile_app.store.database.phone_database import PhoneDatabase
from mobile_app.store.log import outbox, writer
from mobile_app.store.log.entries import LogEntry
from mobile_app.store.queries import devices, hazards
from mobile_app.store.queries.hazards import HazardCard
from mobile_app.store.queries.upload_states import OperationState
from mobile_app.sync.transport import Answer, Moving
from mobile_app.texts.choice import texts_for
from shared import problems
from shared.clock import stamp as stamp_of
from shared.operations import Kind, Operation, RecordType, Stamp
from shared.problems import Problem
from shared.records.photo_edits import Mark
from shared.sync.plan import Settled
from shared.sync.wire import VERSION, CampaignSettings, DeviceName, EnrolAnswer
from shared.vocabulary import EventType, PhotoRole, PhotoSource
from tests.mobile_app.enrolled_store import DEVICE, ENROLLED, OTHER, operation, stamp
from tests.support import drawn
from tests.support.headless_phone import HeadlessPhone
from tests.support.memory_cipher import MemoryCipher
from tests.support.memory_disk import MemoryDisk
from tests.support.memory_photos import MemoryPhotos
from tests.support.sky import Seen, Sky

POND = {"water_name": "石井塘", "water_type": "pond", "town_code": "441900003"}
PICTURE = drawn.photo(40, 30)
NO_PICTURE = b"a file that is no picture"
OTHER_PERSON = "0297f3a0"
OTHER_PHONE = DeviceName(person="王巡查", name="二号手机")


class ScriptedDisk(MemoryDisk):
    """Raises `problem` instead of keeping a line; waits for `held` before it keeps one."""

    problem: Problem | None = None
    held: asyncio.Event | None = None

    async def append(self, line: bytes) -> None:
        if self.held:
            await self.held.wait()
        if self.problem:
            raise self.problem
        await super().append(line)


class ScriptedPhotos(MemoryPhotos):
    """Waits for `held` before it keeps a file."""

    held: asyncio.Event | None = None

    async def put(self, name: str, data: bytes) -> None:
        if self.held:
            await self.held.wait()
        await super().put(name, data)


class ScriptedLocation(Location):
    """The real search under a sky of the test: always at the same place unless it says otherwise."""

    def __init__(self) -> None:
        super().__init__()
        self.sky = Sky(Seen(), again=True)

    def _held(self) -> Any:
        return self.sky


class ScriptedPicker(Picker):
    """The device's own picker, with a gallery out of which a person picks everything."""

    def __init__(self) -> None:
        super().__init__()
        self.gallery = [PICTURE]


class ScriptedFaces(FaceFinder):
    """Finds the same faces in every picture, on a device that can; not before `held` is set."""

    def __init__(self) -> None:
        self.can, self.model, self.reachable = False, True, True
        """Whether this device can find faces, what that needs is on it, and could be downloaded."""
        self.faces: list[Mark] | None = []
        self.held: asyncio.Event | None = None

    @property
    def possible(self) -> bool:
        return self.can

    async def is_here(self) -> bool:
        return self.can and self.model

    async def get(self) -> bool:
        self.model = self.model or self.reachable
        return self.model

    async def find(self, picture: bytes) -> list[Mark] | None:  # noqa: ARG002
        if self.held:
            await self.held.wait()
        return self.faces


class ScriptedCamera(Camera):
    """Takes the same `picture` again and again, or is in trouble."""

    problem: Problem | None = None
    picture = PICTURE
    code: str | None = None
    """What it reads in every picture; None on a device that reads no codes."""

    @property
    def reads_codes(self) -> bool:
        return self.code is not None

    async def read_code(self, picked: PickedPhoto) -> str:  # noqa: ARG002
        return self.code or ""

    def control(self, ref: ft.Ref[Any]) -> ft.Control:
        return ft.Container(ref=ref)

    async def start(self, preview: Any) -> None:  # noqa: ARG002
        if self.problem:
            raise self.problem

    async def shoot(self, preview: Any) -> PickedPhoto:  # noqa: ARG002
        return PickedPhoto(self.picture, "camera.jpg", PhotoSource.CAMERA)


class ScriptedSaver(FileSaver):
    """Keeps what was saved, unless the person turns back."""

    def __init__(self) -> None:
        super().__init__()
        self.saved: dict[str, bytes] = {}
        self.turns_back = False

    async def save(self, name: str, data: bytes) -> bool:
        if not self.turns_back:
            self.saved[name] = data
        return not self.turns_back


class ScriptedStorage(Storage):
    """A device that keeps what is stored, or has not promised to."""

    promised = True

    async def persisted(self) -> bool:
        return self.promised


class ScriptedTransport:
    """A server in this process: answers "METHOD path" by its beginning; the others do not reach it."""

    streams = True

    def __init__(self) -> None:
        self.answers: dict[str, tuple[int, bytes]] = {}
        self.asked: list[tuple[str, Any]] = []
        """What was asked, with the JSON that came with it."""

    def says(self, line: str, status: int, document: Mapping[str, Any] | bytes) -> None:
        """Answer requests that begin with `line` so from now on."""
        body = document if isinstance(document, bytes) else json.dumps(document).encode()
        self.answers[line] = status, body

    def refuses(self, line: str, problem: Problem) -> None:
        """Answer requests that begin with `line` with a Problem from now on."""
        self.says(line, problem.kind.status, problem.as_json())

    async def send(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str],  # noqa: ARG002
        body: bytes | Part = b"",
        *,
        seconds: float = 30.0,  # noqa: ARG002
        moving: Moving | None = None,  # noqa: ARG002
    ) -> Answer:
        line = f"{method} {path}"
        told = json.loads(body) if isinstance(body, bytes) and body.startswith(b"{") else None
        self.asked.append((line, told))
        for beginning, (status, answer) in self.answers.items():
            if line.startswith(beginning):
                kind = "application/json" if answer.startswith(b"{") else "image/jpeg"
                return Answer(status, {"anlan-api": VERSION, "content-type": kind}, answer)
        raise problems.server_unreachable()

    async def close(self) -> None:
        """There is nothing to let go of."""


class ScriptedPhone:
    """One phone, enrolled unless `answer` is None, that can be started again and again on the same disk."""

    def __init__(self, folder: Path, answer: EnrolAnswer | None = ENROLLED) -> None:
        self._folder, self._answer = folder, answer
        self.photo_files, self.sealed_files = ScriptedPhotos(), ScriptedPhotos()
        self.location, self.picker, self.camera = ScriptedLocation(), ScriptedPicker(), ScriptedCamera()
        self.clock, self.transport, self.storage = Clock(), ScriptedTransport(), ScriptedStorage()
        self.draft_cipher, self.saver, self.faces = MemoryCipher(), ScriptedSaver(), ScriptedFaces()
        self.kept_tiles = KeptTiles()
        self._seq = 0
        self._opened: tuple[ScriptedDisk, PhoneDatabase, Services] | None = None

    @property
    def disk(self) -> ScriptedDisk:
        return self._open_parts[0]

    @property
    def database(self) -> PhoneDatabase:
        return self._open_parts[1]

    @property
    def services(self) -> Services:
        return self._open_parts[2]

    @property
    def _open_parts(self) -> tuple[ScriptedDisk, PhoneDatabase, Services]:
        assert self._opened is not None, "the phone is not open"
        return self._opened

    async def open(self) -> Services:
        """Open the phone's data, once."""
        if self._opened is None:
            first = not self._folder.exists()
            disk = ScriptedDisk(self._folder)
            database = await PhoneDatabase.open(disk)
            if first and (answer := self._answer):
                await database.write_through(
                    lambda session: meta.enrolled(session, answer, "http://anlan", "张老师的手机")
                )
            ports = Ports(
                disk,
                self.photo_files,
                self.sealed_files,
                lambda _origin: self.transport,
                self.clock,
                self.location,
                self.picker,
                self.camera,
                editor=PhotoEditor(self.faces),
                storage=self.storage,
                draft_cipher=self.draft_cipher,
                saver=self.saver,
                kept_tiles=self.kept_tiles,
            )
            services = Services(database, ports, "http://anlan")
            await services.home_visits.load()
            await services.pictures.forget_unused()
            self._opened = disk, database, services
        return self.services

    async def start(self, route: str = "/", link_code: str = "") -> HeadlessPhone:
        """The app on its glass, at `route`."""
        phone = await HeadlessPhone.open(AppOn, await self.open(), link_code, route=route)
        phone.gallery = lambda: self.picker.gallery
        return phone

    async def restart(self, route: str = "/") -> HeadlessPhone:
        """The app on its glass, after its process was killed."""
        self.drop()
        return await self.start(route)

    def drop(self) -> None:
        """Let the process die."""
        if self._opened is not None:
            self._opened[1]._engine.dispose()
            self._opened = None

    async def choose_programme(self, settings: CampaignSettings) -> None:
        """Work for another programme than that of ENROLLED."""
        self._answer = ENROLLED.model_copy(update={"settings": settings})
        await self.open()

    async def add_hazard(self, photos: int = 0, **fields: Any) -> str:
        """A hazard that was saved here, with so many photos; `fields` besides those of POND."""
        services = await self.open()
        prepared = [
            await services.prepare_photo(PickedPhoto(drawn.photo(40, 30, seed=n), "", PhotoSource.GALLERY))
            for n in range(photos)
        ]
        photos_before = [(photo, PhotoRole.BEFORE) for photo in prepared]
        return await services.save_hazard({**POND, **fields}, photos_before)

    async def hear(self, *entries: LogEntry) -> None:
        """Take operations of others as a pull brings them."""
        await self.open()

        def work(session: Session) -> None:
            writer.append(session, entries)
            devices.note(session, {OTHER: OTHER_PHONE})
            meta.set_progress(session, replace(meta.progress(session), cursor=self._seq))

        await self.database.write(work)
        self.services._sync_loop.saved()

    async def hear_edit(self, hazard: str, by: str = OTHER, **fields: Any) -> None:
        """The phone `by` wrote these fields of a hazard, and knew nothing of what was written here."""
        await self.hear(self._pulled(RecordType.HAZARD, Kind.EDIT, hazard, fields, by))

    async def hear_deletion(self, hazard: str) -> None:
        """Another phone deleted a hazard, and knew nothing of what was written here."""
        await self.hear(self._pulled(RecordType.HAZARD, Kind.DELETE, hazard, {}))

    async def hear_event(self, hazard: str, event: EventType, by: str = OTHER, **fields: Any) -> None:
        """Something happened to a hazard elsewhere."""
        at = {"hazard": hazard, "event_type": event.value, "at": "2026-11-23T12:00:00.000+08:00", **fields}
        await self.hear(self._pulled(RecordType.HAZARD_EVENT, Kind.APPEND, "", at, by))

    async def hear_photo(self, hazard: str) -> None:
        """Another phone attached a photo to a hazard."""
        fields = {"hazard": hazard, "role": "before", "sha256": "a" * 64, "mime": "image/jpeg", "bytes": 1000}
        await self.hear(self._pulled(RecordType.PHOTO, Kind.ATTACH, "", fields))

    def _pulled(
        self, type: RecordType, kind: Kind, record: str, fields: dict[str, Any], by: str = OTHER
    ) -> LogEntry:
        self._seq += 1
        made = operation(self._seq, fields, device=by, type=type, kind=kind, hazard=10_000 + self._seq)
        told = {"record": record} if record else {}
        made = made.model_copy(update={"author": OTHER_PERSON, **told})
        later_ms = int(self.clock.seconds() * 1000) + 60_000 + self._seq
        return LogEntry(made, Stamp(self._seq, stamp_of(later_ms)), OperationState.PULLED)

    async def settle(self, settled: Settled) -> None:
        """Take the server's answer to operations of this phone."""
        await self.database.write(lambda session: outbox.settle(session, DEVICE, settled))
        self.services._sync_loop.saved()

    async def acknowledge(self) -> None:
        """The server has stored everything that was saved here, but no photo."""
        stamps = {}
        for made in self.unsent():
            self._seq += 1
            stamps[made.number] = stamp(self._seq)
        await self.settle(Settled(stamps=stamps))

    async def photo(self, change: Callable[[Session, str], None], place: int = 0) -> str:
        """Let `change(session, sha256)` happen to a photo of the only hazard here; its SHA-256."""
        sha256 = self.sha256(self.only_hazard(), place)
        await self.database.write(lambda session: change(session, sha256))
        self.services._sync_loop.saved()
        return sha256

    def unsent(self) -> list[Operation]:
        """What waits for the server, in the order it was saved."""
        offers = self.database.read(lambda session: outbox.unsent(session, 100))
        return [Operation.model_validate_json(offer.wire) for offer in offers]

    def card(self, hazard: str) -> HazardCard:
        """All about a hazard that is here."""
        return self.database.read(lambda session: hazards.card(session, hazard))

    def fields(self, hazard: str) -> dict[str, Any]:
        """The fields of a hazard that is here, JSON-ready, without when it was found."""
        written: dict[str, Any] = self.card(hazard).hazard.model_dump(mode="json", exclude_none=True)
        return {name: value for name, value in written.items() if name not in ("year", "found_on")}

    def events(self, hazard: str) -> list[tuple[EventType, dict[str, Any]]]:
        """What happened to a hazard here: of each event its type and what a person wrote."""
        own = {"hazard", "event_type", "at", "actor_role"}
        return [
            (row.type, row.event.model_dump(mode="json", exclude=own, exclude_none=True))
            for row in self.card(hazard).events
        ]

    def sha256(self, hazard: str, place: int = 0) -> str:
        """The SHA-256 of one of a hazard's photos."""
        found = self.card(hazard).photos[place].photo.sha256
        assert found is not None
        return found

    def roles(self, hazard: str) -> Sequence[PhotoRole | None]:
        """The roles of a hazard's photos, in the order they were attached."""
        return [row.photo.role for row in self.card(hazard).photos]

    def only_hazard(self) -> str:
        """The id of the only hazard that is here."""
        [row] = self.services.hazards()
        return row.id


@ft.component
def AppOn(services: Services, link_code: str = "", user_agent: str = "") -> ft.Control:
    """The app's screens and routes on `services`."""
    language, choose_language = ft.use_state("zh")
    text_size, choose_text_size = ft.use_state(100)
    standing, set_standing = ft.use_state(services.lock.standing)
    services.lock.changed = lambda: set_standing(services.lock.standing)
    _, enrolled = ft.use_state(0)
    app = AppContext(
        services=services,
        texts=texts_for(language),
        link_code=link_code,
        user_agent=user_agent,
        version="0.1.0",
        choose_language=choose_language,
        text_size=text_size,
        choose_text_size=choose_text_size,
        lock=standing,
        enrolled=lambda: enrolled(lambda count: count + 1),
    )
    shown: ft.Control = PhoneContext(app, LockGuard)
    return shown
