"""The server's disk is full: it says so, keeps nothing by halves, goes on showing, recovers by itself."""

import base64
import hashlib
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import requests

from tests.support import drawn
from tests.support.served import Served
from tests.support.small_disk import SmallDisk, mounted
from tests.support.wire_phone import WirePhone

PASSWORD = "correct horse battery"
TUS = {"Tus-Resumable": "1.0.0"}
BATCH = 50
MEGABYTES = 64
MORE_THAN_A_LOG_HOLDS = 400
"""Pushes after which even the room that SQLite already has for its log must be used up."""


@pytest.fixture
def disk(data_dir: Path) -> Iterator[SmallDisk]:
    with mounted(data_dir, MEGABYTES) as small:
        yield small


class Photo:
    """An upload under way."""

    def __init__(self, phone: WirePhone, seed: int) -> None:
        self.data = drawn.photo(640, 480, seed=seed, noise=True)
        self.sha256 = hashlib.sha256(self.data).hexdigest()
        self._phone = phone
        self._place = ""

    def announce(self) -> requests.Response:
        """The answer to the announcement."""
        said = {"sha256": self.sha256, "mime": "image/jpeg"}
        metadata = ",".join(f"{k} {base64.b64encode(v.encode()).decode()}" for k, v in said.items())
        announced = {"Upload-Length": str(len(self.data)), "Upload-Metadata": metadata}
        url = f"{self._phone.url}/api/v1/photos"
        answer = requests.post(url, headers=self._headers | announced, timeout=30)
        self._place = self._phone.url + urlsplit(answer.headers.get("Location", "")).path
        return answer

    def send(self, start: int, end: int | None = None) -> requests.Response:
        """The answer to these of its bytes."""
        sent = {"Upload-Offset": str(start), "Content-Type": "application/offset+octet-stream"}
        return requests.patch(
            self._place, data=self.data[start:end], headers=self._headers | sent, timeout=30
        )

    def offset(self) -> int:
        """How far it is."""
        return int(requests.head(self._place, headers=self._headers, timeout=30).headers["Upload-Offset"])

    def shown(self, size: str = "original") -> requests.Response:
        """The photo itself."""
        url = f"{self._phone.url}/api/v1/photos/{self.sha256}/{size}"
        return requests.get(url, headers=self._headers, timeout=30)

    @property
    def _headers(self) -> dict[str, str]:
        return self._phone.headers | TUS


def _is_full(answer: requests.Response) -> bool:
    return answer.status_code == 507 and answer.json()["code"] == "storage_full"


def _administrator(served: Served) -> requests.Session:
    served.command("person", "add", "张管理", "--role", "administrator", "--password-stdin", stdin=PASSWORD)
    browser = requests.Session()
    answer = browser.post(f"{served.url}/sign-in", data={"name": "张管理", "password": PASSWORD}, timeout=30)
    assert answer.status_code == 200, answer.text
    return browser


def test_a_full_disk_is_said_and_nothing_is_kept_by_halves(disk: SmallDisk, served: Served) -> None:
    phone = WirePhone.enrol(served.url, served.code())
    browser = _administrator(served)
    first = [phone.hazard() for _ in range(BATCH)]
    assert phone.push(first).status_code == 200
    whole, half, late = (Photo(phone, seed) for seed in range(3))
    assert whole.announce().status_code == 201
    assert whole.send(0).status_code == 204
    assert half.announce().status_code == 201
    assert half.send(0, 10_000).status_code == 204

    disk.fill()
    acknowledged = list(first)
    refused: list[dict[str, object]] = []
    while not refused:
        batch = [phone.hazard() for _ in range(BATCH)]
        answer = phone.push(batch)
        if answer.status_code == 200:
            acknowledged += batch
            assert len(acknowledged) < BATCH * MORE_THAN_A_LOG_HOLDS
        else:
            assert _is_full(answer)
            refused = batch
    assert _is_full(phone.push(refused))
    assert _is_full(half.send(10_000))
    assert _is_full(late.announce())

    def shows_what_it_has() -> None:
        assert [op["n"] for op in phone.log()] == [op["n"] for op in acknowledged]
        assert whole.shown().content == whole.data
        assert half.offset() >= 10_000
        assert whole.announce().headers["Upload-Offset"] == str(len(whole.data))  # here already
        for page in ("/", "/ledger", "/map/points.json?bbox=113,22,115,24&zoom=12"):
            answer = browser.get(served.url + page, timeout=30)
            assert answer.status_code == 200, (page, answer.text)

    shows_what_it_has()
    served.kill()
    served.start()
    shows_what_it_has()
    assert _is_full(phone.push(refused))

    disk.free()
    assert [result["status"] for result in phone.push(refused).json()["results"]] == ["stored"] * BATCH
    acknowledged += refused
    assert half.send(half.offset()).status_code == 204
    assert half.shown().content == half.data
    assert late.announce().status_code == 201
    assert late.send(0).status_code == 204
    assert late.shown("thumb").status_code == 200
    shows_what_it_has()
    photo_files = [path.name for path in (served.data / "photos").glob("[0-9a-f][0-9a-f]/*")]
    assert sorted(photo_files) == sorted(photo.sha256 for photo in (whole, half, late))


def test_it_serves_where_not_even_its_first_lines_can_be_written(served: Served) -> None:
    served.kill()
    served.output = Path("/dev/full")
    served.start()
    assert requests.get(f"{served.url}/healthz", timeout=30).ok
