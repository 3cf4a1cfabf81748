"""Photos: 200 of 300 kB, by four phones at once, whole in one request, and announced before, as phones do."""

import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.bench import jpegs, processes
from tests.bench.clients import Ours, Sender, Tus, sending
from tests.bench.figures import Bound, Figure, Rounds
from tests.bench.jpegs import Jpeg
from tests.bench.pair import FLOOR, OURS, measured, pair
from tests.bench.processes import Server

PHOTOS = 200
CLIENTS = 4
ROUNDS = 5
WARM_UP = 20
TUS_SERVER = "@tus/server"
DURABLE = "@tus/server, durable"
WHOLE = (
    "photos, 200 of 300 kB, 4 clients, each by one request. Forced to the disk: ours the bytes, the name and"
    " a row, the floor and the durable @tus/server the bytes and the name, @tus/server nothing. All but the"
    " plain @tus/server compare the SHA-256; ours looks through the JPEG"
)
ANNOUNCED = "photos as phones send them: announced by one request, whole by the next"
RATE, CPU = ("rate", "speed", "photos/s"), ("cpu", "server CPU", "ms/photo")


def measure() -> list[Figure]:
    """Photos/s, CPU per photo and peak memory: ours against the floor and @tus/server."""
    whole, announced = Rounds(), Rounds()
    with (
        tempfile.TemporaryDirectory(prefix="anlan-bench-") as folder,
        pair(CLIENTS) as both,
        processes.tus_server(Path(folder, "tus")) as tus_server,
        processes.tus_server(Path(folder, "durable"), durable=True) as durable,
    ):
        in_two = [route.tus(announced=True) for route in both.ours.routes if isinstance(route, Ours)]
        for number in range(ROUNDS + 1):
            photos, others = (
                jpegs.photos(seed, PHOTOS if number else WARM_UP) for seed in (number, ROUNDS + 1 + number)
            )
            in_one = whole if number else None
            for side in both.in_turn(number):
                _send(side.name, side.server, side.routes, photos, in_one)
            _send(TUS_SERVER, tus_server, [Tus()] * CLIENTS, photos, in_one)
            _send(DURABLE, durable, [Tus()] * CLIENTS, photos, in_one)
            noted = announced if number else None
            _send(OURS, both.ours.server, in_two, others, noted)
            _send(TUS_SERVER, tus_server, [Tus(announced=True)] * CLIENTS, others, noted)
            _send(DURABLE, durable, [Tus(announced=True)] * CLIENTS, others, noted)
    peak = ("peak", "server's peak memory", "MB", Bound("ours", 150, "less"))
    of_floor = [(*RATE, Bound("ratio", 0.7, "more")), (*CPU, None), peak]
    of_durable = [(*RATE, Bound("ratio", 1.0, "more")), (*CPU, None)]
    shown = [(*RATE, None), (*CPU, None)]
    return [
        *whole.figures(WHOLE, of_floor, OURS, FLOOR),
        *whole.figures(WHOLE, shown, OURS, TUS_SERVER),
        *whole.figures(WHOLE, of_durable, OURS, DURABLE),
        *announced.figures(ANNOUNCED, shown, OURS, TUS_SERVER),
        *announced.figures(ANNOUNCED, shown, OURS, DURABLE),
    ]


def _send(
    name: str, server: Server, ways: Sequence[Sender], photos: Sequence[Jpeg], rounds: Rounds | None
) -> None:
    """Send the photos in as many ways at once, and note in `rounds` what each took `name`'s server."""
    jobs = [sending(way, photos[phone :: len(ways)]) for phone, way in enumerate(ways)]
    measured(name, server, jobs, len(photos), rounds)
