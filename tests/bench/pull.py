"""Pull: the first 2,000 records of the log in pages of 500, by one phone and by four at once."""

from tests.bench.clients import BATCH, pulling, pushing, together
from tests.bench.figures import Bound, Figure, Rounds
from tests.bench.pair import FLOOR, OURS, pair
from tests.bench.records import Maker

RECORDS = 2000
CLIENTS = (1, 4)
ROUNDS = 9
PART = "pull, 2,000 records by each client"


def measure() -> list[Figure]:
    """Records/s, bytes and CPU per record and peak memory, ours against the floor."""
    figures: list[Figure] = []
    with pair(max(CLIENTS)) as both:
        operations = Maker(seed=1).operations(both.ours.routes[0].phone, 1, RECORDS)
        for side in both.in_turn(0):
            route = side.routes[0]
            bodies = [route.body(operations[start : start + BATCH]) for start in range(0, RECORDS, BATCH)]
            together(side.server.port, [pushing(route, bodies)])
        for count in CLIENTS:
            rounds = Rounds()
            for number in range(ROUNDS + 1):
                for side in both.in_turn(number):
                    jobs = [pulling(route, RECORDS) for route in side.routes[:count]]
                    side.measure(jobs, RECORDS * count, rounds if number else None)
            figures += rounds.figures(PART, _quantities(count), OURS, FLOOR)
    return figures


def _quantities(count: int) -> list[tuple[str, str, str, Bound | None]]:
    who = f"{count} client{'s' if count > 1 else ''}"
    return [
        ("rate", f"{who}: speed", "records/s", Bound("ratio", 0.8, "more")),
        ("cpu", f"{who}: server CPU", "ms/record", None),
        ("down", f"{who}: gzip down", "B/record", Bound("ours", 280, "less")),
        ("peak", f"{who}: server's peak memory", "MB", Bound("ours", 150, "less")),
    ]
