"""Our server and the floor side by side, with phones enrolled, measured turn about."""

import asyncio
import contextlib
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.bench import clients, processes
from tests.bench.clients import Job, Route
from tests.bench.figures import Rounds
from tests.bench.processes import Server

OURS = "anlan"
FLOOR = "floor"


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two: its server and as many phones as will ever work at once."""

    name: str
    server: Server
    routes: Sequence[Route]

    def measure(self, jobs: Sequence[Job], records: int, rounds: Rounds | None) -> None:
        """Do the jobs at once; note what each record took in `rounds` (None: a warm-up)."""
        measured(self.name, self.server, jobs, records, rounds)


def measured(name: str, server: Server, jobs: Sequence[Job], records: int, rounds: Rounds | None) -> None:
    """Do the jobs at once; note records/s, bytes and CPU per record of `name` in `rounds` (None: nothing)."""
    before = server.cpu_seconds()
    traffic = clients.together(server.port, jobs)
    after = server.cpu_seconds()
    if rounds is None:
        return
    rounds.add(
        name,
        rate=records / traffic.seconds,
        up=traffic.up / records,
        down=traffic.down / records,
        cpu=None if before is None or after is None else 1000 * (after - before) / records,
        peak=server.peak_megabytes(),
    )


@dataclass(frozen=True, slots=True)
class Pair:
    """Both sides."""

    ours: Side
    floor: Side

    def in_turn(self, number: int) -> tuple[Side, Side]:
        """Both sides in the order of round `number`: who goes first changes from round to round."""
        return (self.ours, self.floor) if number % 2 else (self.floor, self.ours)


@contextlib.contextmanager
def pair(phones: int) -> Iterator[Pair]:
    """Both servers, fresh, each with `phones` phones; the floor's phones carry the names of ours."""
    with tempfile.TemporaryDirectory(prefix="anlan-bench-") as folder:
        data = Path(folder, OURS)
        with processes.ours(data) as server, processes.peer("floor", Path(folder, FLOOR)) as floor:
            ours = enrolled(server, data, phones)
            yield Pair(
                Side(OURS, server, ours),
                Side(FLOOR, floor, [clients.Floor(route.phone) for route in ours]),
            )


def enrolled(server: Server, data: Path, phones: int) -> list[clients.Ours]:
    """`phones` new phones at our server `server` with the data folder `data`."""
    codes = [processes.anlan("phone", "code", "--data", str(data)).split()[-1] for _ in range(phones)]
    return [asyncio.run(clients.enrol(server.port, code)) for code in codes]
