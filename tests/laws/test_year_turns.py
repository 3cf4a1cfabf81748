"""The register, its counts and its numbers over New Year, wherever a phone or the server stands."""

import json
import re
import time
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone

import pytest
from starlette.testclient import TestClient

from mobile_app.store.log import recording
from shared.china_time import CHINA_TIME
from shared.vocabulary import EventType, PhotoRole
from sync_server.database import campaigns
from sync_server.database.timestamps import today
from sync_server.database.transactions import in_transaction
from tests.laws import handset, plays
from tests.laws.handset import Handset
from tests.laws.world import TOWNS, Prepared, World

ZONES = {"UTC": 0, "Asia/Shanghai": 8, "America/Los_Angeles": -8}
EVE = datetime(2026, 12, 31, 23, 50, tzinfo=CHINA_TIME)
NEW_YEAR = datetime(2027, 1, 1, 0, 10, tzinfo=CHINA_TIME)


@pytest.fixture(params=ZONES)
def world(
    request: pytest.FixtureRequest, prepared: Prepared, monkeypatch: pytest.MonkeyPatch
) -> Iterator[World]:
    """Phones and a server whose clocks are right and stand in that zone."""
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    monkeypatch.setattr(handset, "_ZONE", timezone(timedelta(hours=ZONES[request.param])))
    made = World(prepared, [0, 0, 0])
    yield made
    made.close()
    monkeypatch.undo()
    time.tzset()


def at(world: World, moment: datetime) -> None:
    world.t = int(moment.timestamp() * 1000)


def numbers(world: World) -> list[str]:
    return [number for (number,) in world.office.rows("SELECT ledger_no FROM hazard ORDER BY ledger_no")]


def treat(world: World, phone: Handset, hazard: str, browser: TestClient) -> None:
    """Rectify on the phone, accept and strike off in the office."""
    photos = [
        {**photo, "role": PhotoRole.AFTER.value} for photo in phone.photographed([int(hazard[-4:], 16)])
    ]
    steps = (EventType.RECTIFY, EventType.SUBMIT)
    moment = phone.moment()
    assert world.save(
        phone,
        lambda session: recording.add_events(
            session, hazard, steps, {"measures_done": "加装护栏"}, photos, moment
        ),
    )
    world.rest()
    page = browser.get(f"/hazards/{hazard}").text
    form = dict(re.findall(r'name="(base|event)" value="([^"]*)"', page))
    decision = {**form, "step": "accept_and_close", "sure": "1"}
    answer = browser.post(f"/hazards/{hazard}/decisions", data=decision)
    assert answer.status_code == 303, answer.text


def counted(page: str) -> tuple[str, str]:
    """The count and the target on the map."""
    found = re.search(r'<p class="count"><strong>(\d+)</strong> / (\d+)</p>', page)
    assert found
    return found[1], found[2]


def test_the_day_and_the_year_are_chinas(world: World) -> None:
    at(world, EVE)
    assert today() == "2026-12-31"
    at(world, NEW_YEAR)
    assert today() == "2027-01-01"


def test_numbers_go_on_in_the_old_year_and_begin_again_in_the_new(world: World) -> None:
    phone, late, _ = world.phones
    at(world, EVE)
    plays.report(world, phone)
    plays.report(world, late)  # is saved in the old year, and comes in the new
    world.sync(phone)
    at(world, NEW_YEAR)
    plays.report(world, phone)
    world.rest()
    town = TOWNS[0]
    assert numbers(world) == [
        *(f"DG-{town}-2026-{number:05d}" for number in (1, 2, 3, 4)),
        f"DG-{town}-2027-00001",
    ]


def test_a_hazard_counts_in_the_year_in_which_it_was_struck_off(world: World) -> None:
    phone = world.phones[0]
    at(world, EVE)
    hazard = plays.hazard_of(phone)
    other = plays.hazard_of(phone, last=True)
    browser = world.office.browser()
    treat(world, phone, hazard, browser)
    assert counted(browser.get("/").text) == ("1", "2000")
    at(world, NEW_YEAR)
    in_transaction(
        world.office.engine,
        lambda session: campaigns.set_target(session, world.office.campaign, 2027, 2100),
    )
    page = browser.get("/").text
    assert counted(page) == ("0", "2100")
    assert counted(browser.get("/?year=2026").text) == ("1", "2000")
    assert 'href="/?year=2026"' in page
    treat(world, phone, other, browser)
    assert counted(browser.get("/").text) == ("1", "2100")
    assert counted(browser.get("/?year=2026").text) == ("1", "2000")


def test_nothing_is_hidden_by_new_year(world: World) -> None:
    phone = world.phones[0]
    at(world, EVE)
    plays.report(world, phone)
    world.rest()
    browser = world.office.browser()

    def shown() -> tuple[set[str], int]:
        names = set(re.findall(r'<a href="/hazards/([^"]+)"><strong>', browser.get("/ledger").text))
        features = json.loads(browser.get("/exports/hazards.geojson").text)["features"]
        return names, len(features)

    before = shown()
    assert before[0]
    at(world, NEW_YEAR)
    assert shown() == before
    world.sync(phone)
    assert phone.heard.problem is None, "a phone of the old year goes on"
