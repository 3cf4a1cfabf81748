"""A phone that dies at the k-th step of saving and syncing with a real server, for every k or some of them.

Run as `python -m tests.faults.dying_sync FOLDER LINK DATABASE DISK STRIDE`, with the enrolment link, the
server's database file and a kind of disk. Each life is a process of its own, killed by SIGKILL `STRIDE` steps
later than the one before. It first brings to the server what the life before left behind, then takes photos,
saves, edits and syncs while the fuse burns. Prints one JSON line per life.
"""

import asyncio
import json
import os
import signal
import sqlite3
import sys
from collections.abc import Awaitable, Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from mobile_app.device import photo_files
from mobile_app.device.disk import FolderDisk
from mobile_app.device.photo_files import FilePart, FolderPhotoFiles
from mobile_app.device.photos import PickedPhoto
from mobile_app.services import Services
from mobile_app.store.database import phone_database
from mobile_app.store.database.phone_database import PhoneDatabase
from mobile_app.store.queries.upload_states import UploadState
from mobile_app.sync.transport import RequestsTransport
from shared.vocabulary import PhotoRole, PhotoSource, WaterType
from tests.support import drawn
from tests.support.memory_disk import MemoryDisk

FIELDS = {"water_type": WaterType.HILL_POND, "town_code": "441900003"}
DISKS = ("real", "lazy", "eager")
"""A native phone's disk; a browser's, whose database is kept only when the app settles; one kept after every
transaction."""
CHUNK = 2_000  # bytes of a photo between two steps


class Fuse:
    """Burns down step by step once it is lit."""

    left = 0

    def step(self) -> None:
        """One more thing was done."""
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def between(self, owner: Any, name: str) -> None:
        """Make a step before and after each call of a method."""
        right: Callable[..., Awaitable[Any]] = getattr(owner, name)

        async def stepping(*given: Any, **named: Any) -> Any:
            self.step()
            result = await right(*given, **named)
            self.step()
            return result

        setattr(owner, name, stepping)

    def within_writing(self) -> None:
        """Make a step before and after each file or folder is forced to the disk."""
        right = os.fsync

        def stepping(handle: int) -> None:
            self.step()
            right(handle)
            self.step()

        os.fsync = stepping  # type: ignore[assignment]

    def within_sending(self) -> None:
        """Make a step before each chunk of a photo that is sent, and after the last."""
        right = FilePart.__iter__

        def stepping(part: FilePart) -> Iterator[bytes]:
            for chunk in right(part):
                self.step()
                yield chunk
            self.step()

        photo_files._CHUNK = CHUNK
        FilePart.__iter__ = stepping  # type: ignore[method-assign]


async def _opened(folder: Path, disk: str, fuse: Fuse) -> Services:
    """The phone in `folder`, as `open_services` opens it, on a disk of that kind."""

    class DyingDisk(MemoryDisk):
        def step(self) -> None:
            fuse.step()

    phone_database.LAZY_SECONDS = 0.0 if disk == "eager" else 3600.0
    kept = await PhoneDatabase.open(FolderDisk(folder) if disk == "real" else DyingDisk(folder))
    phone = Services(kept, FolderPhotoFiles(folder / "photos"))
    assert not phone.damaged
    await phone.forget_unused_photos()
    return phone


async def live(folder: Path, disk: str, fuse: Fuse, left: int, told: int) -> None:
    """One life; what is said to be saved and to be uploaded goes to the file handle `told`."""

    def tell(**said: str) -> None:
        os.write(told, f"{json.dumps(said)}\n".encode())

    phone = await _opened(folder, disk, fuse)
    await phone.sync_now()
    assert phone.sync.last_problem is None, phone.sync.last_problem
    assert all(row.upload is UploadState.UPLOADED for row in phone.hazards(limit=500))
    await phone.settle()
    before, after = _picture(disk, 2 * left), _picture(disk, 2 * left + 1)
    fuse.left = left
    taken = await phone.prepare_photo(before)
    fields = {**FIELDS, "water_name": f"{disk} {left}"}
    hazard = await phone.save_hazard(fields, [(taken, PhotoRole.BEFORE)])
    tell(saved=hazard, photo=taken.sha256)
    await phone.settle()
    taken = await phone.prepare_photo(after)
    await phone.save_hazard({"description": f"死于第{left}步"}, [(taken, PhotoRole.AFTER)], hazard)
    tell(edited=hazard, photo=taken.sha256)
    await phone.sync_now()
    if phone.hazard(hazard).row.upload is UploadState.UPLOADED:
        tell(uploaded=hazard)
    await phone.close()
    fuse.left = 0


def _picture(disk: str, seed: int) -> PickedPhoto:
    """A photo of about two chunks."""
    data = drawn.photo(160 + seed, 60 + DISKS.index(disk), noise=True)
    return PickedPhoto(data, "pond.jpg", PhotoSource.CAMERA)


async def _born(folder: Path, disk: str, link: str) -> None:
    phone = await _opened(folder, disk, Fuse())
    await phone.enrol(link, f"{disk} phone")
    await phone.close()


def _in_a_process(work: Callable[[], Awaitable[None]]) -> int:
    """How a process that does `work` ended (`os.waitpid`)."""
    child = os.fork()
    if child:
        return os.waitpid(child, 0)[1]

    async def to_the_end() -> None:
        await work()

    status = 1
    try:
        asyncio.run(to_the_end())
        status = 0
    finally:
        sys.excepthook(*sys.exc_info()) if status else None
        os._exit(status)


def _missing(database: Path, uploaded: list[str]) -> list[str]:
    """Hazards said to be uploaded whose operations or photos the server lacks at this moment."""
    asked = (
        "SELECT (SELECT count(*) FROM operation WHERE owner = ?1),"
        " (SELECT count(*) FROM photo p JOIN photo_file f ON f.sha256 = p.sha256 WHERE p.hazard = ?1)"
    )
    server = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    found = [hazard for hazard in uploaded if server.execute(asked, (hazard,)).fetchone() != (4, 2)]
    server.close()
    return found


def lives(folder: Path, disk: str, database: Path, stride: int) -> Iterator[dict[str, Any]]:
    """Live and die, each time `stride` steps later, until a life comes to its end."""
    fuse = Fuse()
    for owner, name in ((PhoneDatabase, "_run"), (RequestsTransport, "send"), (FolderPhotoFiles, "put")):
        fuse.between(owner, name)
    fuse.within_writing()
    fuse.within_sending()
    left, died = 1, True
    while died:
        told = folder / "told"
        told.write_bytes(b"")
        handle = os.open(told, os.O_APPEND | os.O_WRONLY)
        status = _in_a_process(partial(live, folder, disk, fuse, left, handle))
        os.close(handle)
        died = status == signal.SIGKILL
        said = [json.loads(line) for line in told.read_text().splitlines()]
        missing = _missing(database, [one["uploaded"] for one in said if "uploaded" in one])
        yield {"disk": disk, "left": left, "said": said, "status": status, "missing": missing}
        left += stride


def main(folder: Path, link: str, database: Path, disk: str, stride: int) -> None:
    """Be born, live and die."""
    folder.mkdir()
    assert _in_a_process(partial(_born, folder, disk, link)) == 0
    for life in lives(folder, disk, database, stride):
        print(json.dumps(life), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]), sys.argv[4], int(sys.argv[5]))
