"""Third-party tus clients work with our server unchanged: whole, paused and resumed, over a bad link."""

import hashlib
import subprocess
import sys
import uuid
from pathlib import Path

import pytest
import requests

from tests.support import drawn
from tests.support.faulty_link import Faults, FaultyLink
from tests.support.served import Served
from tests.support.wire_phone import WirePhone

PROJECT = Path(__file__).parents[2]
HERE = Path(__file__).parent / "tus_clients"
NODE = Path(sys.executable).with_name("node")
COMMANDS: dict[str, list[str]] = {
    "tuspy": [sys.executable, "-m", "tests.faults.tus_clients.with_tuspy"],
    "aiotus": [sys.executable, "-m", "tests.faults.tus_clients.with_aiotus"],
    "tus-js-client": [str(NODE), str(HERE / "with_tus_js.mjs")],
}
CUTS = Faults(cut_up=30_000, cut_down=4_000, lost=0.1, truncated=0.1, doubled=0.1)
MAX_LIVES = 30

clients = pytest.mark.parametrize("client", COMMANDS)


@pytest.fixture(scope="module")
def phone(served_on: Served) -> WirePhone:
    """A phone whose token the clients use."""
    return WirePhone.enrol(served_on.url, served_on.code())


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """A unique JPEG of about 200 kB."""
    path = tmp_path / "pond.jpg"
    path.write_bytes(drawn.photo(800, 600, noise=True) + uuid.uuid4().bytes)
    return path


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _run(client: str, mode: str, url: str, phone: WirePhone, photo: Path) -> bool:
    """Run the client to its end; returns whether it succeeded."""
    arguments = [
        mode,
        url,
        phone.identity.token,
        photo,
        _sha256(photo.read_bytes()),
        photo.with_name("memory"),
    ]
    done = subprocess.run(
        [*COMMANDS[client], *map(str, arguments)], cwd=PROJECT, capture_output=True, text=True, timeout=60
    )
    print(done.stdout, done.stderr)
    return done.returncode == 0


def _is_stored(phone: WirePhone, photo: Path) -> bool:
    sha256 = _sha256(photo.read_bytes())
    answer = requests.get(f"{phone.url}/api/v1/photos/{sha256}/original", headers=phone.headers, timeout=30)
    return answer.status_code == 200 and _sha256(answer.content) == sha256


def _open_uploads(served: Served) -> int:
    return len(list((served.data / "photos" / "partial").iterdir()))


@clients
def test_a_photo_is_uploaded_in_one_go(client: str, served_on: Served, phone: WirePhone, photo: Path) -> None:
    assert _run(client, "whole", served_on.url, phone, photo)
    assert _is_stored(phone, photo)
    again = photo.with_name("again")  # where the client does not remember the upload
    again.mkdir()
    assert _run(client, "whole", served_on.url, phone, photo.rename(again / photo.name))


@clients
def test_a_paused_upload_is_resumed_by_a_new_process(
    client: str, served_on: Served, phone: WirePhone, photo: Path
) -> None:
    before = _open_uploads(served_on)
    assert _run(client, "pause", served_on.url, phone, photo)
    assert not _is_stored(phone, photo)
    assert _open_uploads(served_on) == before + 1
    assert _run(client, "resume", served_on.url, phone, photo)
    assert _is_stored(phone, photo)
    assert _open_uploads(served_on) == before


@clients
def test_a_photo_is_uploaded_over_a_link_that_is_cut(
    client: str, served_on: Served, phone: WirePhone, photo: Path
) -> None:
    with FaultyLink(served_on.port, CUTS, seed=7) as link:
        lives = 1
        while not _run(client, "whole", link.url, phone, photo):
            lives += 1
            assert lives < MAX_LIVES
        print(f"{client}: {lives} lives, {dict(link.carried.did)}, {dict(link.carried.answers)}")
        assert link.carried.did["cut"] >= 2
    assert _is_stored(phone, photo)


def test_the_creation_request_can_carry_the_bytes(served_on: Served, phone: WirePhone, photo: Path) -> None:
    assert _run("tus-js-client", "at once", served_on.url, phone, photo)
    assert _is_stored(phone, photo)


def test_an_upload_can_be_terminated(served_on: Served, phone: WirePhone, photo: Path) -> None:
    before = _open_uploads(served_on)
    assert _run("tus-js-client", "pause", served_on.url, phone, photo)
    assert _run("tus-js-client", "end", served_on.url, phone, photo)
    assert _open_uploads(served_on) == before
