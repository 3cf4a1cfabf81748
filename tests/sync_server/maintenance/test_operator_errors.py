"""What the person who runs a server does wrong is said in a sentence, never as a traceback."""

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from shared.problem_texts import sentence
from shared.vocabulary import Role
from sync_server import cli
from sync_server.database.tables import PhotoFileRow
from sync_server.database.transactions import in_transaction
from sync_server.maintenance import people_access, setup
from sync_server.maintenance.people_access import GrantRequest
from sync_server.settings import Settings
from tests.support.drawn import photo as drawn
from tests.support.server import Server
from tests.sync_server.photos.test_whole import send, sha256

Run = Callable[..., tuple[int, str]]


@pytest.fixture
def anlan(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Iterator[Run]:
    """Run the command in this process; its exit code and what it printed."""
    mask = os.umask(0o022)

    def run(*words: object, **environment: str) -> tuple[int, str]:
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(sys, "argv", ["anlan", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        for name in environment:
            monkeypatch.delenv(name)
        out, err = capfd.readouterr()
        return int(ended.value.code or 0), out + err

    yield run
    os.umask(mask)


def has(printed: str, code: str, **details: object) -> bool:
    return all(sentence(code, details, language) in printed for language in ("zh", "en"))


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("ANLAN_DATABASE_URL", "not a url"),
        ("ANLAN_DATABASE_URL", "mysql://host/anlan"),
        ("ANLAN_DATABASE_URL", "postgresql://host:port/anlan"),
        ("ANLAN_TILES_DATUM", "BD-09"),
        ("ANLAN_TILES_URL", "tiles.example/{z}/{x}/{y}.png"),
        ("ANLAN_TILES_FILE", "no-such-file.mbtiles"),
        ("ANLAN_PUBLIC_URL", "anlan.example"),
        ("ANLAN_PUBLIC_URL", "https://anlan.example:70000"),
        ("ANLAN_PUBLIC_URL", "https://anlan.example/?a=b"),
        ("ANLAN_PUBLIC_URL", "https://[::1"),
    ],
)
def test_a_wrong_setting_is_named(anlan: Run, data_dir: Path, setting: str, value: str) -> None:
    code, printed = anlan("serve", "--data", data_dir, **{setting: value})
    assert code == 1
    assert has(printed, "setting_invalid", setting=setting), printed
    assert not list(data_dir.iterdir())


@pytest.mark.parametrize("port", [0, 70_000, "x"])
def test_a_port_that_cannot_be_is_refused(anlan: Run, data_dir: Path, port: object) -> None:
    assert anlan("serve", "--data", data_dir, "--port", port)[0] == 2


def test_a_folder_that_cannot_be_used_is_named(anlan: Run, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("x")
    for words, environment in (
        (("--data", file), {}),
        (("--data", file / "var"), {}),
        (("--data", tmp_path / "var"), {"ANLAN_PHOTOS": str(file)}),
        (("--data", tmp_path / "var"), {"ANLAN_DATABASE_URL": f"sqlite:///{file}/a/b.sqlite3"}),
    ):
        code, printed = anlan("serve", *words, **environment)
        assert code == 1
        assert "Traceback" not in printed
        assert str(file) in printed
        assert sentence("folder_unusable", {}, "en")[:34] in printed, printed


@pytest.mark.parametrize("broken", ["junk", "read-only"])
def test_a_database_that_cannot_be_used_is_said(anlan: Run, data_dir: Path, broken: str) -> None:
    file = data_dir / "anlan.sqlite3"
    if broken == "junk":
        file.write_bytes(b"this is no database " * 1000)
    else:
        engine = setup.open_database(Settings(data_dir))
        setup.start(engine, "管理员")
        engine.dispose()
        whole = bytearray(file.read_bytes())
        whole[18] = 3  # of a later SQLite, which this one may read and not write
        file.write_bytes(whole)
    for words in (("serve",), ("phone", "code"), ("restored",)):
        code, printed = anlan(*words, "--data", data_dir)
        assert code == 1
        assert has(printed, "database_unavailable"), printed
        assert "Traceback" not in printed


def test_a_database_that_is_away_is_not_called_busy(anlan: Run, data_dir: Path, free_port: int) -> None:
    url = f"postgresql://127.0.0.1:{free_port}/anlan"
    code, printed = anlan("restored", "--data", data_dir, ANLAN_DATABASE_URL=url)
    assert code == 1
    assert has(printed, "database_unavailable"), printed
    assert "Traceback" not in printed


def test_a_mistyped_folder_is_no_new_deployment(anlan: Run, tmp_path: Path) -> None:
    typo = tmp_path / "vra"
    for words in (
        ("restored",),
        ("target", "list"),
        ("export", tmp_path / "ledger.csv"),
        ("person", "change", "李", "--role", "inspector"),
    ):
        code, printed = anlan(*words, "--data", typo)
        assert (code, has(printed, "data_missing", path=str(typo))) == (1, True), printed
    (typo / "empty").mkdir(parents=True)
    assert has(anlan("restored", "--data", typo)[1], "data_missing", path=str(typo))
    assert [path.name for path in typo.iterdir()] == ["empty"]


def test_lost_photos_are_named_and_asked_for_again(anlan: Run, data_dir: Path) -> None:
    engine, sha256 = setup.open_database(Settings(data_dir)), "ab" * 32
    at = "2026-06-01T00:00:00.000Z"
    lost: dict[str, Any] = {"mime": "image/jpeg", "bytes": 9, "width": 3, "height": 3, "received_at": at}
    row = PhotoFileRow(campaign=setup.start(engine, "管理员").campaign, sha256=sha256, **lost)
    in_transaction(engine, lambda session: session.add(row))
    engine.dispose()
    code, printed = anlan("doctor", "--data", data_dir)
    assert (code, sha256 in printed) == (1, True)
    assert anlan("doctor", "--ask-again", "--data", data_dir)[0] == 0
    code, printed = anlan("doctor", "--data", data_dir)
    assert (code, sha256 in printed) == (0, False)


def test_a_ledger_cannot_be_written_into_nowhere(anlan: Run, data_dir: Path) -> None:
    out = data_dir / "missing" / "ledger.csv"
    assert has(anlan("export", out, "--data", data_dir)[1], "folder_unusable", path=str(out))


def test_codes_are_printed_until_the_administrator_has_a_password(data_dir: Path) -> None:
    engine = setup.open_database(Settings(data_dir))
    for _ in range(2):
        start = setup.start(engine, "管理员")
        assert start.password_link
        assert start.phone_code
    people_access.add(engine, "主任", GrantRequest(Role.ADMINISTRATOR), "long enough for a password")
    start = setup.start(engine, "管理员")
    assert (start.password_link, start.phone_code) == (None, None)
    engine.dispose()


@pytest.mark.sqlite
def test_photos_that_cannot_be_kept_are_said_and_the_server_is_not_ready(server: Server) -> None:
    phone = server.phone()
    data, partial = drawn(), server.settings.photos / "partial"
    where = send(phone, data, data[:500]).headers["location"]
    assert server.client.get("/healthz").status_code == 200
    shutil.rmtree(partial)
    tus = {**phone.headers, "Tus-Resumable": "1.0.0"}
    more = {**tus, "Upload-Offset": "500", "Content-Type": "application/offset+octet-stream"}
    announced = {**tus, "Upload-Length": "500", "Upload-Metadata": "sha256 " + "YTM=" * 16}
    answers = [
        send(phone, data),
        send(phone, data, data[:500]),
        server.client.get("/healthz", headers={"Accept": "application/json"}),
        phone.client.patch(where, content=data[500:], headers=more),
        phone.client.post("/api/v1/photos", headers=announced),
    ]
    for answer in answers[:3]:
        assert (answer.status_code, answer.json()["code"]) == (503, "photos_unavailable")
        assert answer.headers["retry-after"] == "60"
    assert {answer.status_code for answer in answers[3:]} <= {404, 422, 503}
    partial.write_text("in its place")
    for answer in (send(phone, data), phone.client.patch(where, content=data[500:], headers=more)):
        assert (answer.status_code, answer.json()["code"]) == (503, "photos_unavailable")
    partial.unlink()
    partial.mkdir()
    shutil.rmtree(server.settings.photos / "small")
    assert send(phone, data).status_code == 201
    small = server.client.get(f"/api/v1/photos/{sha256(data)}/thumb", headers=phone.headers)
    assert small.status_code == 200
