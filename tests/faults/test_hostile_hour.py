"""Hostile phones, inspectors and strangers try everything at once; honest phones go on."""

import json
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from tests.bench.processes import Server as Process
from tests.support.served import Served
from tests.support.wire_phone import WirePhone

MOST_MEGABYTES = 600
"""The most memory that a server and its processes may ever hold, as the decision on lanes states."""
MOST_TIMES = 3.0
"""How much longer the slowest hundredth of pushes may take than while all is quiet."""
HONEST = 4
PASSWORD = "correct horse battery"


class Honest:
    """Phones that push one record after another; `stored`: (device, n) of what was acknowledged."""

    def __init__(self, served: Served) -> None:
        self.phones = [WirePhone.enrol(served.url, served.code()) for _ in range(HONEST)]
        self.stored: set[tuple[str, int]] = set()

    def push(self, phone: WirePhone) -> float:
        """Seconds that one push takes, tried again as phones do."""
        op, began = phone.hazard(), time.perf_counter()
        while (answer := phone.push([op])).status_code == 503:
            time.sleep(0.2)
        assert answer.status_code == 200, answer.text
        [result] = answer.json()["results"]
        assert result["status"] in ("stored", "duplicate")
        self.stored.add((phone.identity.device, op["n"]))
        return time.perf_counter() - began

    def round(self) -> list[float]:
        """Each pushes once, all at a time."""
        with ThreadPoolExecutor(HONEST) as pool:
            return list(pool.map(self.push, self.phones))


def _session(served: Served) -> str:
    """The session of an inspector's browser."""
    served.command("person", "add", "李巡查", "--role", "inspector", "--password-stdin", stdin=PASSWORD)
    browser = requests.Session()
    said = {"name": "李巡查", "password": PASSWORD}
    browser.post(f"{served.url}/sign-in", data=said, timeout=30).raise_for_status()
    return str(browser.cookies["anlan_session"])


def _hundredth(seconds: list[float]) -> float:
    """What 99 of 100 stay below."""
    return sorted(seconds)[int(len(seconds) * 0.99)]


def _attacked(served: Served, seconds: float, quiet_rounds: int) -> float:
    """How many times longer the slowest hundredth of honest pushes took than before."""
    honest = Honest(served)
    quiet = _hundredth([took for _ in range(quiet_rounds) for took in honest.round()])
    hostile = WirePhone.enrol(served.url, served.code()).identity
    who = (served.url, hostile.token, hostile.campaign, hostile.epoch, _session(served))
    attack = [sys.executable, "-m", "tests.faults.hostile", *who, str(seconds)]
    pushed: list[float] = []
    with subprocess.Popen(attack, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stdout.readline() == "begun\n"
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            pushed += honest.round()
            assert requests.get(f"{served.url}/healthz", timeout=10).status_code in (200, 503)
        answers = json.loads(process.stdout.read())
    peak = Process(served.port, served.pid).peak_megabytes()
    slower = _hundredth(pushed) / quiet
    print(
        f"{seconds:.0f} s of everything at once: {len(pushed)} honest pushes, p99 {_hundredth(pushed):.3f} s"
        f" against {quiet:.3f} s ({slower:.1f} times); peak {peak:.0f} MB; hostile answers {answers}"
    )
    assert honest.stored <= {(op["device"], op["n"]) for op in honest.phones[0].log()}
    assert not {"500", "502"} & answers.keys()
    assert peak is not None
    assert peak <= MOST_MEGABYTES
    return slower


@pytest.mark.timeout(240)
def test_a_few_seconds_of_everything_at_once(served: Served) -> None:
    _attacked(served, 4, 5)


@pytest.mark.soak
@pytest.mark.timeout(5400)
def test_an_hour_of_everything_at_once(served: Served) -> None:
    assert _attacked(served, 3600, 200) <= MOST_TIMES
