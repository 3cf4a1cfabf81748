"""A law: a home visit that a phone delivered is on the server after any restore, unless it was withdrawn."""

import asyncio
import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from mobile_app.device.photo_files import Part
from mobile_app.sync.transport import Answer, Moving
from shared.home_visits import envelope
from shared.permissions import School
from shared.sync.wire import EnrolAnswer
from shared.vocabulary import Role
from sync_server.database.tables import HomeVisitRow, SealedQuarantineRow
from sync_server.database.transactions import reading
from sync_server.maintenance import setup
from sync_server.settings import Settings
from tests.support.home_visits import CLASS, SCHOOL, browser, school_person, visit
from tests.support.scripted_phone import ScriptedPhone
from tests.support.server import Server, open_server


class Delivery:
    """The phone app's connection to a server in this process."""

    streams = False

    def __init__(self, server: Server) -> None:
        self.server = server

    async def send(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str],
        body: bytes | Part = b"",
        *,
        seconds: float = 30.0,  # noqa: ARG002
        moving: Moving | None = None,  # noqa: ARG002
    ) -> Answer:
        assert isinstance(body, bytes)
        client = self.server.client
        got = await asyncio.to_thread(client.request, method, path, headers=dict(headers), content=body)
        return Answer(got.status_code, dict(got.headers), got.content)

    async def close(self) -> None:
        """Nothing to close."""


class Play:
    """A teacher with the real app, and a server whose database file is put back now and then."""

    def __init__(self, server: Server, folder: Path) -> None:
        self.server, self.folder = server, folder
        self.file, self.copy = server.settings.data / "anlan.sqlite3", folder / "backup.sqlite3"
        self.person = school_person(server, "陈老师", Role.TEACHER, School(SCHOOL, frozenset({CLASS})))
        told = server.client.post(
            "/api/v1/enrol",
            json={"code": server.code(self.person.id), "device_name": "x", "platform": "test"},
        )
        self.phone = ScriptedPhone(folder / "phone", EnrolAnswer.model_validate(told.json()))
        self.phone.transport = Delivery(server)  # type: ignore[assignment]
        self.sealed: dict[str, str] = {}
        self.withdrawn: set[str] = set()

    async def save(self) -> None:
        fields = {k: v for k, v in visit().items() if k not in ("record", "consent_version")}
        before = set(self.phone.sealed_files.files)
        await self.phone.services.home_visits.save(fields)
        [name] = set(self.phone.sealed_files.files) - before
        text = json.loads(self.phone.sealed_files.files[name])["envelope"]
        self.sealed[envelope.read_header(text).record] = text

    async def sync(self) -> None:
        await self.phone.services.sync_now()
        assert self.phone.services.sync.last_problem is None
        assert self.phone.services.home_visits.waiting == 0

    async def die(self) -> None:
        self.phone.drop()
        await self.phone.open()

    async def back_up(self) -> None:
        self.server.engine.dispose()  # closing the last connection writes the WAL into the file
        shutil.copyfile(self.file, self.copy)

    async def restore(self) -> None:
        self.server.engine.dispose()
        shutil.copyfile(self.copy, self.file)
        setup.restored(self.server.engine)
        setup.start(self.server.engine, "管理员", self.server.settings.keys)

    async def withdraw(self) -> None:
        here = [record for record, (sealed, _) in self.stored().items() if sealed]
        for record in here[:1]:
            form = {"sure": "1", "visits": [record], "reason": "x"}
            browser(self.server, self.person).post(f"/home-visits/{record}/withdraw", data=form)
            self.withdrawn.add(record)

    def holds(self) -> None:
        """What the phone delivered is on the server, byte for byte, but of what was withdrawn nothing."""
        found = self.stored()
        for record, text in self.sealed.items():
            expected = (None, "withdrawn") if record in self.withdrawn else (text, "")
            assert found.get(record) == expected
        with reading(self.server.engine) as session:
            assert session.execute(select(SealedQuarantineRow)).first() is None

    def stored(self) -> dict[str, tuple[str | None, str]]:
        """Record → its bytes and why they were erased."""
        with reading(self.server.engine) as session:
            rows = session.execute(select(HomeVisitRow)).scalars()
            return {row.id: (row.sealed, row.erased_why) for row in rows}


STEPS = ("save", "sync", "back_up", "restore", "withdraw", "die")


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file to begin with."""
    folder = tmp_path_factory.mktemp("empty")
    setup.open_database(Settings(folder)).dispose()
    return folder / "anlan.sqlite3"


@pytest.mark.timeout(300)
@settings(max_examples=20, suppress_health_check=list(HealthCheck))
@example(steps=["save", "sync", "restore"])
@example(steps=["save", "sync", "withdraw", "restore"])
@example(steps=["save", "sync", "restore", "sync", "restore", "save"])
@given(steps=st.lists(st.sampled_from(STEPS), min_size=4, max_size=14))
def test_what_was_delivered_is_there_after_any_restore(
    steps: Sequence[str], empty: Path, tmp_path: Path
) -> None:
    shutil.rmtree(tmp_path)
    (tmp_path / "var").mkdir(parents=True)
    shutil.copy(empty, tmp_path / "var")

    async def play(server: Server) -> None:
        made = Play(server, tmp_path)
        await made.phone.open()
        for step in ("sync", "back_up", *steps, "sync"):
            await getattr(made, step)()
        made.holds()
        made.phone.drop()

    with open_server(tmp_path / "var") as server:
        setup.start(server.engine, "管理员", server.settings.keys)
        asyncio.run(play(server))
