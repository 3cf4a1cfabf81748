"""Reads every photo again: which files are missing, cut short or changed, and what to do about it."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Engine, delete, select
from sqlmodel import Session

from shared.problems import Problem
from sync_server.access import audit
from sync_server.database.in_values import in_values
from sync_server.database.tables import PhotoFileRow
from sync_server.database.transactions import in_transaction, reading
from sync_server.maintenance import setup
from sync_server.photos.service import PhotoService

_FILE = PhotoFileRow.metadata.tables["photo_file"]
_BATCH = 500
_PART = 2**20


@dataclass(frozen=True, slots=True)
class Health:
    """How many photos were read, and the hashes of the damaged ones."""

    photos: int
    missing: Sequence[str]
    damaged: Sequence[str]

    @property
    def counts(self) -> dict[str, int]:
        return {"photos": self.photos, "missing": len(self.missing), "damaged": len(self.damaged)}

    @property
    def is_good(self) -> bool:
        return not self.missing and not self.damaged


def examine(engine: Engine, photos: PhotoService) -> Health:
    """Read every photo that was received. Changes nothing."""
    with reading(engine) as session:
        known = sorted(session.execute(select(_FILE.c.sha256).distinct()).scalars())
    missing, damaged = [], []
    for sha256 in known:
        try:
            with photos.original(sha256) as stream:
                digest = hashlib.sha256()
                while part := stream.read(_PART):
                    digest.update(part)
                if digest.hexdigest() != sha256:
                    damaged.append(sha256)
        except Problem:
            missing.append(sha256)
    return Health(len(known), missing, damaged)


def ask_again(engine: Engine, photos: PhotoService, health: Health) -> None:
    """Mark missing and damaged photos as not received, and let phones send everything again.

    Damaged files are kept beside the others as `<sha256>.damaged`.
    """
    lost = [*health.missing, *health.damaged]
    if not lost:
        return

    def work(session: Session) -> None:
        for start in range(0, len(lost), _BATCH):
            some = in_values(session, _FILE.c.sha256, lost[start : start + _BATCH])
            session.execute(delete(_FILE).where(some))
        audit.note(session, "photos_lost", missing=len(health.missing), damaged=len(health.damaged))

    for sha256 in health.damaged:
        photos.set_aside(sha256)
    in_transaction(engine, work)
    setup.let_phones_send_again(engine)
