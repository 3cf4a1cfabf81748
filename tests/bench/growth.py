"""Growth: what pushing and pulling new records costs on a log of 10^6 operations, and on one of 10^4."""

import contextlib
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.bench import clients, processes
from tests.bench.clients import BATCH, Ours, pulling, pushing
from tests.bench.figures import Bound, Figure
from tests.bench.pair import enrolled, turn
from tests.bench.processes import Server
from tests.bench.records import Maker
from tests.bench.rounds import Rounds, forth_and_back, until_known

SMALL = 10_000
TIMES = 100
RECORDS = 2000
PULLS = 4
MOST = 30
OLD, YOUNG = "10^6 operations", "10^4 operations"
PART = f"growth, 2,000 new records on a long log against a short one: pushed once, pulled {PULLS} times"
BOUND = Bound("ratio", 1.3, "less")
QUANTITIES = (("time", "time", "ms/record", BOUND), ("cpu", "server CPU", "ms/record", BOUND))


@dataclass(slots=True)
class _Log:
    """A server's log, and where it ends."""

    name: str
    server: Server
    head: int


def measure(most: int = MOST) -> list[Figure]:
    """Milliseconds of time and of server CPU per record, on the long log against the short one."""
    with tempfile.TemporaryDirectory(prefix="anlan-bench-") as folder:
        young, old = Path(folder, "young"), Path(folder, "old")
        route = _begun(young)
        shutil.copytree(young, old)
        _multiply(old / "anlan.sqlite3")
        end = SMALL * TIMES

        def one_round(number: int, rounds: Rounds) -> None:
            nonlocal end
            with _fresh(young) as short, processes.ours(old) as long:
                logs = [_Log(YOUNG, short, SMALL), _Log(OLD, long, end)]
                for log in logs:
                    _push_and_pull(log, route, None)
                for log in forth_and_back(logs, number):
                    _push_and_pull(log, route, rounds)
            end = logs[1].head

        return until_known(one_round, _figures, most)


def _figures(rounds: Rounds) -> list[Figure]:
    return [
        figure for case in ("push", "pull") for figure in rounds.figures(PART, case, QUANTITIES, OLD, YOUNG)
    ]


@contextlib.contextmanager
def _fresh(data: Path) -> Iterator[Server]:
    """Our server on a copy of `data`, so that a short log stays short."""
    with tempfile.TemporaryDirectory(prefix="anlan-bench-") as folder:
        copy = Path(shutil.copytree(data, Path(folder, "data")))
        with processes.ours(copy) as server:
            yield server


def _begun(data: Path) -> Ours:
    """A phone that has pushed the short log."""
    with processes.ours(data) as server:
        [route] = enrolled(server, data, 1)
        clients.together(server.port, [pushing(route, _bodies(route, 0, SMALL))])
    return route


def _bodies(route: Ours, after: int, count: int) -> list[bytes]:
    operations = Maker(seed=after).operations(route.phone, after + 1, count)
    return [route.body(operations[start : start + BATCH]) for start in range(0, count, BATCH)]


def _push_and_pull(log: _Log, route: Ours, rounds: Rounds | None) -> None:
    """Push new records onto a log, and pull them (`rounds` None: a warm-up)."""
    head = log.head
    log.head += RECORDS

    for case, job, records in (
        ("push", pushing(route, _bodies(route, head, RECORDS)), RECORDS),
        ("pull", pulling(route, RECORDS, after=head, times=PULLS), RECORDS * PULLS),
    ):
        turn(log.name, case, log.server, [job], records, rounds)


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
