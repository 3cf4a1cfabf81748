"""Photos: 200 of 300 kB, by four phones at once, each photo whole."""

from tests.bench import jpegs
from tests.bench.clients import sending
from tests.bench.figures import Figure, Rounds
from tests.bench.pair import FLOOR, OURS, pair

PHOTOS = 200
CLIENTS = 4
ROUNDS = 3
WARM_UP = 20


def measure() -> list[Figure]:
    """Photos/s, CPU per photo and peak memory: ours by tus creation and one PATCH, the floor's by one PUT."""
    rounds = Rounds()
    with pair(CLIENTS) as both:
        for number in range(ROUNDS + 1):
            photos = jpegs.photos(number, PHOTOS if number else WARM_UP)
            for side in both.in_turn(number):
                jobs = [
                    sending(route, photos[phone::CLIENTS])
                    for phone, route in enumerate(side.routes[:CLIENTS])
                ]
                side.measure(jobs, len(photos), rounds if number else None)
    quantities = [
        ("rate", "4 clients: speed", "photos/s", None),
        ("cpu", "4 clients: server CPU", "ms/photo", None),
        ("peak", "4 clients: server's peak memory", "MB", None),
    ]
    return rounds.figures("photos, 200 of 300 kB", quantities, OURS, FLOOR)
