"""Two servers on one PostgreSQL database and one photo folder: what one does as it starts harms no other."""

import base64
import hashlib
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests
from sqlalchemy import Engine, select, update
from sqlmodel import Session

from sync_server.access import devices
from sync_server.access.sign_in.attempts import MOST
from sync_server.database import campaigns
from sync_server.database.tables import PhotoFileRow, PhotoHolderRow
from sync_server.database.transactions import in_transaction, reading
from sync_server.maintenance import setup
from sync_server.photos import unnamed
from sync_server.photos.service import PhotoService
from sync_server.settings import Settings
from tests.support.drawn import photo as drawn
from tests.support.postgres import Postgres
from tests.support.served import Served
from tests.support.wire_phone import WirePhone

HOLDERS, FILES = (row.metadata.tables[str(row.__tablename__)] for row in (PhotoHolderRow, PhotoFileRow))
PHOTOS = 60


@pytest.fixture
def database(postgresql: Postgres) -> Iterator[str]:
    """A database of its own."""
    url = postgresql.fresh()
    yield url
    postgresql.drop(url)


@pytest.fixture
def engine(database: str, tmp_path: Path) -> Iterator[Engine]:
    """The database at the present schema."""
    opened = setup.open_database(Settings(tmp_path, database))
    yield opened
    opened.dispose()


@pytest.fixture
def servers(database: str, tmp_path: Path) -> Iterator[list[Served]]:
    """Two servers that are not started; each has a data folder, the photos are in one."""
    made = []
    with socket.socket() as one, socket.socket() as two:
        for probe in (one, two):
            probe.bind(("127.0.0.1", 0))
        ports = [probe.getsockname()[1] for probe in (one, two)]
    settings = (f"ANLAN_DATABASE_URL={database}", f"ANLAN_PHOTOS={tmp_path / 'photos'}")
    for number, port in enumerate(ports):
        data = tmp_path / f"var{number}"
        data.mkdir()
        made.append(Served(data, port, ("env", *settings)))
    yield made
    for server in made:
        server.kill()


def sent(url: str, phone: WirePhone, data: bytes) -> bool:
    """Announce a photo, and send its bytes if they are asked for; whether the server says that it is here."""
    said = {"sha256": hashlib.sha256(data).hexdigest(), "mime": "image/jpeg"}
    metadata = ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in said.items())
    tus = {**phone.headers, "Tus-Resumable": "1.0.0"}
    headers = {**tus, "Upload-Length": str(len(data)), "Upload-Metadata": metadata}
    answer = requests.post(f"{url}/api/v1/photos", headers=headers, timeout=30)
    if answer.status_code == 201 and answer.headers["Upload-Offset"] == "0":
        more = {"Content-Type": "application/offset+octet-stream", "Upload-Offset": "0"}
        where = f"{url}/api/v1/photos/{answer.headers['Location'].rpartition('/')[2]}"
        answer = requests.patch(where, data=data, headers={**tus, **more}, timeout=30)
    assert answer.status_code in (201, 204, 404, 409, 503), answer.text
    return answer.status_code < 300 and answer.headers["Upload-Offset"] == str(len(data))


def test_what_a_server_takes_in_while_others_delete_old_photos_is_kept(
    engine: Engine, servers: list[Served], tmp_path: Path
) -> None:
    first, second = servers
    first.start()
    phone = WirePhone.enrol(first.url, in_transaction(engine, setup_code))
    photos = {hashlib.sha256(data).hexdigest(): data for data in (drawn(seed=n) for n in range(PHOTOS))}
    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(lambda data: sent(first.url, phone, data), photos.values()))
        long_ago = update(HOLDERS).values(since="2020-01-01T00:00:00.000Z")
        in_transaction(engine, lambda session: session.execute(long_ago))
        kept = list(photos.items())[: PHOTOS // 2]
        starting = pool.submit(second.start)
        deleting = [pool.submit(delete_old, engine, tmp_path / "photos") for _ in range(2)]
        told: set[str] = set()
        while not starting.done():
            for sha256, data in kept:
                if sent(first.url, phone, data):
                    told.add(sha256)
        starting.result()
        for one in deleting:
            one.result()
    assert told
    for server in servers:
        for sha256 in told:
            assert sent(server.url, phone, photos[sha256])
    with reading(engine) as session:
        rows = set(session.execute(select(FILES.c.sha256)).scalars())
    files = {path.name for path in (tmp_path / "photos").glob("[0-9a-f][0-9a-f]/*")}
    assert told <= rows
    assert rows == files
    assert rows <= {sha256 for sha256, _ in kept}, "what nobody sent again is gone"


def test_wrong_passwords_at_either_server_count_together(servers: list[Served]) -> None:
    for server in servers:
        server.start()
    form = {"name": "nobody", "password": "wrong wrong wrong"}

    def guess(n: int) -> int:
        return requests.post(f"{servers[n % 2].url}/sign-in", data=form, timeout=30).status_code

    assert [guess(n) for n in range(MOST)] == [401] * MOST
    assert [guess(0), guess(1)] == [429, 429]


def delete_old(engine: Engine, folder: Path) -> None:
    unnamed.delete_old(engine, PhotoService.in_folder(folder))


def setup_code(session: Session) -> str:
    return devices.make_code(session, campaigns.ensure(session).id)
