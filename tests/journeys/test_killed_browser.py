"""A browser is killed while the app in it saves and syncs: what the app called saved reaches the server once.

The built app in Chromium, whose profile stays; a server that is never down, behind a slow link that tells how
far the phone has come.
"""

import hashlib
import random
import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.support import drawn
from tests.support.faulty_link import Carried, Faults, FaultyLink
from tests.support.hand_phone import HandPhone, HandPhones
from tests.support.phone_browser import button, fill, pick_photo, tap, wait_for
from tests.support.served import Served
from tests.support.wire_phone import WirePhone

pytestmark = [pytest.mark.browser, pytest.mark.timeout(3600)]

SLOW = Faults(up_rate=200_000, delay=0.25)
POND = "后山塘"
PATIENCE_S = 120


@dataclass(frozen=True)
class Now:
    """How far a save has come: seconds since the tap, whether the app called it saved, what the link carried
    since then, and which share of the photo."""

    seconds: float
    told: bool
    carried: Carried
    share: float


@dataclass(frozen=True)
class Moment:
    """When the browser dies."""

    name: str
    come: Callable[[Now], bool]


def _after(seconds: float) -> Moment:
    return Moment(f"{seconds:.2f} s after the tap", lambda now: now.seconds >= seconds)


def _given(name: str, answer: str) -> Moment:
    """The server has given this answer, and the phone has not heard it yet."""
    return Moment(name, lambda now: now.carried.answers[answer] > 0)


SOON, TOLD = _after(0.1), Moment("told to be saved", lambda now: now.told)
STORED = _given("records stored", "POST campaigns 200")
HALF_SENT = Moment("photo half sent", lambda now: now.share > 0.5)
VERIFIED = Moment(
    "photo verified", lambda now: now.share >= 1 and now.carried.answers["PATCH photos 204"] > 0
)
FEW = [STORED, HALF_SENT]
"""The everyday sample; the first journey kills a phone that was told and has sent nothing."""
MORE = [
    TOLD,
    SOON,
    VERIFIED,
    _after(0.0),
    _after(0.25),
    Moment("records on their way", lambda now: now.carried.bodies["POST campaigns"] > 0),
    _given("news read", "GET campaigns 200"),
    _given("photo announced", "POST photos 201"),
    Moment("photo begun", lambda now: now.share > 0),
    Moment("photo sent", lambda now: now.share >= 1),
]


class _Dying:
    """A phone that writes notes with photos, and dies over each."""

    def __init__(self, phone: HandPhone, link: FaultyLink, folder: Path, database: Path) -> None:
        self._phone, self._link, self._folder, self._database = phone, link, folder, database
        self.told: set[str] = set()
        """The notes that the app called saved."""
        self.there: set[str] = set()
        """Those at the server."""

    def save_and_die(self, note: str, width: int, moment: Moment) -> None:
        """Write a note, save it, die at that moment; open the app again and let it bring all in."""
        page, photo = self._phone.page, self._folder / f"{note}.jpg"
        photo.write_bytes(drawn.photo(width, 500, noise=True))
        tap(page, POND)
        tap(page, "备注")
        button(page, "丢弃").or_(button(page, "选择照片")).first.wait_for()
        if button(page, "丢弃").count():  # the form that it died over was kept
            tap(page, "丢弃")
        pick_photo(page, photo, shown="现场照片 1")
        fill(page, "说明", note)
        carried = self._link.carried = Carried()
        size = photo.stat().st_size
        button(page, "保存").click(no_wait_after=True)
        began, told = time.monotonic(), False
        while True:
            told = told or page.get_by_text("已离线保存").count() > 0
            now = Now(time.monotonic() - began, told, carried, carried.bodies["PATCH photos"] / size)
            if moment.come(now):
                break
            assert now.seconds < PATIENCE_S, (moment.name, now)
        self._phone.kill()
        if told:
            self.told.add(note)
        print(f"killed: {moment.name}, {'told' if told else 'not told'} to be saved")
        self._phone.open()
        wait_for(self._phone.page, "已上传", within_ms=PATIENCE_S * 1000)
        self.check()

    def check(self) -> None:
        """What the app called saved is at the server, once, and so are its photos."""
        asked = (
            "SELECT e.fields ->> 'comment', f.sha256 FROM hazard_event e LEFT JOIN photo p ON p.event = e.id"
            " LEFT JOIN photo_file f USING (sha256) WHERE e.event_type = 'note'"
        )
        server = sqlite3.connect(f"file:{self._database}?mode=ro", uri=True)
        found: list[Any] = server.execute(asked).fetchall()
        server.close()
        notes = [note for note, _ in found]
        assert self.told <= set(notes)
        assert len(notes) == len(set(notes))
        for _, sha256 in found:
            data = (self._database.parent / "photos" / sha256[:2] / sha256).read_bytes()
            assert hashlib.sha256(data).hexdigest() == sha256
        self.there = set(notes)


def _die_again_and_again(phones: HandPhones, served: Served, folder: Path, moments: list[Moment]) -> None:
    survey = WirePhone.enrol(served.url, served.code())
    assert survey.push([survey.hazard(water_name=POND, water_type="hill_pond")]).status_code == 200
    with FaultyLink(served.port) as link:
        phone = phones.take(link.port)
        phone.enrol(served.code(), "一号手机")
        wait_for(phone.page, POND)
        link.turn(SLOW)
        dying = _Dying(phone, link, folder, served.data / "anlan.sqlite3")
        for number, moment in enumerate(moments):
            dying.save_and_die(f"第{number}次", 600 + number, moment)
        phone.close()
    print(f"{len(moments)} kills, {len(dying.told)} told to be saved, {len(dying.there)} there")


def test_a_killed_browser_loses_nothing_it_called_saved(
    phones: HandPhones, serving: Served, tmp_path: Path
) -> None:
    _die_again_and_again(phones, serving, tmp_path, FEW)


@pytest.mark.soak
def test_a_killed_browser_loses_nothing_at_many_moments(
    phones: HandPhones, serving: Served, tmp_path: Path
) -> None:
    chance = random.Random()
    at_random = [_after(chance.uniform(0, 3)) for _ in range(10)]
    _die_again_and_again(phones, serving, tmp_path, [*FEW, *MORE, *at_random])
