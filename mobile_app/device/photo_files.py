"""Where photos and sealed visits lie: files by name, durable when put; OPFS in the browser, else a folder."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from mobile_app.device.browser import IN_BROWSER
from mobile_app.device.durable_write import write_durably
from mobile_app.device.web.private_files import PrivateFolder
from shared import problems

_CHUNK = 64 * 2**10


class Part(Protocol):
    """A stretch of a file, read only while it is sent. Only the transport of the same device can send it."""

    def __len__(self) -> int: ...


class File(Protocol):
    """A stored file; `size` in bytes."""

    @property
    def size(self) -> int: ...

    def part(self, start: int, size: int) -> Part:
        """The `size` bytes from `start` on."""


class PhotoFiles(Protocol):
    """Files by names that follow from their content.

    Problems: device_storage_full; photo_not_here for a name that is not there.
    """

    async def put(self, name: str, data: bytes) -> None:
        """Keep `data`; durable when it returns."""

    async def get(self, name: str) -> bytes:
        """What was put."""

    async def open(self, name: str) -> File:
        """What was put, to be sent without having all of it in memory."""

    async def names(self) -> list[str]:
        """What is here."""

    async def remove(self, name: str) -> None:
        """Forget a file; one that is not there is no problem."""


def open_photo_files(folder: Path) -> PhotoFiles:
    """The photo files of this device; `folder` is used where there is a real disk."""
    return BrowserPhotoFiles() if IN_BROWSER else FolderPhotoFiles(folder / "photos")


def open_sealed_files(folder: Path) -> PhotoFiles:
    """The files of sealed home visits, in a folder of their own."""
    name = "home-visits"
    return BrowserPhotoFiles(name) if IN_BROWSER else FolderPhotoFiles(folder / name)


@dataclass(frozen=True, slots=True)
class FilePart:
    """A `Part` on a real disk: reading it blocks, so let a thread do it."""

    path: Path
    start: int
    length: int

    def __len__(self) -> int:
        return self.length

    def __iter__(self) -> Iterator[bytes]:
        left = self.length
        with self.path.open("rb") as file:
            file.seek(self.start)
            while left and (chunk := file.read(min(_CHUNK, left))):
                left -= len(chunk)
                yield chunk


@dataclass(frozen=True, slots=True)
class DiskFile:
    """A `File` on a real disk."""

    path: Path
    size: int

    def part(self, start: int, size: int) -> FilePart:
        return FilePart(self.path, start, size)


class BlobPart:
    """A `Part` that the browser reads by itself: its bytes never come into Python."""

    def __init__(self, blob: Any) -> None:
        self.blob = blob

    def __len__(self) -> int:
        return int(self.blob.size)


class BrowserFile:
    """A `File` of the origin's private file system."""

    def __init__(self, file: Any) -> None:
        self._file = file
        self.size = int(file.size)

    def part(self, start: int, size: int) -> BlobPart:
        return BlobPart(self._file.slice(start, start + size))


class FolderPhotoFiles:
    """A folder of files."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._writing = asyncio.Lock()  # the same photo may come twice at once

    async def put(self, name: str, data: bytes) -> None:
        async with self._writing:
            await asyncio.to_thread(write_durably, self._folder / name, data)

    async def get(self, name: str) -> bytes:
        try:
            return await asyncio.to_thread((self._folder / name).read_bytes)
        except FileNotFoundError:
            raise problems.photo_not_here(name=name) from None

    async def open(self, name: str) -> DiskFile:
        try:
            found = await asyncio.to_thread((self._folder / name).stat)
        except FileNotFoundError:
            raise problems.photo_not_here(name=name) from None
        return DiskFile(self._folder / name, found.st_size)

    async def names(self) -> list[str]:
        return sorted(path.name for path in self._folder.iterdir() if path.suffix != ".part")

    async def remove(self, name: str) -> None:
        (self._folder / name).unlink(missing_ok=True)


class BrowserPhotoFiles:
    """A folder of the origin's private file system."""

    def __init__(self, name: str = "photos") -> None:
        self._folder = PrivateFolder(name)
        self._writing = asyncio.Lock()  # the same photo may come twice at once

    async def put(self, name: str, data: bytes) -> None:
        async with self._writing:
            if name in await self.names():
                return  # names say what the content is, and only whole files come to bear them
            try:
                await self._folder.write(f"{name}.part", data)
            except Exception:
                await self._folder.remove(f"{name}.part")  # what is half there takes room
                raise
            await self._folder.rename(f"{name}.part", name)

    async def get(self, name: str) -> bytes:
        content: bytes = (await (await self._file(name)).arrayBuffer()).to_bytes()
        return content

    async def open(self, name: str) -> BrowserFile:
        return BrowserFile(await self._file(name))

    async def names(self) -> list[str]:
        return [name for name in await self._folder.names() if not name.endswith(".part")]

    async def remove(self, name: str) -> None:
        await self._folder.remove(name)

    async def _file(self, name: str) -> Any:
        found = await self._folder.file(name)
        if found is None:
            raise problems.photo_not_here(name=name)
        return found
