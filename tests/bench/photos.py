"""Photos of 300 kB, by four phones at once: whole in one request, and announced before, as phones do."""

import contextlib
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tests.bench import jpegs, processes
from tests.bench.clients import Job, Sender, Tus, sending, together
from tests.bench.figures import Bound, Figure
from tests.bench.jpegs import Jpeg
from tests.bench.pair import FLOOR, OURS, Beginning, beginning, turn
from tests.bench.processes import Server
from tests.bench.rounds import Rounds, forth_and_back, until_known

PHOTOS = 100
CLIENTS = 4
MOST = 30
TUS_SERVER = "@tus/server"
DURABLE = "@tus/server, durable"
PART = (
    f"photos, {PHOTOS} of 300 kB, {CLIENTS} clients. Forced to the disk: ours the bytes, the name and a row,"
    " the floor and the durable @tus/server the bytes and the name, @tus/server nothing. All but the plain"
    " @tus/server compare the SHA-256; ours looks through the JPEG"
)
WHOLE, ANNOUNCED = "whole in one request", "as phones send them"
RATE, CPU = ("rate", "speed", "photos/s"), ("cpu", "server CPU", "ms/photo")
PEAK = ("peak", "server's peak memory", "MB", Bound("ours", 150, "less"))
SHOWN = ((*RATE, None), (*CPU, None))
QUANTITIES = {
    (WHOLE, FLOOR): ((*RATE, Bound("ratio", 0.75, "more")), (*CPU, None), PEAK),
    (WHOLE, TUS_SERVER): SHOWN,
    (WHOLE, DURABLE): ((*RATE, Bound("ratio", 1.0, "more")), (*CPU, None)),
    (ANNOUNCED, TUS_SERVER): SHOWN,
    (ANNOUNCED, DURABLE): ((*RATE, Bound("ratio", 0.9, "more")), (*CPU, None)),
}


@dataclass(frozen=True, slots=True)
class _Taker:
    """A server that takes photos, and how each of its phones sends them."""

    name: str
    server: Server
    ways: Sequence[Sender]

    def jobs(self, photos: Sequence[Jpeg]) -> list[Job]:
        return [sending(way, photos[phone :: len(self.ways)]) for phone, way in enumerate(self.ways)]


def measure(most: int = MOST) -> list[Figure]:
    """Photos/s, CPU per photo and peak memory: ours against the floor and @tus/server."""
    with beginning(CLIENTS) as begun:
        return [
            figure
            for case in (WHOLE, ANNOUNCED)
            for figure in until_known(partial(_round, begun, case), partial(_figures, case), most)
        ]


def _round(begun: Beginning, case: str, number: int, rounds: Rounds) -> None:
    warm_up, forth, back = (jpegs.photos(3 * number + seed, PHOTOS) for seed in range(3))
    with _takers(begun, announced=case == ANNOUNCED) as takers:
        for taker in takers:
            together(taker.server.port, taker.jobs(warm_up))
        for place, taker in enumerate(forth_and_back(takers, number)):
            jobs = taker.jobs(forth if place < len(takers) else back)
            turn(taker.name, case, taker.server, jobs, PHOTOS, rounds)


@contextlib.contextmanager
def _takers(begun: Beginning, *, announced: bool) -> Iterator[list[_Taker]]:
    """All that are compared; the floor takes no photo in two requests."""
    with (
        tempfile.TemporaryDirectory(prefix="anlan-bench-") as folder,
        begun.fresh() as (ours, floor),
        processes.tus_server(Path(folder, "tus")) as plain,
        processes.tus_server(Path(folder, "durable"), durable=True) as durable,
    ):
        by_tus = [Tus(announced=announced)] * CLIENTS
        takers = [
            _Taker(OURS, ours.server, [phone.tus(announced=announced) for phone in begun.phones]),
            _Taker(TUS_SERVER, plain, by_tus),
            _Taker(DURABLE, durable, by_tus),
        ]
        yield takers if announced else [*takers, _Taker(FLOOR, floor.server, floor.routes)]


def _figures(case: str, rounds: Rounds) -> list[Figure]:
    return [
        figure
        for (of, peer), quantities in QUANTITIES.items()
        if of == case
        for figure in rounds.figures(PART, case, quantities, OURS, peer)
    ]
