"""Our server and the floor side by side, started anew for each round from the same beginning."""

import asyncio
import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.bench import clients, processes
from tests.bench.clients import Job, Ours, Route
from tests.bench.processes import Server
from tests.bench.rounds import Rounds

OURS = "anlan"
FLOOR = "floor"


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two: its server and as many phones as will ever work at once."""

    name: str
    server: Server
    routes: Sequence[Route]


def turn(
    side: str, case: str, server: Server, jobs: Sequence[Job], records: int, rounds: Rounds | None
) -> None:
    """Do the jobs at once; note in `rounds` what each record took (None: a warm-up)."""
    os.sync()  # no turn waits for bytes that another left to the disk
    before = server.cpu_seconds()
    traffic = clients.together(server.port, jobs)
    after = server.cpu_seconds()
    if rounds is None:
        return
    rounds.add(
        side,
        case,
        time=1000 * traffic.seconds / records,
        rate=records / traffic.seconds,
        up=traffic.up / records,
        down=traffic.down / records,
        cpu=None if before is None or after is None else 1000 * (after - before) / records,
        peak=server.peak_megabytes(),
    )


@dataclass(frozen=True, slots=True)
class Beginning:
    """What every round starts from: the data of both servers, with phones enrolled at ours."""

    data: Path
    phones: Sequence[Ours]

    @contextlib.contextmanager
    def fresh(self) -> Iterator[tuple[Side, Side]]:
        """Both servers, ours first, on a copy of the data; the floor's phones carry the names of ours."""
        with tempfile.TemporaryDirectory(prefix="anlan-bench-") as folder:
            data = Path(shutil.copytree(self.data, Path(folder, "data")))
            with self._running(data) as both:
                yield both

    @contextlib.contextmanager
    def changed(self) -> Iterator[tuple[Side, Side]]:
        """Both servers on the data itself, for what every round shall find there."""
        with self._running(self.data) as both:
            yield both

    @contextlib.contextmanager
    def _running(self, data: Path) -> Iterator[tuple[Side, Side]]:
        with processes.ours(data / OURS) as server, processes.peer("floor", data / FLOOR) as floor:
            floor_phones = [clients.Floor(phone.phone) for phone in self.phones]
            yield Side(OURS, server, self.phones), Side(FLOOR, floor, floor_phones)


def case_of(count: int) -> str:
    """How so many clients at once are spoken of."""
    return f"{count} client{'s' if count > 1 else ''}"


@contextlib.contextmanager
def beginning(phones: int) -> Iterator[Beginning]:
    """Both servers' data, empty but for `phones` phones at ours."""
    with tempfile.TemporaryDirectory(prefix="anlan-bench-") as folder:
        data = Path(folder, OURS)
        with processes.ours(data) as server:
            enrolled_phones = enrolled(server, data, phones)
        yield Beginning(Path(folder), enrolled_phones)


def enrolled(server: Server, data: Path, phones: int) -> list[Ours]:
    """`phones` new phones at our server `server` with the data folder `data`."""
    codes = [processes.anlan("phone", "code", "--data", str(data)).split()[-1] for _ in range(phones)]
    return [asyncio.run(clients.enrol(server.port, code)) for code in codes]
