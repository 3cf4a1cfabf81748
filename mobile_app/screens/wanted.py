"""What the screens want of the services: the one seam at which tests put a phone of their own."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

import flet as ft

from shared.vocabulary import EventType, PhotoRole

if TYPE_CHECKING:
    from mobile_app.services import Fix, PickedPhoto, PreparedPhoto
    from mobile_app.state.sync import SyncState
    from mobile_app.store.database.meta import Choices, Enrolment, Identity
    from mobile_app.store.log.verdicts import Verdict
    from mobile_app.store.queries.hazards import HazardCard, HazardRow, Only
    from mobile_app.store.queries.photos import FailedPhoto
    from shared.sync.wire import CampaignSettings


class Services(Protocol):
    """Everything a person can do with the phone. Problems say what did not work; the rest are bugs."""

    @property
    def identity(self) -> "Identity | None":
        """Who this device is, None until it is enrolled."""

    @property
    def settings(self) -> "CampaignSettings | None":
        """What the office decided for the campaign."""

    @property
    def sync(self) -> "SyncState":
        """How the exchange with the server stands; observable."""

    async def enrol(self, code: str, device_name: str) -> None:
        """Become a device of the campaign. Problems: code_invalid, server_unreachable, not_our_server."""

    async def locate(self) -> "Fix":
        """One fix. Problems: location_denied, location_off, location_timeout."""

    async def pick_photos(self) -> "list[PickedPhoto]":
        """What the person chose, empty where nothing."""

    async def prepare_photo(self, picked: "PickedPhoto") -> "PreparedPhoto":
        """Resized, upright, durable in the photo photo_files. Problems: photo_*, device_storage_full."""

    async def save_hazard(
        self,
        fields: dict[str, Any],
        photos: "Sequence[tuple[PreparedPhoto, PhotoRole]]",
        hazard_id: str | None = None,
    ) -> str:
        """The hazard's id, once everything is durable. Problems: required_missing, device_storage_full."""

    async def rectify(
        self,
        hazard_id: str,
        fields: dict[str, Any],
        photos: "Sequence[tuple[PreparedPhoto, PhotoRole]]",
        submit: bool,
    ) -> None:
        """整改, and 报验 with it where `submit`. Problems: those of `lifecycle.why_not`."""

    async def add_event(
        self,
        hazard_id: str,
        event_type: EventType,
        fields: dict[str, Any],
        photos: "Sequence[tuple[PreparedPhoto, PhotoRole]]",
    ) -> None:
        """Another thing that happened to the hazard."""

    async def save_draft(self, name: str, form: dict[str, Any]) -> None:
        """Keep a form that is not saved yet; saving it drops the draft."""

    def drafts(self) -> dict[str, dict[str, Any]]:
        """The kept forms by their names (`store.drafts`)."""

    async def drop_draft(self, name: str) -> None:
        """Forget a kept form."""

    def hazards(
        self,
        text: str = "",
        only: "Only" = None,
        *,
        limit: int = 200,
        offset: int = 0,
    ) -> "list[HazardRow]":
        """Lines of the list, last changed first."""

    def hazards_count(self, text: str = "", only: "Only" = None) -> int:
        """How many lines there are in all."""

    def hazard(self, hazard_id: str) -> "HazardCard":
        """One hazard with all that happened to it. Problem: hazard_unknown."""

    async def photo_bytes(self, sha256: str) -> bytes:
        """A picture that can be shown. Problem: photo_not_here."""

    def towns(self) -> tuple[str, ...]:
        """The towns whose hazards this phone wants, none for all."""

    async def choose_towns(self, codes: "Sequence[str]") -> None:
        """Want the hazards of these towns, or of all; one's own always stay."""

    async def photo_large(self, sha256: str) -> bytes:
        """A photo as it was sent. Problems: photo_not_here, server_unreachable."""

    @property
    def sending(self) -> "Sending":
        """What a person decides about sending photos."""

    @property
    def renewal(self) -> "Renewal":
        """The way back for a phone whose access ended."""

    def verdicts(self) -> "tuple[Verdict, ...]":
        """What the office did with refused saves, and nobody here has acknowledged yet, the oldest first."""

    async def acknowledge(self, heard: "Sequence[Verdict]") -> None:
        """The person has read these."""

    async def sync_now(self) -> None:
        """Push, pull, photos. What does not work stands in `sync.last_problem`."""


class Sending(Protocol):
    """The hands on the sync screen. No method waits for the server."""

    @property
    def choices(self) -> "Choices":
        """What the person chose."""

    def failures(self, limit: int) -> "list[FailedPhoto]":
        """The photos that failed."""

    async def retry(self, sha256: str | None = None) -> None:
        """Send the photo `sha256`, or all that failed, again."""

    async def send_held(self) -> None:
        """Send the photos that wait for Wi-Fi now all the same."""

    async def choose_wifi_only(self, wifi_only: bool) -> None:
        """Whether photos go over Wi-Fi only."""

    async def choose_freeing(self, days: int | None) -> None:
        """Free originals so many days after delivery, None for never."""

    def freeable(self, days: int) -> tuple[int, int]:
        """(originals, bytes) that this choice would free at once."""


class Renewal(Protocol):
    """重新登记, in two steps: what is not sent yet is kept and sent by the new device."""

    async def ask(self, code: str, device_name: str) -> "Enrolment":
        """Spend a code: who this phone would be. Problems: those of `Services.enrol`, campaign_foreign."""

    async def take(self, enrolment: "Enrolment") -> None:
        """Be that device."""


class CameraDoor(Protocol):
    """The device's camera, whose preview is a control that a screen places."""

    def control(self, ref: ft.Ref[Any]) -> ft.Control:
        """A camera preview; `ref` then holds it. Drawing anew makes a new one in place of the old."""

    async def start(self, camera: Any, /) -> None:
        """Turn on the camera behind a preview that is on the page. Problem: camera_unavailable."""

    async def shoot(self, camera: Any, /) -> "PickedPhoto":
        """Take a picture. Problem: camera_unavailable."""
