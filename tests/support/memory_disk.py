"""The browser's disk on a real one: what SQLite writes dies with the phone; a copy and a journal live on."""

import asyncio
import os
import shutil
from pathlib import Path

from mobile_app.store.database.phone_database import NAME


class MemoryDisk:
    """SQLite's folder is memory that dies, `kept` and `journal` are what lives on. Made anew, it wakes up."""

    threads = False
    lazy = True

    def __init__(self, root: Path) -> None:
        self.folder, self._kept, self._journal = root / "memory", root / "kept", root / "journal"
        shutil.rmtree(self.folder, ignore_errors=True)
        self._kept.mkdir(parents=True, exist_ok=True)
        shutil.copytree(self._kept, self.folder)
        self._journal.touch()

    def step(self) -> None:
        """One more thing was done: where the phone may die."""

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

    async def keep_damaged(self, lines: bytes) -> None:
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
