"""Photos: 200 of 300 kB, by four phones at once, each photo whole in one request."""

import tempfile
from pathlib import Path

from tests.bench import jpegs, processes
from tests.bench.clients import Tus, sending
from tests.bench.figures import Bound, Figure, Rounds
from tests.bench.pair import FLOOR, OURS, measured, pair

PHOTOS = 200
CLIENTS = 4
ROUNDS = 5
WARM_UP = 20
TUS_SERVER = "@tus/server"
PART = "photos, 200 of 300 kB, each by one request (tus creation-with-upload; the floor: PUT)"


def measure() -> list[Figure]:
    """Photos/s, CPU per photo and peak memory: ours, with fsync and SHA-256, against floor and @tus/server.

    The floor forces photos to the disk and hashes them too; @tus/server does neither.
    """
    rounds = Rounds()
    with (
        tempfile.TemporaryDirectory(prefix="anlan-bench-") as folder,
        pair(CLIENTS) as both,
        processes.tus_server(Path(folder, "tus")) as tus_server,
    ):
        for number in range(ROUNDS + 1):
            photos = jpegs.photos(number, PHOTOS if number else WARM_UP)
            shares = [photos[phone::CLIENTS] for phone in range(CLIENTS)]
            noted = rounds if number else None
            for side in both.in_turn(number):
                jobs = [sending(route, share) for route, share in zip(side.routes, shares, strict=True)]
                side.measure(jobs, len(photos), noted)
            jobs = [sending(Tus(), share) for share in shares]
            measured(TUS_SERVER, tus_server, jobs, len(photos), noted)
    against_floor = [
        ("rate", "4 clients: speed", "photos/s", Bound("ratio", 0.7, "more")),
        ("cpu", "4 clients: server CPU", "ms/photo", None),
        ("peak", "4 clients: server's peak memory", "MB", Bound("ours", 150, "less")),
    ]
    against_tus_server = [
        ("rate", "4 clients: speed", "photos/s", Bound("ratio", 1.0, "more")),
        ("cpu", "4 clients: server CPU", "ms/photo", None),
    ]
    return [
        *rounds.figures(PART, against_floor, OURS, FLOOR),
        *rounds.figures(PART, against_tus_server, OURS, TUS_SERVER),
    ]
