"""Everything that hostile phones, inspectors and strangers try, from a process of its own.

`python -m tests.faults.hostile URL TOKEN CAMPAIGN EPOCH SESSION SECONDS` prints the statuses of all answers.
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
from typing import Any
from urllib.parse import urlsplit

import requests
from PIL import Image

from tests.support import drawn

PATIENCE = 30


@dataclass
class Attacker:
    """Who attacks `url` with one phone's token and one inspector's session, until `over`."""

    url: str
    token: str
    campaign: str
    epoch: str
    session: str
    over: threading.Event = field(default_factory=threading.Event)
    answers: Counter[int] = field(default_factory=Counter)

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

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
            with suppress(requests.RequestException, OSError):
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
    url, token, campaign, epoch, session, seconds = sys.argv[1:]
    attacker = Attacker(url, token, campaign, epoch, session)
    attempts = [
        *(endless_enrolments(attacker), unread_answers(attacker), unfinished_uploads(attacker)),
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
    print(json.dumps(attacker.answers))


if __name__ == "__main__":
    main()
