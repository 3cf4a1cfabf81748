"""Pull: the first 2,000 records of the log in pages of 500, by one phone and by four at once."""

from tests.bench.clients import BATCH, pulling, pushing, together
from tests.bench.figures import Bound, Figure
from tests.bench.pair import FLOOR, OURS, Beginning, beginning, case_of, turn
from tests.bench.records import Maker
from tests.bench.rounds import Rounds, forth_and_back, until_known

RECORDS = 2000
TIMES = 4
CLIENTS = (1, 4)
MOST = 30
PART = f"pull, 2,000 records by each client, {TIMES} times in a turn"
QUANTITIES = (
    ("rate", "speed", "records/s", Bound("ratio", 0.8, "more")),
    ("cpu", "server CPU", "ms/record", None),
    ("down", "gzip down", "B/record", Bound("ours", 280, "less")),
    ("peak", "server's peak memory", "MB", Bound("ours", 150, "less")),
)


def measure(most: int = MOST) -> list[Figure]:
    """Records/s, bytes and CPU per record and peak memory, ours against the floor."""
    with beginning(max(CLIENTS)) as begun:
        with begun.changed() as both:
            operations = Maker(seed=1).operations(begun.phones[0].phone, 1, RECORDS)
            for side in both:
                route = side.routes[0]
                bodies = [route.body(operations[at : at + BATCH]) for at in range(0, RECORDS, BATCH)]
                together(side.server.port, [pushing(route, bodies)])
        return until_known(lambda number, rounds: _round(begun, number, rounds), _figures, most)


def _round(begun: Beginning, number: int, rounds: Rounds) -> None:
    with begun.fresh() as both:
        for side in both:
            together(side.server.port, [pulling(route, RECORDS) for route in side.routes])
        for count in CLIENTS if number % 2 else CLIENTS[::-1]:
            for side in forth_and_back(both, number):
                jobs = [pulling(route, RECORDS, times=TIMES) for route in side.routes[:count]]
                turn(side.name, case_of(count), side.server, jobs, RECORDS * TIMES * count, rounds)


def _figures(rounds: Rounds) -> list[Figure]:
    return [
        figure
        for count in CLIENTS
        for figure in rounds.figures(PART, case_of(count), QUANTITIES, OURS, FLOOR)
    ]
