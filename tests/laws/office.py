"""The server's side of the laws: the real app in this process, its backups and its database."""

import json
import shutil
from collections.abc import Callable, Iterable
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlmodel import Session
from starlette.testclient import TestClient

from shared import merge
from shared.merge import RecordState
from shared.operations import Operation, Stamp
from shared.vocabulary import Role
from sync_server.access import devices, people, sessions
from sync_server.access.bursts import Bursts
from sync_server.app import create_app
from sync_server.database import campaigns
from sync_server.database.transactions import in_transaction
from sync_server.deps import SESSION_COOKIE
from sync_server.maintenance import setup
from sync_server.settings import Settings
from tests.support.server import UNPACED

YEAR = 2026
_TABLES = ("hazard", "hazard_event", "photo")


@dataclass(frozen=True)
class Logged:
    """An operation on the log."""

    operation: Operation
    wire: str
    stamp: Stamp
    tip: str

    @property
    def known(self) -> tuple[Operation, Stamp]:
        return self.operation, self.stamp


class SameThreadExecutor(Executor):
    """Runs work in the calling thread."""

    def submit(self, work: Callable[..., Any], /, *given: Any, **named: Any) -> Future[Any]:
        done: Future[Any] = Future()
        try:
            done.set_result(work(*given, **named))
        except BaseException as error:
            done.set_exception(error)
        return done


class Office:
    """One deployment: the app is created once, and its database is replaced for each run."""

    def __init__(self, folder: Path) -> None:
        self._settings = Settings(folder / "server", phone_web=folder / "none", requests_per_second=UNPACED)
        self._database = self._settings.data / "anlan.sqlite3"
        self._copy = folder / "copy"
        setup.open_database(self._settings).dispose()
        self.app = create_app(self._settings)
        self.app.state.refusals.close()
        for lane in self.app.state.lanes.all():
            lane.threads.shutdown()
            lane.threads = SameThreadExecutor()
        self.engine = self.app.state.engine
        self.campaign = in_transaction(self.engine, lambda session: campaigns.ensure(session)).id
        self.life = 0
        """How often its log was restored."""
        self._read: tuple[Any, list[Logged]] = (None, [])

    def code(self, person: str | None = None) -> str:
        """A new enrolment code, for a person or for a new inspector."""
        return in_transaction(self.engine, lambda session: devices.make_code(session, self.campaign, person))

    def code_for(self, role: Role) -> str:
        """A new enrolment code for a new person."""
        return self.code(
            in_transaction(self.engine, lambda session: people.add_numbered(session, role.value, role)).id
        )

    def browser(self) -> TestClient:
        """A browser in which a reviewer is signed in."""

        def sign_in(session: Session) -> str:
            return sessions.open_for(session, people.add(session, "王审核", Role.REVIEWER))

        client = TestClient(self.app, follow_redirects=False, headers={"Accept": "text/html"})
        client.cookies.set(SESSION_COOKIE, in_transaction(self.engine, sign_in))
        return client

    def revoke(self, device: str) -> None:
        """Revoke a phone."""
        in_transaction(self.engine, lambda session: devices.revoke(session, self.campaign, device, "office"))

    def keep_beginning(self, folder: Path) -> None:
        """Copy the deployment as it is now, for `begin`."""
        self._take(folder)

    def begin(self, folder: Path) -> None:
        """Start from the deployment kept in `folder`."""
        self.life = 0
        self.app.state.bursts = Bursts()
        self._lay(folder, photos=True)
        shutil.rmtree(self._copy, ignore_errors=True)
        self.back_up()

    def back_up(self) -> None:
        """Make a backup, replacing the previous one."""
        self._take(self._copy)

    def restore(self, *, announced: bool, photos: bool) -> None:
        """Restore the backup, with or without the photos, and announce it (`anlan restored`) or not."""
        self._lay(self._copy, photos=photos)
        self.life += 1
        if announced:
            in_transaction(
                self.engine,
                lambda session: campaigns.renew_epoch(session, campaigns.get(session, self.campaign)),
            )

    def epoch(self) -> str:
        """The present epoch."""
        [(epoch,)] = self.rows("SELECT epoch FROM campaign")
        return str(epoch)

    def rows(self, question: str, *given: Any) -> list[Any]:
        """The rows of a query on the database."""
        with self.engine.connect() as connection:
            return list(connection.exec_driver_sql(question, given).all())

    def end(self) -> int:
        """The last seq."""
        [(seq,)] = self.rows("SELECT seq FROM campaign_counter")
        return int(seq)

    def log(self) -> list[Logged]:
        """The whole log, in order."""
        [mark] = self.rows("SELECT seq, tip FROM campaign_counter")
        if (self.life, *mark) != self._read[0]:
            found = self.rows(
                "SELECT wire, seq, hlc_eff, ledger_no, base_eff, tip FROM operation ORDER BY seq"
            )
            self._read = ((self.life, *mark), [_logged(*row) for row in found])
        return self._read[1]

    def records(self) -> dict[str, RecordState]:
        """Record → its state in the projected tables."""
        found: dict[str, RecordState] = {}
        for table in _TABLES:
            for record, state in self.rows(f"SELECT id, state FROM {table}"):
                found[record] = merge.from_json(_json(state))
        return found

    def refused(self) -> list[tuple[dict[str, Any], str]]:
        """The quarantined operations as received, and why."""
        found = self.rows("SELECT raw, code FROM quarantine ORDER BY received_at, n")
        return [(_json(raw), code) for raw, code in found]

    def photo(self, sha256: str) -> bytes | None:
        """The bytes of a photo, if the server lists it as stored."""
        if not self.rows("SELECT 1 FROM photo_file WHERE sha256 = ?", sha256):
            return None
        store = self.app.state.photos.store
        if not store.exists(sha256):
            return None
        with store.open(sha256) as stream:
            content: bytes = stream.read()
        return content

    def _take(self, folder: Path) -> None:
        self.engine.dispose()  # closing the last connection writes the WAL into the file
        (folder / "photos").mkdir(parents=True, exist_ok=True)
        shutil.copyfile(self._database, folder / "anlan.sqlite3")
        kept = {path.name: path for path in _photos(folder / "photos")}
        for path in _photos(self._settings.photos):
            if path.name not in kept:
                (folder / "photos" / path.name[:2]).mkdir(exist_ok=True)
                shutil.copyfile(path, folder / "photos" / path.name[:2] / path.name)

    def _lay(self, folder: Path, *, photos: bool) -> None:
        self.engine.dispose()
        shutil.copyfile(folder / "anlan.sqlite3", self._database)
        self._read = (None, [])
        if not photos:
            return
        for path in (self._settings.photos / "partial").iterdir():
            path.unlink()
        kept = {path.name for path in _photos(folder / "photos")}
        for path in _photos(self._settings.photos):
            if path.name not in kept:
                path.unlink()


def _photos(folder: Path) -> Iterable[Path]:
    return list(folder.glob("[0-9a-f][0-9a-f]/*"))


def _json(text: str) -> Any:
    return json.loads(text)


def _logged(
    wire: str, seq: int, hlc_eff: str | None, ledger_no: str | None, base_eff: int | None, tip: str
) -> Logged:
    operation = Operation.model_validate_json(wire)
    return Logged(operation, wire, Stamp(seq, hlc_eff or operation.hlc, ledger_no, base_eff), tip)
