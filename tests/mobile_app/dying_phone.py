"""A phone that dies: saves and settles in child processes that kill themselves at the k-th step, for every k.

Run as `python -m tests.mobile_app.dying_phone FOLDER`; prints one JSON line per life: its folder,
what it was told was saved, and whether it died.
"""

import asyncio
import json
import os
import shutil
import signal
import sys
from functools import partial
from pathlib import Path

from sqlmodel import Session

from mobile_app.store import journal, meta, recording
from mobile_app.store.keeper import NAME, Keeper
from tests.mobile_app.pocket import ENROLLED, POND, moment

SAVES = 3


class MemoryDisk:
    """The browser's disk on a real one: SQLite's folder is memory that dies, `kept` what lives on.

    Dies, really, when `fuse` steps have been taken.
    """

    threads = False
    lazy = True

    def __init__(self, root: Path, fuse: int = 0) -> None:
        self.folder, self._kept, self._journal = root / "memory", root / "kept", root / "journal"
        self._fuse = fuse
        shutil.rmtree(self.folder, ignore_errors=True)
        self._kept.mkdir(parents=True, exist_ok=True)
        shutil.copytree(self._kept, self.folder)
        self._journal.touch()

    def step(self) -> None:
        self._fuse -= 1
        if self._fuse == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    async def append(self, line: bytes) -> None:
        self.step()
        with self._journal.open("ab", buffering=0) as file:
            file.write(line[: len(line) // 2])
            self.step()
            file.write(line[len(line) // 2 :])
            self.step()
            os.fsync(file.fileno())
        self.step()

    async def tail(self) -> bytes:
        return self._journal.read_bytes()

    async def set_aside(self, lines: bytes) -> None:
        with (self.folder.parent / "damaged").open("ab") as file:
            file.write(lines)

    async def checkpoint(self) -> None:
        self.step()
        await asyncio.sleep(0)
        part = self._kept / "part"
        shutil.copyfile(self.folder / NAME, part)
        self.step()
        part.replace(self._kept / NAME)
        self.step()
        self._journal.write_bytes(b"")
        self.step()


async def live(root: Path, fuse: int, told: int) -> None:
    """Save and settle until the fuse is burnt; write the id of what is saved to the file handle `told`."""
    disk = MemoryDisk(root, fuse)
    keeper = await Keeper.open(disk)
    for number in range(SAVES):
        hazard = await keeper.save(partial(_save, step=number))
        os.write(told, f"{hazard}\n".encode())
        disk.step()
        if number % 2:
            await keeper.settle()


def _save(session: Session, *, step: int) -> tuple[str, bytes]:
    hazard, operations = recording.add_hazard(session, POND, [], moment(step))
    return hazard, journal.saved(operations)


async def born(root: Path) -> None:
    """An enrolled phone that has kept itself once."""
    keeper = await Keeper.open(MemoryDisk(root))
    await keeper.write(lambda session: meta.enrolled(session, ENROLLED, ""))
    await keeper.close()


def main(folder: Path) -> None:
    fuse, died = 0, True
    while died:
        fuse += 1
        root = folder / str(fuse)
        asyncio.run(born(root))
        told = root / "told"
        child = os.fork()
        if not child:
            asyncio.run(live(root, fuse, os.open(told, os.O_CREAT | os.O_WRONLY)))
            os._exit(0)
        died = os.waitpid(child, 0)[1] != 0
        saved = told.read_text().split() if told.exists() else []
        print(json.dumps({"root": str(root), "saved": saved, "died": died}), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
