"""5 pm: all phones sync at once over bad links. All of them finish; nothing is lost or duplicated."""

import asyncio
import hashlib
import sqlite3
import statistics
from collections import Counter
from contextlib import closing
from pathlib import Path
from random import Random

import pytest

from sync_server.access import devices
from sync_server.database import campaigns
from sync_server.database.transactions import in_transaction
from sync_server.maintenance import setup
from sync_server.settings import Settings
from tests.bench.processes import Server
from tests.faults.rush import RushPhone
from tests.support import drawn
from tests.support.faulty_link import Faults, FaultyLink
from tests.support.served import Served
from tests.support.wire_phone import WirePhone

RECORDS, PHOTOS = 30, 5
LINK = Faults(
    up_rate=400_000,
    down_rate=400_000,
    delay=0.01,
    cut_up=150_000,
    cut_down=50_000,
    lost=0.03,
    truncated=0.03,
    portal=0.01,
)
MAX_MEGABYTES = 200
"""The server's peak memory, for any number of phones: about 100 MB when idle, one push being processed and 64
waiting, and the read buffer of each connection."""


def _codes(data: Path, count: int) -> list[str]:
    engine = setup.open_database(Settings(data))
    try:
        campaign = in_transaction(engine, lambda session: campaigns.ensure(session).id)
        return in_transaction(
            engine, lambda session: [devices.make_code(session, campaign) for _ in range(count)]
        )
    finally:
        engine.dispose()


def _rush_phone(phone: WirePhone, picture: bytes, seed: int) -> RushPhone:
    rng = Random(seed)
    pictures = [picture + rng.randbytes(16) for _ in range(PHOTOS)]
    hazards = [phone.hazard() for _ in range(RECORDS)]
    attached = [phone.photo(hazards[n]["record"], data) for n, data in enumerate(pictures)]
    return RushPhone(phone, [*hazards, *attached], pictures, rng)


async def _sync_all(rush_phones: list[RushPhone], port: int) -> None:
    async with asyncio.TaskGroup() as group:
        for one in rush_phones:
            group.create_task(one.sync(port))


def _check(served: Served, rush_phones: list[RushPhone]) -> None:
    for one in rush_phones:
        assert set(one.stamps) == {op["n"] for op in one.ops}
        assert one.photos == {hashlib.sha256(data).hexdigest() for data in one.pictures}
    log = rush_phones[0].phone.log()
    assert {(op["device"], op["n"]): op["seq"] for op in log} == {
        (one.phone.identity.device, n): seq for one in rush_phones for n, seq in one.stamps.items()
    }
    assert len(log) == len(rush_phones) * (RECORDS + PHOTOS)
    stored = {path.name: path for path in (served.data / "photos").glob("[0-9a-f][0-9a-f]/*")}
    assert stored.keys() == {sha256 for one in rush_phones for sha256 in one.photos}
    for sha256, path in stored.items():
        assert hashlib.sha256(path.read_bytes()).hexdigest() == sha256
    with closing(sqlite3.connect(served.data / "anlan.sqlite3")) as database:
        known = [sha256 for (sha256,) in database.execute("SELECT sha256 FROM photo_file")]
        assert sorted(known) == sorted(stored)
        [[hazards]] = database.execute("SELECT count(*) FROM hazard").fetchall()
        assert hazards == len(rush_phones) * RECORDS


def _rush(served: Served, phones: int) -> None:
    enrolled = [WirePhone.enrol(served.url, code) for code in _codes(served.data, phones)]
    picture = drawn.photo(480, 360, noise=True)
    rush_phones = [_rush_phone(phone, picture, seed) for seed, phone in enumerate(enrolled)]
    with FaultyLink(served.port, LINK, seed=phones) as link:
        asyncio.run(_sync_all(rush_phones, link.port))
        faults = dict(link.carried.did)
    peak = Server(served.port, served.pid).peak_megabytes()
    _check(served, rush_phones)
    pushes = sorted(seconds for one in rush_phones for seconds in one.pushes)
    retries = sum((one.retries for one in rush_phones), Counter[str]())
    print(
        f"{phones} phones with {RECORDS} records and {PHOTOS} photos each: all synced, 0 lost, 0 duplicated;"
        f" a push: median {statistics.median(pushes):.2f} s, p99 {pushes[int(len(pushes) * 0.99)]:.2f} s;"
        f" server's peak {peak:.0f} MB; faults {faults}; retries {dict(retries)}"
    )
    assert peak is not None
    assert peak <= MAX_MEGABYTES


def test_forty_phones_sync_at_once(served: Served) -> None:
    _rush(served, 40)


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_two_hundred_phones_sync_at_once(served: Served) -> None:
    _rush(served, 200)
