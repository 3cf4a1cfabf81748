"""A phone for the screens to stand on: the services in memory, the camera on paper, failures on demand."""

import asyncio
import hashlib
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import flet as ft

from mobile_app.screens.app_context import AppContext, PhoneContext
from mobile_app.screens.loading import Missing
from mobile_app.screens.routes import routes_for
from mobile_app.services import Fix, PickedPhoto, PreparedPhoto
from mobile_app.state.sync import SyncState
from mobile_app.store.database.meta import Choices, Enrolment, Identity
from mobile_app.store.log.verdicts import Verdict
from mobile_app.store.queries import drafts
from mobile_app.store.queries.hazards import EventRow, HazardCard, HazardRow, Only, PhotoRow
from mobile_app.store.queries.photos import FailedPhoto
from mobile_app.store.queries.upload_states import PhotoState, UploadState
from mobile_app.texts.choice import texts_for
from shared import problems
from shared.hazards.history import TimelineEvent
from shared.lifecycle import fold
from shared.merge import Write
from shared.problems import Problem
from shared.profiles.registry import profile_of
from shared.records.models import HazardEvent, Photo
from shared.sync.wire import CampaignSettings, DeviceName, EnrolAnswer, Person, Reason
from shared.vocabulary import EventType, KitItem, PhotoRole, PhotoSource, Role

INSPECTOR = Identity(
    "00000000000000aa",
    "token",
    "01",
    "张晓明",
    Role.INSPECTOR,
    "dongguan-2026",
    "http://server",
    "张老师的手机",
)
SETTINGS = CampaignSettings(
    name="2026 年", year=2026, target=2000, kit=(KitItem.SIGN, KitItem.RING, KitItem.ROPE, KitItem.POLE)
)
DEVICES = {"bb": DeviceName(person="王巡查", name="二号手机")}
NO_PICTURE = b"a file that is no picture"
Photos = Sequence[tuple[PreparedPhoto, PhotoRole]]


class FakeSending:
    """Remembers what a person decided. `failed` photos are listed, `room` is what freeing would give."""

    def __init__(self) -> None:
        self.choices = Choices()
        self.failed: list[FailedPhoto] = []
        self.room = (12, 5_000_000)
        self.asked: list[str] = []

    def failures(self, limit: int) -> list[FailedPhoto]:
        return self.failed[:limit]

    async def retry(self, sha256: str | None = None) -> None:
        self.asked.append(f"retry {sha256}")

    async def send_held(self) -> None:
        self.asked.append("send held")

    async def choose_wifi_only(self, wifi_only: bool) -> None:
        self.choices = replace(self.choices, wifi_only=wifi_only)

    async def choose_freeing(self, days: int | None) -> None:
        self.choices = replace(self.choices, free_after_days=days)

    def freeable(self, _days: int) -> tuple[int, int]:
        return self.room


class FakeRenewal:
    """Answers codes with `answer`, or raises `fails`; `taken` is what the phone became."""

    def __init__(self, phone: "FakeServices") -> None:
        self.phone = phone
        self.person = Person(id=INSPECTOR.person, name=INSPECTOR.name, role=Role.INSPECTOR)
        self.fails: Problem | None = None
        self.taken: list[Enrolment] = []

    async def ask(self, code: str, device_name: str) -> Enrolment:
        if self.fails:
            raise self.fails
        answer = EnrolAnswer(
            device="00000000000000bb",
            token=code,
            person=self.person,
            campaign=INSPECTOR.campaign,
            epoch="first",
            server_time="",
            settings=SETTINGS,
        )
        return Enrolment(answer, INSPECTOR.origin, device_name)

    async def take(self, enrolment: Enrolment) -> None:
        self.taken.append(enrolment)
        self.phone.sync.ended(None, None)


class FakeServices:
    """Keeps what is saved in memory. `fails[name]` is raised by that method; `held` holds up saving, and
    `preparing` the photos that are picked, which are `gallery`. `photo_rows` changes how photos stand, by
    their place."""

    def __init__(self, identity: Identity | None = INSPECTOR) -> None:
        self.identity = identity
        self.settings: CampaignSettings | None = SETTINGS
        self.sync = SyncState()
        self.fails: dict[str, Exception] = {}
        self.held: asyncio.Event | None = None
        self.preparing: asyncio.Event | None = None
        self.gallery = [b"picture"]
        self.fix = Fix(23.0421, 113.7832, 8.0, "2026-11-23T10:00:00+08:00")
        self.saved: dict[str, dict[str, Any]] = {}
        self.photos: dict[str, list[tuple[PreparedPhoto, PhotoRole]]] = {}
        self.events: dict[str, list[tuple[EventType, dict[str, Any]]]] = {}
        self.wanted: tuple[str, ...] = ()
        self.writers = dict(DEVICES)
        self.refused: dict[str, tuple[Reason, ...]] = {}
        self.disputed: dict[str, dict[str, list[Write]]] = {}
        self.kept: dict[str, dict[str, Any]] = {}
        self.sending = FakeSending()
        self.renewal = FakeRenewal(self)
        self.told: list[Verdict] = []
        self.photo_rows: dict[int, dict[str, Any]] = {}
        self.enrolled_with: tuple[str, str] | None = None

    def _may(self, name: str) -> None:
        if name in self.fails:
            raise self.fails[name]

    async def enrol(self, code: str, device_name: str) -> None:
        self._may("enrol")
        self.enrolled_with = (code, device_name)
        self.identity = INSPECTOR

    async def locate(self) -> Fix:
        self._may("locate")
        return self.fix

    async def pick_photos(self) -> list[PickedPhoto]:
        self._may("pick_photos")
        return [PickedPhoto(data, "pond.jpg", PhotoSource.GALLERY) for data in self.gallery]

    async def prepare_photo(self, picked: PickedPhoto) -> PreparedPhoto:
        if self.preparing:
            await self.preparing.wait()
        self._may("prepare_photo")
        if picked.data == NO_PICTURE:
            raise problems.photo_not_an_image()
        sha256 = hashlib.sha256(picked.data).hexdigest()
        return PreparedPhoto(
            sha256, sha256, "image/jpeg", 8, 6, len(picked.data), None, None, picked.source, picked.data
        )

    async def save_hazard(self, fields: dict[str, Any], photos: Photos, hazard_id: str | None = None) -> str:
        if self.held:
            await self.held.wait()
        self._may("save_hazard")
        hazard = hazard_id or f"hazard-{len(self.saved) + 1}"
        self.kept.pop(drafts.editing(hazard_id) if hazard_id else drafts.NEW, None)
        self.saved[hazard] = {**self.saved.get(hazard, {}), **fields}
        for name in fields:
            self.disputed.get(hazard, {}).pop(name, None)
        self.photos.setdefault(hazard, []).extend(photos)
        self.sync.revision += 1
        return hazard

    async def rectify(self, hazard_id: str, fields: dict[str, Any], photos: Photos, submit: bool) -> None:
        self._may("rectify")
        self._happened(hazard_id, EventType.RECTIFY, fields, photos)
        if submit:
            self._happened(hazard_id, EventType.SUBMIT, {}, [])

    async def add_event(
        self, hazard_id: str, event_type: EventType, fields: dict[str, Any], photos: Photos
    ) -> None:
        self._may("add_event")
        self._happened(hazard_id, event_type, fields, photos)

    def _happened(self, hazard: str, step: EventType, fields: dict[str, Any], photos: Photos) -> None:
        self.kept.pop(drafts.step(hazard, step.value), None)
        self.events.setdefault(hazard, []).append((step, dict(fields)))
        self.photos.setdefault(hazard, []).extend(photos)
        self.sync.revision += 1

    async def save_draft(self, name: str, form: dict[str, Any]) -> None:
        self._may("save_draft")
        self.kept[name] = form

    def drafts(self) -> dict[str, dict[str, Any]]:
        return dict(self.kept)

    async def drop_draft(self, name: str) -> None:
        self.kept.pop(name, None)

    def hazards(
        self,
        text: str = "",
        only: Only = None,
        *,
        limit: int = 200,
        offset: int = 0,
    ) -> list[HazardRow]:
        self._may("hazards")
        rows = [self.hazard(hazard).row for hazard in reversed(self.saved)]
        fitting = [row for row in rows if text in row.title and _is(row, only)]
        return fitting[offset : offset + limit]

    def hazards_count(self, text: str = "", only: Only = None) -> int:
        return len(self.hazards(text, only, limit=10**6))

    def hazard(self, hazard_id: str) -> HazardCard:
        self._may("hazard")
        if hazard_id not in self.saved:
            raise problems.hazard_unknown(hazard=hazard_id)
        values = self.saved[hazard_id]
        events = [
            EventRow(f"{hazard_id}-{n}", step, _AT, "01", HazardEvent.model_validate(fields), False, "aa")
            for n, (step, fields) in enumerate(self.events.get(hazard_id, []))
        ]
        life = fold(
            TimelineEvent(
                row.id,
                Write("aa", n + 2, None, 0, f"{n + 2:012x}-0000", row.author, row.at, {}),
                row.type,
                row.at,
            )
            for n, row in enumerate(events)
        )
        photos = tuple(
            replace(
                PhotoRow(
                    f"photo-{n}",
                    Photo(sha256=photo.sha256, role=role, mime="image/jpeg", bytes=photo.bytes),
                    PhotoState.WAITING,
                    0,
                    None,
                ),
                **self.photo_rows.get(n, {}),
            )
            for n, (photo, role) in enumerate(self.photos.get(hazard_id, []))
        )
        refused = self.refused.get(hazard_id, ())
        disputed = self.disputed.get(hazard_id, {})
        profile = profile_of(self.settings.programme if self.settings else "")
        hazard = profile.read_hazard(values)
        row = HazardRow(
            id=hazard_id,
            number=None,
            temporary="3B0D",
            title=profile.title(hazard),
            type=getattr(hazard, profile.type_field),
            town_code=values.get("town_code"),
            status=life.status,
            upload=UploadState.FAILED if refused else UploadState.WAITING,
            photos_done=0,
            photos_total=len(photos),
            due_date=values.get("due_date"),
            lat=None,
            lon=None,
            conflicts=len(disputed),
            saved_at=_AT,
            thumb_sha256=photos[0].photo.sha256 if photos else None,
        )
        after = sum(photo.photo.role is PhotoRole.AFTER for photo in photos)
        return HazardCard(row, hazard, life, tuple(events), photos, refused, disputed, after, self.writers)

    async def photo_bytes(self, sha256: str) -> bytes:
        raise problems.photo_not_here(sha256=sha256)

    def towns(self) -> tuple[str, ...]:
        return self.wanted

    async def choose_towns(self, codes: Sequence[str]) -> None:
        self._may("choose_towns")
        self.wanted = tuple(codes)

    async def photo_large(self, sha256: str) -> bytes:
        self._may("photo_large")
        return sha256.encode()

    def verdicts(self) -> tuple[Verdict, ...]:
        return tuple(self.told)

    async def acknowledge(self, heard: Sequence[Verdict]) -> None:
        self.told = [verdict for verdict in self.told if verdict not in heard]
        self.sync.revision += 1

    async def sync_now(self) -> None:
        self._may("sync_now")


_AT = "2026-11-23T10:00:00+08:00"


def _is(row: HazardRow, only: Only) -> bool:
    if only is None or only == "in_conflict":
        return only is None or bool(row.conflicts)
    if isinstance(only, UploadState):
        return row.upload is only
    return row.status in (only if isinstance(only, frozenset) else {only})


class PaperCamera:
    """A camera that takes the same picture again and again, or has none."""

    def __init__(self, problem: Problem | None = None) -> None:
        self.problem = problem

    def control(self, ref: ft.Ref[Any]) -> ft.Control:
        return ft.Container(ref=ref)

    async def start(self, _camera: Any) -> None:
        if self.problem:
            raise self.problem

    async def shoot(self, _camera: Any) -> PickedPhoto:
        return PickedPhoto(b"shot", "camera.jpg", PhotoSource.CAMERA)


@ft.component
def FakeApp(services: FakeServices, camera: PaperCamera | None = None, link_code: str = "") -> ft.Control:
    """The app's screens and routes on `services`."""
    language, choose_language = ft.use_state("zh")
    _, enrolled = ft.use_state(0)
    phone = AppContext(
        services=services,
        texts=texts_for(language),
        camera=camera or PaperCamera(),
        link_code=link_code,
        version="0.1.0",
        choose_language=choose_language,
        enrolled=lambda: enrolled(lambda count: count + 1),
    )
    shown: ft.Control = PhoneContext(phone, lambda: ft.Router(routes_for(phone), Missing, manage_views=True))
    return shown
