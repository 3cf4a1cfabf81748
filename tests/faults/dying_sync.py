"""A phone that is killed at the k-th step of saving and syncing with a real server, for many values of k.

Run as `python -m tests.faults.dying_sync FOLDER LINK DATABASE DISK STRIDE`, with the enrolment link, the
server's database file and a kind of disk. Each life is a separate process that gets SIGKILL `STRIDE` steps
later than the one before. It first syncs what the previous life left behind, then takes photos, saves, edits
and syncs until a fuse, a countdown of steps, runs out. Prints one JSON line per life.
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
from mobile_app.ports import Ports
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
"""A native phone's disk; a browser's, where the database is written out only when the app settles; and one
that is written out after every transaction."""
CHUNK = 2_000  # bytes of a photo between two steps


class Fuse:
    """A countdown of steps that kills the process at zero; set `left` to start it."""

    left = 0

    def step(self) -> None:
        """Count one step."""
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def around_method(self, owner: Any, name: str) -> None:
        """Count a step before and after each call of a method."""
        original: Callable[..., Awaitable[Any]] = getattr(owner, name)

        async def stepping(*args: Any, **kwargs: Any) -> Any:
            self.step()
            result = await original(*args, **kwargs)
            self.step()
            return result

        setattr(owner, name, stepping)

    def around_fsync(self) -> None:
        """Count a step before and after each fsync."""
        original = os.fsync

        def stepping(handle: int) -> None:
            self.step()
            original(handle)
            self.step()

        os.fsync = stepping  # type: ignore[assignment]

    def between_chunks(self) -> None:
        """Count a step before each chunk of a photo that is sent, and after the last."""
        original = FilePart.__iter__

        def stepping(part: FilePart) -> Iterator[bytes]:
            for chunk in original(part):
                self.step()
                yield chunk
            self.step()

        photo_files._CHUNK = CHUNK
        FilePart.__iter__ = stepping  # type: ignore[method-assign]


async def _open_phone(folder: Path, disk: str, fuse: Fuse) -> Services:
    """Open the phone in `folder` like `open_services`, but on a disk of the given kind."""

    class DyingDisk(MemoryDisk):
        def step(self) -> None:
            fuse.step()

    phone_database.LAZY_SECONDS = 0.0 if disk == "eager" else 3600.0
    kept = FolderDisk(folder) if disk == "real" else DyingDisk(folder)
    phone = await Services.open(
        Ports(kept, FolderPhotoFiles(folder / "photos"), FolderPhotoFiles(folder / "home-visits"))
    )
    assert not phone.damaged
    return phone


async def live(folder: Path, disk: str, fuse: Fuse, left: int, claims: int) -> None:
    """One life; what the phone claims to be saved and uploaded is written to the file handle `claims`."""

    def claim(**claimed: str) -> None:
        os.write(claims, f"{json.dumps(claimed)}\n".encode())

    phone = await _open_phone(folder, disk, fuse)
    await phone.sync_now()
    assert phone.sync.last_problem is None, phone.sync.last_problem
    assert all(row.upload is UploadState.UPLOADED for row in phone.hazards(limit=500))
    await phone.settle()
    before, after = _picture(disk, 2 * left), _picture(disk, 2 * left + 1)
    fuse.left = left
    photo = await phone.prepare_photo(before)
    fields = {**FIELDS, "water_name": f"{disk} {left}"}
    hazard = await phone.save_hazard(fields, [(photo, PhotoRole.BEFORE)])
    claim(saved=hazard, photo=photo.sha256)
    await phone.settle()
    photo = await phone.prepare_photo(after)
    await phone.save_hazard({"description": f"死于第{left}步"}, [(photo, PhotoRole.AFTER)], hazard)
    claim(edited=hazard, photo=photo.sha256)
    await phone.sync_now()
    if phone.hazard(hazard).row.upload is UploadState.UPLOADED:
        claim(uploaded=hazard)
    await phone.close()
    fuse.left = 0


def _picture(disk: str, seed: int) -> PickedPhoto:
    """A photo that is about two chunks long."""
    data = drawn.photo(160 + seed, 60 + DISKS.index(disk), noise=True)
    return PickedPhoto(data, "pond.jpg", PhotoSource.CAMERA)


async def _enrol(folder: Path, disk: str, link: str) -> None:
    phone = await _open_phone(folder, disk, Fuse())
    await phone.enrol(link, f"{disk} phone")
    await phone.close()


def _run_in_process(work: Callable[[], Awaitable[None]]) -> int:
    """Run `work` in a child process and return its exit status (`os.waitpid`)."""
    child = os.fork()
    if child:
        return os.waitpid(child, 0)[1]

    async def run() -> None:
        await work()

    status = 1
    try:
        asyncio.run(run())
        status = 0
    finally:
        sys.excepthook(*sys.exc_info()) if status else None
        os._exit(status)


def _missing(database: Path, uploaded: list[str]) -> list[str]:
    """Hazards claimed to be uploaded whose operations or photos the server does not have now."""
    query = (
        "SELECT (SELECT count(*) FROM operation WHERE owner = ?1),"
        " (SELECT count(*) FROM photo p JOIN photo_file f ON f.sha256 = p.sha256 WHERE p.hazard = ?1)"
    )
    server = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    missing = [hazard for hazard in uploaded if server.execute(query, (hazard,)).fetchone() != (4, 2)]
    server.close()
    return missing


def lives(folder: Path, disk: str, database: Path, stride: int) -> Iterator[dict[str, Any]]:
    """Run lives, each killed `stride` steps later than the one before, until one survives."""
    fuse = Fuse()
    for owner, name in ((PhoneDatabase, "_run"), (RequestsTransport, "send"), (FolderPhotoFiles, "put")):
        fuse.around_method(owner, name)
    fuse.around_fsync()
    fuse.between_chunks()
    left, died = 1, True
    while died:
        claims = folder / "claims"
        claims.write_bytes(b"")
        handle = os.open(claims, os.O_APPEND | os.O_WRONLY)
        status = _run_in_process(partial(live, folder, disk, fuse, left, handle))
        os.close(handle)
        died = status == signal.SIGKILL
        claimed = [json.loads(line) for line in claims.read_text().splitlines()]
        missing = _missing(database, [claim["uploaded"] for claim in claimed if "uploaded" in claim])
        yield {"disk": disk, "left": left, "claims": claimed, "status": status, "missing": missing}
        left += stride


def main(folder: Path, link: str, database: Path, disk: str, stride: int) -> None:
    """Enrol the phone and run its lives."""
    folder.mkdir()
    assert _run_in_process(partial(_enrol, folder, disk, link)) == 0
    for life in lives(folder, disk, database, stride):
        print(json.dumps(life), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]), sys.argv[4], int(sys.argv[5]))
