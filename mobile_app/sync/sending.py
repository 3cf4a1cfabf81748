"""What a person decides about photos: sent again, over mobile data, only over Wi-Fi, freed, stamped."""

from dataclasses import replace

from mobile_app.device.clock import Clock
from mobile_app.device.photo_files import PhotoFiles
from mobile_app.store.database import meta
from mobile_app.store.database.meta import Choices
from mobile_app.store.database.phone_database import PhoneDatabase
from mobile_app.store.queries import photos, titles
from mobile_app.store.queries.photos import FailedPhoto
from mobile_app.store.queries.titles import Titled
from mobile_app.sync import free_space
from mobile_app.sync.sync_loop import SyncLoop


class Sending:
    """The hands on the sync screen. No method waits for the server."""

    def __init__(
        self, database: PhoneDatabase, photo_files: PhotoFiles, sync_loop: SyncLoop, clock: Clock
    ) -> None:
        self._database = database
        self._clock = clock
        self._photo_files = photo_files
        self._sync_loop = sync_loop

    @property
    def choices(self) -> Choices:
        """What the person chose."""
        return self._database.read(meta.choices)

    @property
    def photo_size(self) -> tuple[int, int]:
        """(longest side in pixels, JPEG quality) of photos that are kept: what the office says, or less."""
        office = self._database.read(meta.settings)
        longest, quality = (office.photo_max_side, office.photo_quality) if office else (2048, 80)
        return min(longest, self.choices.photo_side or longest), quality

    def failures(self, limit: int) -> list[FailedPhoto]:
        """The photos that failed, oldest first."""
        return self._database.read(lambda session: photos.failures(session, limit))

    def title(self, record: str) -> str:
        """What the record that a photo belongs to is called; "" where lists have no name for it."""
        found = self.titled(record)
        return found.title if found else ""

    def titled(self, record: str) -> Titled | None:
        """The hazard or visit with this id; None where it is not on this phone."""
        return self._database.read(lambda session: titles.of(session, record))

    async def retry(self, sha256: str | None = None) -> None:
        """Let the photo `sha256`, or all that failed, wait again, and send it soon."""
        await self._database.write(lambda session: photos.retry(session, sha256))
        self._sync_loop.saved()

    async def send_held(self) -> None:
        """Send the photos that wait for Wi-Fi now all the same, until none waits any more."""
        self._sync_loop.send_held()

    async def choose_wifi_only(self, wifi_only: bool) -> None:
        """Whether photos go over Wi-Fi only."""
        await self._choose(replace(self.choices, wifi_only=wifi_only))

    async def choose_freeing(self, days: int | None) -> None:
        """Free originals that the server has had for `days`, from now on; None for never."""
        await self._choose(replace(self.choices, free_after_days=days))
        await free_space.free(self._database, self._photo_files, self._clock.seconds())

    async def choose_photo_side(self, pixels: int | None) -> None:
        """The longest side of photos from now on; None for what the office says, which none exceeds."""
        await self._choose(replace(self.choices, photo_side=pixels))

    async def choose_stamp(self, stamp: bool) -> None:
        """Whether photos taken in the app are stamped from now on."""
        await self._choose(replace(self.choices, stamp=stamp))

    async def choose_blur_faces(self, blur: bool) -> None:
        """Whether faces are looked for and blurred in photos from now on."""
        await self._choose(replace(self.choices, blur_faces=blur))

    def freeable(self, days: int) -> tuple[int, int]:
        """(originals, bytes) that could be freed at once under that choice."""
        found = free_space.freeable(self._database, days, self._clock.seconds())
        return len(found), sum(size for _, size in found)

    async def _choose(self, choices: Choices) -> None:
        await self._database.write(lambda session: meta.choose(session, choices))
        await self._database.settle()
        self._sync_loop.choices_changed()
