"""The phone's side of the laws: the real store and sync loop on a disk that can be copied, with a fuse.

The fuse is a countdown of steps between which a process may be killed. At zero the phone is killed, and only
what is on its disk survives.
"""

import hashlib
import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from functools import cache
from pathlib import Path
from typing import Any, ClassVar, Protocol, TypeVar

from sqlalchemy import Engine
from sqlmodel import Session

from mobile_app.device.clock import Clock
from mobile_app.store.database import meta
from mobile_app.store.database.phone_database import Disk, PhoneDatabase
from mobile_app.store.log import outbox
from mobile_app.store.log.recording import Moment
from mobile_app.store.queries import photos
from mobile_app.sync.sync_loop import SyncLoop
from shared import merge
from shared.merge import RecordState
from shared.problems import Problem
from shared.sync.link_quality import LinkQuality
from tests.laws.ghost import Id
from tests.laws.network import Network, Way
from tests.support import drawn
from tests.support.memory_disk import MemoryDisk
from tests.support.memory_photos import MemoryPhotos

T = TypeVar("T")
_ZONE = timezone(timedelta(hours=8))


@cache
def picture(number: int) -> bytes:
    """A tiny JPEG."""
    return drawn.photo(8, 8, seed=number)


class Killed(BaseException):
    """The phone's process was killed."""


@dataclass
class Fuse:
    """A countdown of steps that kills the phone at zero; starting at 0 it never does."""

    left: int = 0

    def step(self) -> None:
        """Count one step."""
        self.left -= 1
        if self.left == 0:
            raise Killed


class World(Protocol):
    """The parts of the world that phones share."""

    network: Network

    @property
    def t(self) -> int:
        """True time, milliseconds since 1970."""

    def number(self) -> int:
        """A number that was never returned before."""


@dataclass(frozen=True)
class WrongClock(Clock):
    """A device's clock that is wrong by `skew_ms`."""

    world: World
    skew_ms: int

    def seconds(self) -> float:
        return (self.world.t + self.skew_ms) / 1000

    def wall(self) -> datetime:
        return datetime.fromisoformat(self.at(0))

    def steady(self) -> float:
        return self.world.t / 1000

    def at(self, number: int) -> str:
        """The wall clock, with `number` as its microseconds."""
        moment = datetime.fromtimestamp((self.world.t + self.skew_ms) // 1000, _ZONE)
        return moment.replace(microsecond=number % 1_000_000).isoformat(timespec="microseconds")


class PlainDisk:
    """A real disk like `FolderDisk`, in one thread."""

    threads = False
    lazy = False

    def __init__(self, folder: Path, fuse: Fuse) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.step = fuse.step

    async def append(self, line: bytes) -> None:  # noqa: ARG002
        self.step()

    async def tail(self) -> bytes:
        return b""

    async def checkpoint(self) -> None:
        self.step()

    async def keep_damaged(self, lines: bytes) -> None:  # noqa: ARG002
        raise AssertionError("there are no lines")


class BrowserLikeDisk(MemoryDisk):
    """The browser's disk, connected to the fuse."""

    def __init__(self, folder: Path, fuse: Fuse) -> None:
        self._burning = fuse
        super().__init__(folder)

    def step(self) -> None:
        self._burning.step()


class BurningDisk(Disk, Protocol):
    """A disk with steps at which the process may be killed."""

    def step(self) -> None:
        """Count one step."""


class FusedDatabase(PhoneDatabase):
    """The real database, with a step before and after each transaction; it settles only on request.

    All instances share one cache of compiled SQL: compiling took a fifth of the time.
    """

    _disk: BurningDisk
    _first: ClassVar[Engine | None] = None

    @classmethod
    async def open(cls, disk: Disk) -> "FusedDatabase":
        database = await super().open(disk)
        assert isinstance(database, FusedDatabase)
        first = FusedDatabase._first = FusedDatabase._first or database._engine
        database._engine.dialect, database._engine._compiled_cache = first.dialect, first._compiled_cache
        return database

    async def write(self, work: Callable[[Session], T]) -> T:
        self._disk.step()
        result = await super().write(work)
        self._disk.step()
        return result

    async def save(self, work: Callable[[Session], tuple[T, bytes]]) -> T:
        result = await super().save(work)
        self._disk.step()
        return result

    async def _settle_soon(self) -> None:
        return


class Heard:
    """Receives what the sync loop reports."""

    problem: Problem | None = None

    def ended(self, problem: Problem | None, last_success: str | None) -> None:  # noqa: ARG002
        self.problem = problem

    def begun(self) -> None:
        """Ignored, like the following reports."""

    def doing(self, step: str) -> None: ...

    def sending(self, sha256: str, owner: str | None, sent: int, total: int) -> None: ...

    def changed(self, ops: int, photos: int, photo_bytes: int) -> None: ...

    def home_visits_changed(self, waiting: int) -> None: ...

    def roles_changed(self) -> None: ...

    def measured(self, link: LinkQuality) -> None: ...

    def holding(self, held: bool) -> None: ...


class Handset:
    """One phone of `kind` "native" or "browser". `told`: the operations that it reported as saved."""

    database: PhoneDatabase
    sync_loop: SyncLoop

    def __init__(self, folder: Path, world: World, skew_ms: int, kind: str) -> None:
        self.folder, self.world, self.kind = folder, world, kind
        self.clock = WrongClock(world, skew_ms)
        self.fuse = Fuse()
        self.pocket = MemoryPhotos()
        self.told: set[Id] = set()
        self.life = 0
        """The `Office.life` at its last successful round."""

    async def open(self) -> None:
        """Start the app."""
        self.fuse.left = 0
        disk = PlainDisk if self.kind == "native" else BrowserLikeDisk
        database = await FusedDatabase.open(disk(self.folder, self.fuse))
        assert database.damaged == 0
        self.database, self.heard = database, Heard()
        way = Way(self.world.network, self.fuse.step, streams=self.kind == "native")
        self.sync_loop = SyncLoop(
            database, self.pocket, self.heard, "http://anlan", clock=self.clock, open_transport=lambda _: way
        )

    def drop(self) -> None:
        """Drop the process without closing the database."""
        self.database._engine.dispose()

    async def copied(self, folder: Path) -> "Handset":
        """Another phone with a copy of this one's disk."""
        self.drop()  # closing the last connection writes SQLite's WAL into the file; it reopens by itself
        shutil.copytree(self.folder, folder)
        twin = Handset(folder, self.world, self.clock.skew_ms, self.kind)
        twin.pocket.files, twin.told, twin.life = dict(self.pocket.files), set(self.told), self.life
        await twin.open()
        twin.told &= twin.held()
        return twin

    def photographed(self, numbers: Sequence[int]) -> list[dict[str, Any]]:
        """New photos to attach; their bytes are stored on the phone."""
        made = []
        for number in numbers:
            data = picture(number)
            sha256 = hashlib.sha256(data).hexdigest()
            self.pocket.files[sha256] = data
            made.append({"role": "before", "sha256": sha256, "mime": "image/jpeg", "bytes": len(data)})
        return made

    def rests(self, end: int) -> bool:
        """Whether the phone has pulled the log to its `end` and nothing is waiting."""
        with_server = self.database.read(meta.progress).cursor == end and self.heard.problem is None
        return with_server and not (
            self.database.read(outbox.count_unsent) or self.database.read(photos.count_waiting)[0]
        )

    def moment(self) -> Moment:
        """Now, as `Services` creates it; its microseconds make it unique."""
        offset = self.database.read(meta.progress).offset_ms
        return Moment(
            self.clock.at(self.world.number()),
            self.world.t + self.clock.skew_ms + offset,
            lambda: f"00000000-0000-7000-8000-{self.world.number():012x}",
        )

    def rows(self, question: str, *given: Any) -> list[Any]:
        """The rows of a query on the phone's database."""
        return self.database.read(
            lambda session: list(session.connection().exec_driver_sql(question, given).all())
        )

    def state(self, record: str) -> RecordState:
        """The state of a record on this phone."""
        found = self.rows("SELECT state FROM record WHERE id = ?", record)
        return _state(found[0][0]) if found else merge.EMPTY

    def states(self) -> dict[str, RecordState]:
        """Record → its state."""
        return {record: _state(state) for record, state in self.rows("SELECT id, state FROM record")}

    def wires(self, state: str) -> set[str]:
        """The canonical JSON of the operations in an upload state."""
        return {wire for (wire,) in self.rows("SELECT wire FROM operation WHERE state = ?", state)}

    def held(self) -> set[tuple[str, str]]:
        """The ids, as in `ghost.id_of`, of the operations on the phone."""
        return set(map(tuple, self.rows("SELECT json_extract(wire, '$.made_at'), record FROM operation")))


def _state(text: str) -> RecordState:
    return merge.from_json(json.loads(text))
