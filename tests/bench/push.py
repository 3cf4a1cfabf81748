"""Push: 2,000 records of each phone in batches of 500, by one phone and by four at once."""

from collections.abc import Sequence
from typing import Any

from tests.bench.clients import BATCH, Job, pushing, together
from tests.bench.figures import Bound, Figure
from tests.bench.pair import FLOOR, OURS, Beginning, Side, beginning, case_of, turn
from tests.bench.records import Maker, Phone
from tests.bench.rounds import Rounds, forth_and_back, until_known

RECORDS = 2000
CLIENTS = (1, 4)
MOST = 30
PART = "push, 2,000 records of each client"
QUANTITIES = (
    ("rate", "speed", "records/s", Bound("ratio", 0.5, "more")),
    ("cpu", "server CPU", "ms/record", Bound("ours", 0.2, "less")),
    ("up", "gzip up", "B/record", Bound("ours", 280, "less")),
    ("down", "gzip down", "B/record", Bound("ours", 280, "less")),
    ("peak", "server's peak memory", "MB", Bound("ours", 150, "less")),
)


def measure(most: int = MOST) -> list[Figure]:
    """Records/s, bytes and CPU per record and peak memory, ours against the floor."""
    with beginning(max(CLIENTS)) as begun:
        return until_known(lambda number, rounds: _round(begun, number, rounds), _figures, most)


def _round(begun: Beginning, number: int, rounds: Rounds) -> None:
    first = number * max(CLIENTS)
    authors = [_Author(route.phone, seed) for seed, route in enumerate(begun.phones, first)]
    with begun.fresh() as both:
        warm_up = [author.more(BATCH) for author in authors]
        for side in both:
            together(side.server.port, _jobs(side, warm_up))
        for count in CLIENTS if number % 2 else CLIENTS[::-1]:
            forth, back = ([author.more(RECORDS) for author in authors[:count]] for _ in range(2))
            for place, side in enumerate(forth_and_back(both, number)):
                jobs = _jobs(side, forth if place < len(both) else back)
                turn(side.name, case_of(count), side.server, jobs, RECORDS * count, rounds)


class _Author:
    """Who always has new records; every server gets the same."""

    def __init__(self, phone: Phone, seed: int) -> None:
        self._phone = phone
        self._maker = Maker(seed)
        self._made = 0

    def more(self, count: int) -> list[dict[str, Any]]:
        first = self._made + 1
        self._made += count
        return self._maker.operations(self._phone, first, count)


def _jobs(side: Side, operations: Sequence[list[dict[str, Any]]]) -> list[Job]:
    """Each phone pushes its operations in batches."""
    return [
        pushing(route, [route.body(mine[at : at + BATCH]) for at in range(0, len(mine), BATCH)])
        for route, mine in zip(side.routes, operations, strict=False)
    ]


def _figures(rounds: Rounds) -> list[Figure]:
    by_clients = [
        figure
        for count in CLIENTS
        for figure in rounds.figures(PART, case_of(count), QUANTITIES, OURS, FLOOR)
    ]
    return by_clients + _four_against_one(rounds)


def _four_against_one(rounds: Rounds) -> list[Figure]:
    """Whether a server that four phones push to takes in as much as from one; the floor for comparison."""
    return [
        Figure(
            PART,
            f"{who}: 4 clients against 1",
            "records/s",
            rounds.values(who, case_of(4), "rate"),
            "1 client",
            rounds.values(who, case_of(1), "rate"),
            bound,
        )
        for who, bound in ((OURS, Bound("ratio", 1.0, "more")), (FLOOR, None))
    ]
