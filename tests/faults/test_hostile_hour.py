"""Hostile phones, inspectors and strangers try everything at once; honest phones go on."""

import json
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
import requests

from shared import merge
from shared.china_time import CHINA_TIME
from tests.bench.processes import Server as Process
from tests.faults.hostile import Target
from tests.support.drawn import photo as drawn
from tests.support.served import Served
from tests.support.wire_phone import WirePhone

MOST_MEGABYTES = 600
"""The most memory that a server and its processes may ever hold, as the decision on lanes states."""
MOST_TIMES = 3.0
"""How much longer the slowest hundredth of pushes may take than while all is quiet."""
HONEST = 20
ROUNDS = 900
"""The most records that each honest phone reports meanwhile: fewer than its allowance."""
PASSWORD = "correct horse battery"
SECRET = "13812345678"


@dataclass
class Honest:
    """Phones that push one record after another; `reported`: the fields of each hazard that was acknowledged.

    `seconds`: of each push, tried again as phones do.
    """

    served: Served
    reported: dict[str, dict[str, Any]] = field(default_factory=dict)
    stored: set[tuple[str, int]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.phones = [WirePhone.enrol(self.served.url, self.served.code()) for _ in range(HONEST)]

    def push(self, phone: WirePhone) -> float:
        """Report a hazard; the seconds that it takes."""
        number = len(self.reported)
        op, began = phone.hazard(water_name=f"石井{number}号塘", phone=SECRET), time.perf_counter()
        self.send(phone, op)
        self.reported[op["record"]] = op["fields"]
        return time.perf_counter() - began

    def send(self, phone: WirePhone, *ops: dict[str, Any]) -> None:
        """Push operations until all are stored."""
        while (answer := phone.push([*ops])).status_code == 503:
            time.sleep(0.2)
        assert answer.status_code == 200, answer.text
        fates = {result["status"] for result in answer.json()["results"]}
        assert fates <= {"stored", "duplicate"}, answer.text
        self.stored |= {(phone.identity.device, op["n"]) for op in ops}

    def round(self) -> list[float]:
        """Each reports once, all at a time."""
        with ThreadPoolExecutor(HONEST) as pool:
            return list(pool.map(self.push, self.phones))


def _person(served: Served, name: str, role: str) -> None:
    served.command("person", "add", name, "--role", role, "--password-stdin", stdin=PASSWORD)


def _browser(served: Served, name: str) -> requests.Session:
    """A browser in which somebody is signed in."""
    browser = requests.Session()
    said = {"name": name, "password": PASSWORD}
    browser.post(f"{served.url}/sign-in", data=said, timeout=30).raise_for_status()
    return browser


def _hundredth(seconds: list[float]) -> float:
    """What 99 of 100 stay below."""
    return sorted(seconds)[int(len(seconds) * 0.99)]


def _struck_off(served: Served, honest: Honest) -> tuple[str, str]:
    """A hazard that was rectified, accepted and struck off, and a photo of it."""
    phone = honest.phones[0]
    honest.push(phone)
    hazard = next(iter(honest.reported))
    photo = phone.photo(hazard, drawn(64, 64), "after")
    honest.send(phone, phone.event(hazard, "rectify"), photo, phone.event(hazard, "submit"))
    reviewer = WirePhone.enrol(served.url, served.code("王审核"))
    log = f"{served.url}/api/v1/campaigns/{reviewer.identity.campaign}/pull"
    page = requests.get(log, headers=reviewer.headers, timeout=30).json()
    seen = {"base": page["next"], "tip": page["tip"]}
    honest.send(reviewer, *({**reviewer.event(hazard, step), **seen} for step in ("accept", "close")))
    return hazard, photo["record"]


def _hazards(served: Served) -> dict[str, dict[str, Any]]:
    """Every hazard's status, disputes and fields."""
    kept = sqlite3.connect(served.data / "anlan.sqlite3")
    rows = kept.execute("SELECT id, status, conflicts, deleted, state FROM hazard").fetchall()
    kept.close()
    found: dict[str, dict[str, Any]] = {}
    for record, status, conflicts, deleted, state in rows:
        shown = merge.shown(merge.from_json(json.loads(state)))
        fields = {name: value for name, value in shown.items() if value not in (None, False)}
        found[record] = {"status": status, "conflicts": conflicts, "deleted": deleted, "fields": fields}
    return found


def _devices_of(served: Served, person: str) -> list[str]:
    kept = sqlite3.connect(served.data / "anlan.sqlite3")
    found = [row[0] for row in kept.execute("SELECT id FROM device WHERE person = ?", [person])]
    kept.close()
    return found


def _undone(browser: requests.Session, served: Served, devices: Iterable[str], since: datetime) -> None:
    """The administrator sees what each device did and undoes it."""
    for device in devices:
        url = f"{served.url}/devices/{device}"
        said = {"since": f"{since.astimezone(CHINA_TIME):%Y-%m-%dT%H:%M}", "reason": "恶意手机", "sure": "1"}
        assert browser.get(url, timeout=60).ok
        assert browser.post(f"{url}/undo", data=said, timeout=600).ok


def _attacked(served: Served, seconds: float, quiet_rounds: int) -> float:
    """How many times longer the slowest hundredth of honest pushes took than before."""
    for name, role in (
        ("王审核", "reviewer"),
        ("外审", "auditor"),
        ("张管理", "administrator"),
        ("李巡查", "inspector"),
    ):
        _person(served, name, role)
    honest, since = Honest(served), datetime.now(CHINA_TIME) - timedelta(minutes=1)
    closed, photo = _struck_off(served, honest)
    quiet = _hundredth([took for _ in range(quiet_rounds) for took in honest.round()])
    hostile = WirePhone.enrol(served.url, served.code("李巡查"), "可疑手机").identity
    target = Target(
        served.url,
        hostile.model_dump(mode="json"),
        str(_browser(served, "李巡查").cookies["anlan_session"]),
        WirePhone.enrol(served.url, served.code("外审")).identity.token,
        [record for record in honest.reported if record != closed],
        closed,
        photo,
        SECRET,
    )
    # Attackers have processors of their own: here they get what the server and the honest phones leave.
    attack = ["nice", "-n", "19", sys.executable, "-m", "tests.faults.hostile"]
    attack += [json.dumps(asdict(target)), str(seconds)]
    pushed: list[float] = []
    with subprocess.Popen(attack, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stdout.readline() == "begun\n"
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            following = time.monotonic() + seconds / ROUNDS
            pushed += honest.round()
            time.sleep(max(0.0, following - time.monotonic()))
            assert requests.get(f"{served.url}/healthz", timeout=10).status_code in (200, 503)
        came = json.loads(process.stdout.read())
    peak = Process(served.port, served.pid).peak_megabytes()
    slower = _hundredth(pushed) / quiet
    print(
        f"{seconds:.0f} s of everything at once: {len(pushed)} honest pushes, p99 {_hundredth(pushed):.3f} s"
        f" against {quiet:.3f} s ({slower:.1f} times); peak {peak:.0f} MB; {came}"
    )
    assert honest.stored <= {(op["device"], op["n"]) for op in honest.phones[0].log()}
    assert not {"500", "502"} & came["answers"].keys()
    assert came["leaks"] == 0
    assert {fate for fate in came["fates"] if fate.endswith(" stored")} == {"edit stored", "junk stored"}
    assert peak is not None
    assert peak <= MOST_MEGABYTES
    _look_after(served, honest, hostile.person.id, closed, since)
    return slower


def _look_after(served: Served, honest: Honest, person: str, closed: str, since: datetime) -> None:
    """What honest phones reported is as they did but for a description, which everybody may add; and wholly
    so once the administrator has undone what the devices of `person` did."""
    after = _hazards(served)
    assert after[closed]["fields"] == honest.reported[closed]
    for record, fields in honest.reported.items():
        assert {**after[record]["fields"], "description": None} == {**fields, "description": None}
        assert not after[record]["deleted"]
        assert after[record]["status"] == ("closed" if record == closed else "reported")
    admin = _browser(served, "张管理")
    listed = admin.get(f"{served.url}/devices", timeout=60).text
    assert "可疑手机" in listed
    assert "/devices/restored" in listed, "it claimed to have seen more than there is"
    _undone(admin, served, _devices_of(served, person), since)
    after = _hazards(served)
    assert {record for record, row in after.items() if not row["deleted"]} == honest.reported.keys()
    for record, fields in honest.reported.items():
        assert after[record]["fields"] == fields
        assert after[record]["conflicts"] == 0


@pytest.mark.timeout(240)
def test_a_few_seconds_of_everything_at_once(served: Served) -> None:
    _attacked(served, 4, 2)


@pytest.mark.soak
@pytest.mark.timeout(5400)
def test_an_hour_of_everything_at_once(served: Served) -> None:
    assert _attacked(served, 3600, 50) <= MOST_TIMES
