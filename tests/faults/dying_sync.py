"""A phone that dies at the k-th step of saving and syncing with a real server, for every k; always the same.

Run as `python -m tests.faults.dying_sync FOLDER LINK DATABASE`, with the enrolment link and the server's
database file. Each life is a process of its own, killed by SIGKILL. It first brings to the server what the
life before left behind, then takes photos, saves, edits and syncs while the fuse burns. Prints one JSON line
per life.
"""

import asyncio
import json
import os
import signal
import sqlite3
import sys
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any

from mobile_app.device.photos import PickedPhoto
from mobile_app.device.shelf import FolderShelf
from mobile_app.services import Services, open_services
from mobile_app.store.keeper import Keeper
from mobile_app.store.uploads import UploadState
from mobile_app.sync.transport import RequestsTransport
from shared.vocabulary import PhotoRole, PhotoSource, WaterType
from tests.support import drawn

FIELDS = {"water_type": WaterType.HILL_POND, "town_code": "441900003"}


class Fuse:
    """Burns down step by step once it is lit."""

    left = 0

    def step(self) -> None:
        """One more thing was done."""
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def between(self, owner: type, name: str) -> None:
        """Make a step before and after each call of a method."""
        right: Callable[..., Awaitable[Any]] = getattr(owner, name)

        async def stepping(*given: Any, **named: Any) -> Any:
            self.step()
            result = await right(*given, **named)
            self.step()
            return result

        setattr(owner, name, stepping)


async def live(folder: Path, fuse: Fuse, left: int, told: int) -> None:
    """One life; what is said to be saved and to be uploaded goes to the file handle `told`."""

    def tell(**said: str) -> None:
        os.write(told, f"{json.dumps(said)}\n".encode())

    phone = await open_services(folder)
    await phone.sync_now()
    assert phone.sync.last_problem is None, phone.sync.last_problem
    assert all(row.upload is UploadState.UPLOADED for row in phone.hazards(limit=500))
    fuse.left = left
    before = (await _photo(phone, 2 * left), PhotoRole.BEFORE)
    hazard = await phone.save_hazard({**FIELDS, "water_name": f"第{left}次"}, [before])
    tell(saved=hazard, photo=before[0].sha256)
    after = (await _photo(phone, 2 * left + 1), PhotoRole.AFTER)
    await phone.save_hazard({"description": f"死于第{left}步"}, [after], hazard)
    tell(edited=hazard, photo=after[0].sha256)
    await phone.sync_now()
    if phone.hazard(hazard).row.upload is UploadState.UPLOADED:
        tell(uploaded=hazard)
    fuse.left = 0
    await phone.close()


async def _photo(phone: Services, seed: int) -> Any:
    picked = PickedPhoto(drawn.photo(320 + seed, 240), "pond.jpg", PhotoSource.CAMERA)
    return await phone.prepare_photo(picked)


async def _born(folder: Path, link: str) -> None:
    phone = await open_services(folder)
    await phone.enrol(link, "一号手机")
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


def main(folder: Path, link: str, database: Path) -> None:
    """Live and die until a life comes to its end."""
    assert _in_a_process(partial(_born, folder, link)) == 0
    fuse = Fuse()
    for owner, name in ((Keeper, "_run"), (RequestsTransport, "send"), (FolderShelf, "put")):
        fuse.between(owner, name)
    left, died = 0, True
    while died:
        left += 1
        told = folder / "told"
        told.write_bytes(b"")
        handle = os.open(told, os.O_APPEND | os.O_WRONLY)
        status = _in_a_process(partial(live, folder, fuse, left, handle))
        os.close(handle)
        died = status == signal.SIGKILL
        said = [json.loads(line) for line in told.read_text().splitlines()]
        missing = _missing(database, [one["uploaded"] for one in said if "uploaded" in one])
        print(json.dumps({"said": said, "status": status, "missing": missing}), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]))
