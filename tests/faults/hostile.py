"""Everything that hostile phones, inspectors and strangers try, from a process of its own.

`python -m tests.faults.hostile TARGET SECONDS`, the target as JSON, prints what came of it.
"""

import base64
import gzip
import hashlib
import io
import json
import socket
import sys
import threading
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from itertools import count
from random import Random
from typing import Any
from urllib.parse import urlsplit

import requests
from PIL import Image

from shared.sync.wire import EnrolAnswer
from tests.support import drawn
from tests.support.wire_phone import WirePhone

PATIENCE = 30


@dataclass
class Target:
    """What is attacked, and with what.

    `identity`: an enrolled inspector's phone. `session`: the same person's browser. `auditor`: the token of
    an auditor's phone. `open`, `closed`: hazards of others; `photo`: a photo of one. `secret`: a telephone
    number that auditors may not read.
    """

    url: str
    identity: dict[str, Any]
    session: str
    auditor: str
    open: list[str]
    closed: str
    photo: str
    secret: str


@dataclass
class Attacker:
    """Attacks until `over`; `answers`: how many of each status, `fates`: what became of operations."""

    target: Target
    over: threading.Event = field(default_factory=threading.Event)
    answers: Counter[int] = field(default_factory=Counter)
    fates: Counter[str] = field(default_factory=Counter)
    leaks: int = 0

    def __post_init__(self) -> None:
        self.url = self.target.url
        self.phone = WirePhone(self.url, EnrolAnswer.model_validate(self.target.identity))
        self.token, self.campaign = self.phone.identity.token, self.phone.identity.campaign
        self.epoch, self.session = self.phone.identity.epoch, self.target.session

    @property
    def headers(self) -> dict[str, str]:
        return self.phone.headers

    def push(self, kind: str, *ops: dict[str, Any], by: WirePhone | None = None) -> None:
        """Push some operations; what became of them is counted under `kind`."""
        answer = (by or self.phone).push([*ops])
        self.answers[answer.status_code] += 1
        for result in answer.json().get("results", ()):
            self.fates[f"{kind} {result.get('why', {}).get('code', 'stored')}"] += 1

    def ask(self, method: str, path: str, **given: Any) -> None:
        """One request; the status of its answer is counted."""
        self.answers[requests.request(method, self.url + path, timeout=PATIENCE, **given).status_code] += 1

    def hold(self, connections: int, sent: bytes) -> None:
        """Send the same on many connections, and read nothing for a second."""
        address = urlsplit(self.url)
        with ExitStack() as open_ones:
            for _ in range(connections):
                one = open_ones.enter_context(
                    socket.create_connection((address.hostname or "", address.port or 0), timeout=PATIENCE)
                )
                one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
                one.sendall(sent)
            self.over.wait(1)

    def repeat(self, attempt: Callable[[int], None]) -> None:
        """Go on until it is over, whatever the server says."""
        for number in count():
            if self.over.is_set():
                return
            with suppress(requests.RequestException, OSError, ValueError):
                attempt(number)


def endless_enrolments(attacker: Attacker) -> Callable[[int], None]:
    """A hundred connections with gzip that never ends."""
    head = "POST /api/v1/enrol HTTP/1.1\r\nHost: x\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked"
    packed = gzip.compress(b" " * 8_000_000)[:-8]
    sent = head.encode() + b"\r\n\r\n%x\r\n%b\r\n" % (len(packed), packed)
    return lambda _: attacker.hold(100, sent)


def unread_answers(attacker: Attacker) -> Callable[[int], None]:
    """Pulls of which nothing is read."""
    path = f"/api/v1/campaigns/{attacker.campaign}/pull"
    sent = f"GET {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {attacker.token}\r\n\r\n".encode()
    return lambda _: attacker.hold(50, sent)


def large_operations(attacker: Attacker) -> Callable[[int], None]:
    """One refused operation of 8 MB, and one of very many empty lists."""
    bodies = []
    remarks: list[Any] = ["x" * 7_900_000, [[]] * 95_000, [[]] * 2_000_000]
    for remark in remarks:
        message = {"epoch": attacker.epoch, "ops": [{"n": 1, "type": "hazard", "fields": {"remark": remark}}]}
        bodies.append(gzip.compress(json.dumps(message).encode(), 1))
    path = f"/api/v1/campaigns/{attacker.campaign}/push"
    headers = {**attacker.headers, "Content-Encoding": "gzip"}
    return lambda number: attacker.ask("POST", path, data=bodies[number % len(bodies)], headers=headers)


def hostile_pictures(attacker: Attacker) -> Callable[[int], None]:
    """Pictures that claim to be large, that are as large as may be, and that only take time."""
    written = io.BytesIO()
    Image.new("RGB", (4000, 4000), "red").save(written, "WEBP", lossless=True, method=0)
    largest = written.getvalue()
    claiming = bytearray(largest)
    at = claiming.index(b"VP8L") + 9
    claiming[at : at + 4] = (16_382 | 3_049 << 14).to_bytes(4, "little")
    jpeg = drawn.photo(64, 64)
    slow = jpeg[:2] + b"\xff" * 8_000_000 + jpeg[2:]
    pictures = [(bytes(claiming), "image/webp"), (largest, "image/webp"), (slow, "image/jpeg")]

    def attempt(number: int) -> None:
        data, mime = pictures[number % len(pictures)]
        data += number.to_bytes(8, "big")
        digest = hashlib.sha256(data).hexdigest()
        attacker.ask(
            "POST", "/api/v1/photos", data=data, headers=_announced(attacker, digest, mime, len(data))
        )
        attacker.ask("GET", f"/api/v1/photos/{digest}/thumb", headers=attacker.headers)

    return attempt


def unfinished_uploads(attacker: Attacker) -> Callable[[int], None]:
    """Uploads of 32 MB that begin and never end."""

    def attempt(number: int) -> None:
        digest = hashlib.sha256(str(number).encode()).hexdigest()
        headers = _announced(attacker, digest, "image/jpeg", 32 * 2**20)
        attacker.ask("POST", "/api/v1/photos", data=b"x" * 500_000, headers=headers)

    return attempt


def exports(attacker: Attacker) -> Callable[[int], None]:
    """Workbooks, of one inspector."""
    headers = {"Cookie": f"anlan_session={attacker.session}"}
    return lambda _: attacker.ask("GET", "/exports/ledger.xlsx", headers=headers)


def forged_restores(attacker: Attacker) -> Callable[[int], None]:
    """Claims to have seen another log, so that everybody would start over."""
    path = f"/api/v1/campaigns/{attacker.campaign}/pull"
    said = {"since": "1", "tip": "f" * 16}
    return lambda number: attacker.ask(
        "GET", path, params={**said, "receipt": "x" * (number % 80)}, headers=attacker.headers
    )


def vandalism(attacker: Attacker) -> Callable[[int], None]:
    """Deleting, moving, emptying and reopening what others reported; and edits that everybody may make."""
    phone, target, rng = attacker.phone, attacker.target, Random(0)

    def attempt(_: int) -> None:
        one = rng.choice(target.open)
        attacker.push("deletion", phone.op("hazard", "delete", {}, one))
        attacker.push("move", phone.op("hazard", "edit", {"town_code": "441900101"}, one))
        attacker.push("emptying", phone.op("hazard", "edit", {"water_name": None}, one))
        attacker.push("detaching", phone.op("photo", "detach", {}, target.photo))
        attacker.push("renaming", phone.op("hazard", "edit", {"water_name": "假"}, target.closed))
        attacker.push("reopening", phone.event(target.closed, rng.choice(("rectify", "control", "report"))))
        attacker.push("edit", phone.op("hazard", "edit", {"description": f"假{rng.random()}"}, one))

    return attempt


def junk_hazards(attacker: Attacker) -> Callable[[int], None]:
    """Hazards that are not there."""
    return lambda _: attacker.push("junk", *(attacker.phone.hazard(description="假") for _ in range(50)))


def quarantine_fillers(attacker: Attacker) -> Callable[[int], None]:
    """Different operations of 60 kB that are all refused."""
    phone = attacker.phone
    return lambda number: attacker.push(
        "filling", phone.op("hazard", "edit", {"colour": f"{number}" + "x" * 60_000})
    )


def devices(attacker: Attacker) -> Callable[[int], None]:
    """Ever more devices of one person, each of which writes on the same hazard."""
    known = attacker.phone.identity.model_dump()

    def attempt(_: int) -> None:
        answer = requests.post(f"{attacker.url}/api/v1/device", headers=attacker.headers, timeout=PATIENCE)
        attacker.answers[answer.status_code] += 1
        if answer.status_code == 201:
            said = {**known, **{name: answer.json()[name] for name in ("device", "token")}}
            twin = WirePhone(attacker.url, EnrolAnswer.model_validate(said))
            one = attacker.target.open[0]
            attacker.push("edit", twin.op("hazard", "edit", {"description": "假"}, one), by=twin)

    return attempt


def readers_of_contacts(attacker: Attacker) -> Callable[[int], None]:
    """An auditor's phone that reads the log and the records, for a number that it may not know."""
    headers = {"Authorization": f"Bearer {attacker.target.auditor}"}

    def attempt(number: int) -> None:
        part = ("pull", "snapshot")[number % 2]
        url = f"{attacker.url}/api/v1/campaigns/{attacker.campaign}/{part}"
        answer = requests.get(url, headers=headers, timeout=PATIENCE)
        attacker.answers[answer.status_code] += 1
        attacker.leaks += attacker.target.secret in answer.text

    return attempt


def _announced(attacker: Attacker, digest: str, mime: str, length: int) -> dict[str, str]:
    promised = {"sha256": digest, "mime": mime}
    metadata = ",".join(f"{k} {base64.b64encode(v.encode()).decode()}" for k, v in promised.items())
    return {
        **attacker.headers,
        "Tus-Resumable": "1.0.0",
        "Content-Type": "application/offset+octet-stream",
        "Upload-Length": str(length),
        "Upload-Metadata": metadata,
    }


def main() -> None:
    """Attack for some seconds."""
    target, seconds = sys.argv[1:]
    attacker = Attacker(Target(**json.loads(target)))
    attempts = [
        *(endless_enrolments(attacker), unread_answers(attacker), unfinished_uploads(attacker)),
        *(forged_restores(attacker), vandalism(attacker), junk_hazards(attacker), devices(attacker)),
        *(quarantine_fillers(attacker), readers_of_contacts(attacker)),
        *[large_operations(attacker)] * 3,
        *[hostile_pictures(attacker)] * 4,
        *[exports(attacker)] * 12,
    ]
    threads = [threading.Thread(target=attacker.repeat, args=(attempt,)) for attempt in attempts]
    for thread in threads:
        thread.start()
    print("begun", flush=True)
    attacker.over.wait(float(seconds))
    attacker.over.set()
    for thread in threads:
        thread.join()
    print(json.dumps({"answers": attacker.answers, "fates": attacker.fates, "leaks": attacker.leaks}))


if __name__ == "__main__":
    main()
