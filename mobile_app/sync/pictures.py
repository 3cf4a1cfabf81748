"""Pictures to look at: those on this phone, and those that only the server has."""

import asyncio

from mobile_app.device.photo_files import PhotoFiles
from mobile_app.device.photos import preview_name
from mobile_app.store.database.phone_database import PhoneDatabase
from mobile_app.store.queries import drafts, photos
from mobile_app.sync.sync_loop import SyncLoop
from shared import problems
from shared.problems import Problem


class Pictures:
    """Problems of `small` and `large`: photo_not_here, server_unreachable."""

    def __init__(self, database: PhoneDatabase, photo_files: PhotoFiles, sync_loop: SyncLoop) -> None:
        self._database = database
        self._photo_files = photo_files
        self._sync_loop = sync_loop
        self._fetching: dict[str, asyncio.Task[bytes]] = {}

    async def small(self, sha256: str) -> bytes:
        """A small picture (JPEG); another phone's is fetched once and kept."""
        here = await self._here(preview_name(sha256))
        if here is not None:
            return here
        if sha256 not in self._fetching:  # several places may show it at once
            self._fetching[sha256] = asyncio.create_task(self._fetch(sha256))
        return await asyncio.shield(self._fetching[sha256])

    async def large(self, sha256: str) -> bytes:
        """The photo as it was sent; one that is not here, or not any more, is fetched and not kept."""
        here = await self._here(sha256)
        return await self._sync_loop.original(sha256) if here is None else here

    async def on_this_phone(self, sha256: str) -> bytes | None:
        """The photo, or its small picture where only that is here; None where nothing of it is."""
        return await self._here(sha256) or await self._here(preview_name(sha256))

    async def forget_unused(self) -> None:
        """Remove the files of photos that no saved record and no draft speaks of."""
        names = await self._photo_files.names()
        hashes = {name: name.partition(".")[0] for name in names}
        drafted = str(self._database.read(drafts.kept))
        used = self._database.read(lambda session: photos.named(session, list(hashes.values())))
        for name, sha256 in hashes.items():
            if sha256 not in used and sha256 not in drafted:
                await self._photo_files.remove(name)

    async def _fetch(self, sha256: str) -> bytes:
        try:
            preview = await self._sync_loop.preview(sha256)
            await self._photo_files.put(preview_name(sha256), preview)
        finally:
            del self._fetching[sha256]
        return preview

    async def _here(self, name: str) -> bytes | None:
        try:
            return await self._photo_files.get(name)
        except Problem as problem:
            if problem.kind is problems.photo_not_here:
                return None
            raise
