"""Growth: what pushing and pulling new records costs on a log of 10^6 operations, and on one of 10^4."""

import contextlib
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.bench import clients, processes
from tests.bench.clients import BATCH, Ours, pushing
from tests.bench.figures import Bound, Figure, Rounds
from tests.bench.pair import enrolled
from tests.bench.processes import Server
from tests.bench.records import Maker
from tests.bench.wire import Connection

SMALL = 10_000
TIMES = 100
RECORDS = 2000
ROUNDS = 5
OLD, YOUNG = "10^6 operations", "10^4 operations"
PART = "growth, 2,000 new records on a long log"


def measure() -> list[Figure]:
    """Milliseconds of time and of server CPU per record, on the long log against the short one."""
    rounds = Rounds()
    with tempfile.TemporaryDirectory(prefix="anlan-bench-") as folder:
        young, old = Path(folder, "young"), Path(folder, "old")
        route = _begun(young)
        shutil.copytree(young, old)
        _multiply(old / "anlan.sqlite3")
        with processes.ours(young) as short, processes.ours(old) as long:
            sides = [(YOUNG, short, SMALL), (OLD, long, SMALL * TIMES)]
            for number in range(ROUNDS + 1):
                for name, server, begun in sides if number % 2 else sides[::-1]:
                    _round(name, server, route, begun + number * RECORDS, rounds if number else None)
    bound = Bound("ratio", 1.3, "less")
    quantities = [
        ("push", "push: time", "ms/record", bound),
        ("push_cpu", "push: server CPU", "ms/record", bound),
        ("pull", "pull: time", "ms/record", bound),
        ("pull_cpu", "pull: server CPU", "ms/record", bound),
    ]
    return rounds.figures(PART, quantities, OLD, YOUNG)


def _begun(data: Path) -> Ours:
    """A phone that has pushed the short log."""
    with processes.ours(data) as server:
        [route] = enrolled(server, data, 1)
        clients.together(server.port, [pushing(route, _bodies(route, 0, SMALL))])
    return route


def _bodies(route: Ours, after: int, count: int) -> list[bytes]:
    operations = Maker(seed=after).operations(route.phone, after + 1, count)
    return [route.body(operations[start : start + BATCH]) for start in range(0, count, BATCH)]


def _round(name: str, server: Server, route: Ours, head: int, rounds: Rounds | None) -> None:
    """Push new records onto a log that ends at `head`, and pull them (`rounds` None: a warm-up)."""

    async def pulling(connection: Connection) -> tuple[int, int]:
        return await route.pull(connection, head, RECORDS)

    taken: dict[str, float | None] = {}
    for what, job in (("push", pushing(route, _bodies(route, head, RECORDS))), ("pull", pulling)):
        before = server.cpu_seconds()
        taken[what] = 1000 * clients.together(server.port, [job]).seconds / RECORDS
        after = server.cpu_seconds()
        known = before is not None and after is not None
        taken[f"{what}_cpu"] = 1000 * (after - before) / RECORDS if known else None  # type: ignore[operator]
    if rounds is not None:
        rounds.add(name, **taken)


def _multiply(database: Path) -> None:
    """Make a log `TIMES` as long: every operation and hazard again and again under other numbers and ids.

    Their texts and tips stay as they were, which nobody looks at who pushes and pulls what is new.
    """
    with _fast(database) as connection:
        for table, changed in (
            (
                "operation",
                {"n": _LATER.format("n"), "seq": _LATER.format("seq"), "record": _OTHER, "owner": _OTHER},
            ),
            ("hazard", {"id": _OTHER, "updated_seq": _LATER.format("updated_seq")}),
        ):
            names = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
            values = [changed.get(name, name).format(name) for name in names]
            copy = f"INSERT INTO {table} SELECT {', '.join(values)} FROM {table} WHERE {_FIRST[table]}"
            for turn in range(1, TIMES):
                connection.execute(copy, {"turn": turn})
        connection.execute("UPDATE campaign_counter SET seq = seq * ?", (TIMES,))


_LATER = f"{{}} + :turn * {SMALL}"
_OTHER = "substr({}, 1, 33) || printf('g%02x', :turn)"
_FIRST = {"operation": f"seq <= {SMALL}", "hazard": f"updated_seq <= {SMALL}"}


@contextlib.contextmanager
def _fast(database: Path) -> Iterator[sqlite3.Connection]:
    with contextlib.closing(sqlite3.connect(database)) as connection:
        for pragma in ("synchronous=OFF", "cache_size=-1000000", "temp_store=MEMORY"):
            connection.execute(f"PRAGMA {pragma}")
        with connection:
            yield connection
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
