"""5 pm: everybody's phone comes home at once, over bad links. All finish, nothing is lost or there twice."""

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
from tests.faults.rush import HomeComing
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
MOST_MEGABYTES = 200
"""What the server may hold at its peak, however many phones there are: about 100 MB that it has when nothing
comes, one push that is worked on and 64 that wait, and of each connection what was read but not taken in."""


def _codes(data: Path, count: int) -> list[str]:
    engine = setup.open_database(Settings(data))
    try:
        campaign = in_transaction(engine, lambda session: campaigns.ensure(session).id)
        return in_transaction(
            engine, lambda session: [devices.make_code(session, campaign) for _ in range(count)]
        )
    finally:
        engine.dispose()


def _laden(phone: WirePhone, picture: bytes, seed: int) -> HomeComing:
    chance = Random(seed)
    pictures = [picture + chance.randbytes(16) for _ in range(PHOTOS)]
    hazards = [phone.hazard() for _ in range(RECORDS)]
    attached = [phone.photo(hazards[n]["record"], data) for n, data in enumerate(pictures)]
    return HomeComing(phone, [*hazards, *attached], pictures, chance)


async def _all_home(laden: list[HomeComing], port: int) -> None:
    async with asyncio.TaskGroup() as group:
        for one in laden:
            group.create_task(one.over(port))


def _check(served: Served, laden: list[HomeComing]) -> None:
    for one in laden:
        assert set(one.stamps) == {op["n"] for op in one.ops}
        assert one.photos == {hashlib.sha256(data).hexdigest() for data in one.pictures}
    log = laden[0].phone.log()
    assert {(op["device"], op["n"]): op["seq"] for op in log} == {
        (one.phone.identity.device, n): seq for one in laden for n, seq in one.stamps.items()
    }
    assert len(log) == len(laden) * (RECORDS + PHOTOS)
    shelf = {path.name: path for path in (served.data / "photos").glob("[0-9a-f][0-9a-f]/*")}
    assert shelf.keys() == {sha256 for one in laden for sha256 in one.photos}
    for sha256, path in shelf.items():
        assert hashlib.sha256(path.read_bytes()).hexdigest() == sha256
    with closing(sqlite3.connect(served.data / "anlan.sqlite3")) as database:
        known = [sha256 for (sha256,) in database.execute("SELECT sha256 FROM photo_file")]
        assert sorted(known) == sorted(shelf)
        [[hazards]] = database.execute("SELECT count(*) FROM hazard").fetchall()
        assert hazards == len(laden) * RECORDS


def _rush(served: Served, phones: int) -> None:
    enrolled = [WirePhone.enrol(served.url, code) for code in _codes(served.data, phones)]
    picture = drawn.photo(480, 360, noise=True)
    laden = [_laden(phone, picture, seed) for seed, phone in enumerate(enrolled)]
    with FaultyLink(served.port, LINK, seed=phones) as link:
        asyncio.run(_all_home(laden, link.port))
        struck = dict(link.carried.did)
    peak = Server(served.port, served.pid).peak_megabytes()
    _check(served, laden)
    took = sorted(seconds for one in laden for seconds in one.pushes)
    met = sum((one.met for one in laden), Counter[str]())
    print(
        f"{phones} phones with {RECORDS} records and {PHOTOS} photos each: all home, 0 lost, 0 twice;"
        f" a push: median {statistics.median(took):.2f} s, p99 {took[int(len(took) * 0.99)]:.2f} s;"
        f" server's peak {peak:.0f} MB; links {struck}; phones met {dict(met)}"
    )
    assert peak is not None
    assert peak <= MOST_MEGABYTES


def test_forty_phones_come_home_at_once(served: Served) -> None:
    _rush(served, 40)


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_two_hundred_phones_come_home_at_once(served: Served) -> None:
    _rush(served, 200)
