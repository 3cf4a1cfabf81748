"""Backups of a server in a test: where they go, and what is in a deployment that was restored from one."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sqlmodel import Session, select

from sync_server.database.tables import CampaignRow, HazardRow, PhotoFileRow
from sync_server.database.transactions import open_engine, reading
from sync_server.maintenance import backup, putting_back
from sync_server.maintenance.backup import Made
from sync_server.photos.store import FolderPhotoStore
from sync_server.settings import Settings
from tests.support.server import Server, TestPhone
from tests.sync_server.photos.test_whole import send


@dataclass
class Kept:
    """Where backups of a server go, the key for them, and empty deployments to restore into."""

    server: Server
    target: Path
    identity: Path
    public: str
    empty: Callable[[], Settings]

    def make(self, to: str = "") -> Made:
        settings = self.server.settings
        store = FolderPhotoStore(settings.photos)
        return backup.make(self.server.engine, store, settings.data, self.target, to)

    def restore(self, settings: Settings) -> putting_back.PutBack:
        return putting_back.restore(settings, self.target, self.identity)


def saved(phone: TestPhone, name: str, data: bytes = b"") -> str:
    """A hazard on the log, with a photo that has arrived where there are bytes of one."""
    hazard = phone.op({"water_name": name, "town_code": "441900003"})
    ops = [hazard]
    if data:
        ops.append(phone.photo(hazard["record"], "before", hashlib.sha256(data).hexdigest(), bytes=len(data)))
        assert send(phone, data).status_code == 201
    assert {one["status"] for one in phone.push(*ops)} == {"stored"}
    return str(hazard["record"])


def state(settings: Settings) -> tuple[list[tuple[str, str | None]], set[str], str]:
    """The hazards, the photos that have arrived, and the log's epoch of a deployment."""
    engine = open_engine(settings.database_url)

    def look(session: Session) -> tuple[list[tuple[str, str | None]], set[str], str]:
        hazards = sorted((row.id, row.water_name) for row in session.exec(select(HazardRow)))
        photos = set(session.exec(select(PhotoFileRow.sha256)))
        return hazards, photos, session.exec(select(CampaignRow)).one().epoch

    with reading(engine) as session:
        found = look(session)
    engine.dispose()
    return found


def backup_later(kept: Kept, one: Made) -> Made:
    """Another backup; names go by the second."""
    one.folder.rename(one.folder.with_name("20260101T000000Z"))
    return kept.make()
