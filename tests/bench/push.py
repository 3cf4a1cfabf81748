"""Push: 2,000 records of each phone in batches of 500, by one phone and by four at once, turn about.

So one and four are compared on logs of the same length.
"""

from collections.abc import Sequence

from tests.bench.clients import BATCH, Route, pushing
from tests.bench.figures import Bound, Figure, Rounds
from tests.bench.pair import FLOOR, OURS, Pair, pair
from tests.bench.records import Maker

RECORDS = 2000
CLIENTS = (1, 4)
ROUNDS = 5
PART = "push, 2,000 records of each client"


def measure() -> list[Figure]:
    """Records/s, bytes and CPU per record and peak memory, ours against the floor."""
    taken = {count: Rounds() for count in CLIENTS}
    with pair(max(CLIENTS)) as both:
        sent = [0] * max(CLIENTS)
        for number in range(ROUNDS + 1):
            for count in CLIENTS if number % 2 else CLIENTS[::-1]:
                _round(both, count, sent, taken[count] if number else None, number)
    figures = [
        figure
        for count, rounds in taken.items()
        for figure in rounds.figures(PART, _quantities(count), OURS, FLOOR)
    ]
    return figures + _four_against_one(taken)


def _four_against_one(taken: dict[int, Rounds]) -> list[Figure]:
    """Whether a server that four phones push to takes in as much as from one; the floor for comparison."""
    return [
        Figure(PART, f"{who}: 4 clients against 1", "records/s", four, "1 client", one, bound)
        for who, bound in ((OURS, Bound("ratio", 1.0, "more")), (FLOOR, None))
        if (one := taken[1].series(who, "rate")) and (four := taken[4].series(who, "rate"))
    ]


def _round(both: Pair, count: int, sent: list[int], rounds: Rounds | None, number: int) -> None:
    """Push new records through `count` phones to both sides; the first round (`rounds` None) is a warm-up."""
    maker = Maker(seed=100 * count + number)
    operations = [
        maker.operations(route.phone, sent[phone] + 1, RECORDS)
        for phone, route in enumerate(both.ours.routes[:count])
    ]
    for phone in range(count):
        sent[phone] += RECORDS

    def bodies(route: Route, phone: int) -> Sequence[bytes]:
        mine = operations[phone]
        return [route.body(mine[start : start + BATCH]) for start in range(0, RECORDS, BATCH)]

    for side in both.in_turn(number):
        jobs = [pushing(route, bodies(route, phone)) for phone, route in enumerate(side.routes[:count])]
        side.measure(jobs, RECORDS * count, rounds)


def _quantities(count: int) -> list[tuple[str, str, str, Bound | None]]:
    who = f"{count} client{'s' if count > 1 else ''}"
    return [
        ("rate", f"{who}: speed", "records/s", Bound("ratio", 0.5, "more")),
        ("cpu", f"{who}: server CPU", "ms/record", Bound("ours", 0.2, "less")),
        ("up", f"{who}: gzip up", "B/record", Bound("ours", 280, "less")),
        ("down", f"{who}: gzip down", "B/record", Bound("ours", 280, "less")),
        ("peak", f"{who}: server's peak memory", "MB", Bound("ours", 150, "less")),
    ]
