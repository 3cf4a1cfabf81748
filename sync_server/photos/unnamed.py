"""Photos that have arrived but that no record names: bounded for each person, and deleted in the end.

Phones send records before photos, so an honest one leaves hardly any.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable

from sqlalchemy import Engine, delete, func, select, update
from sqlmodel import Session

from shared import problems
from shared.operations import Kind, RecordType
from sync_server.database.in_values import in_values
from sync_server.database.tables import (
    DeviceRow,
    OperationRow,
    PhotoFileRow,
    PhotoHolderRow,
    PhotoRow,
    QuarantineRow,
)
from sync_server.database.timestamps import later
from sync_server.database.transactions import in_transaction, reading
from sync_server.photos.service import PhotoService

MOST, MOST_BYTES = 200, 512 * 2**20
"""Unnamed photos of one person, and their bytes in all."""
KEPT_DAYS = 30
_RETRY_AFTER_S = 600
_SHA256 = re.compile("[0-9a-f]{64}")
_HOLDERS, _FILES = PhotoHolderRow.metadata.tables["photo_holder"], PhotoFileRow.metadata.tables["photo_file"]
_HOLDER, _FILE = _HOLDERS.c, _FILES.c
_PHOTO = PhotoRow.metadata.tables["photo"].c
_DEVICE = DeviceRow.metadata.tables["device"].c
_OPERATION = OperationRow.metadata.tables["operation"].c
_QUARANTINE = QuarantineRow.metadata.tables["quarantine"].c


def check(engine: Engine, campaign: str, person: str) -> None:
    """Raise Problem photos_unnamed where a person has sent as many photos that no record names as may be."""
    with reading(engine) as session:
        if _fits(session, campaign, person):
            return
        mine = (_HOLDER.campaign == campaign, _HOLDER.person == person, _HOLDER.unnamed)
        unnamed = set(session.execute(select(_HOLDER.sha256).where(*mine)).scalars())
        named = _shown(session, campaign, unnamed)
        raws = session.execute(
            select(_QUARANTINE.raw)
            .where(_QUARANTINE.campaign == campaign, _DEVICE.campaign == campaign)
            .where(_QUARANTINE.device == _DEVICE.id, _DEVICE.person == person)
        )
        named |= unnamed & _mentioned(raws.scalars())
    if named:
        in_transaction(engine, lambda session: _note_named(session, campaign, named))
        with reading(engine) as session:
            if _fits(session, campaign, person):
                return
    raise problems.photos_unnamed(limit=MOST, retry_after_s=_RETRY_AFTER_S)


def delete_old(engine: Engine, photos: PhotoService) -> None:
    """Delete photos that nobody sent again for KEPT_DAYS and that no operation names, quarantined or not.

    Called before phones are answered: none hears that a photo is here which is about to be deleted.
    """
    gone = in_transaction(engine, _forget_old)
    for sha256 in gone:
        photos.forget(sha256)


def _fits(session: Session, campaign: str, person: str) -> bool:
    count, held = session.execute(
        select(func.count(), func.coalesce(func.sum(_FILE.bytes), 0))
        .join_from(_HOLDERS, _FILES, (_FILE.campaign == _HOLDER.campaign) & (_FILE.sha256 == _HOLDER.sha256))
        .where(_HOLDER.campaign == campaign, _HOLDER.person == person, _HOLDER.unnamed)
    ).one()
    return bool(count < MOST and held < MOST_BYTES)


def _forget_old(session: Session) -> set[str]:
    """The photos of which nothing is known any more."""
    since = later(days=-KEPT_DAYS)
    old: defaultdict[str, set[str]] = defaultdict(set)
    for campaign, sha256 in session.execute(
        select(_HOLDER.campaign, _HOLDER.sha256)
        .group_by(_HOLDER.campaign, _HOLDER.sha256)
        .having(func.max(_HOLDER.since) <= since)
        .where(_HOLDER.sha256.in_(select(_HOLDER.sha256).where(_HOLDER.unnamed)))
    ):
        old[campaign].add(sha256)
    gone: set[str] = set()
    for campaign, unnamed in old.items():
        named = unnamed & (_shown(session, campaign, unnamed) | _named_at_all(session, campaign))
        _note_named(session, campaign, named)
        gone |= unnamed - named
        for columns in (_HOLDER, _FILE):
            of_these = in_values(session, columns.sha256, unnamed - named)
            session.execute(delete(columns.sha256.table).where(columns.campaign == campaign, of_these))
    return gone - set(
        session.execute(select(_FILE.sha256).where(in_values(session, _FILE.sha256, gone))).scalars()
    )


def _shown(session: Session, campaign: str, photos: Collection[str]) -> set[str]:
    """Those photos that a record shows."""
    return set(
        session.execute(
            select(_PHOTO.sha256).where(
                _PHOTO.campaign == campaign, in_values(session, _PHOTO.sha256, photos)
            )
        ).scalars()
    )


def _named_at_all(session: Session, campaign: str) -> set[str]:
    """Every photo that was ever attached, and what quarantine names."""
    attached = (
        select(_OPERATION.wire)
        .where(_OPERATION.campaign == campaign, _OPERATION.type == RecordType.PHOTO)
        .where(_OPERATION.kind == Kind.ATTACH)
        .execution_options(yield_per=1000)
    )
    quarantined = select(_QUARANTINE.raw).where(_QUARANTINE.campaign == campaign)
    return _mentioned(session.execute(attached).scalars()) | _mentioned(
        session.execute(quarantined).scalars()
    )


def _mentioned(texts: Iterable[str]) -> set[str]:
    return {sha256 for text in texts for sha256 in _SHA256.findall(text)}


def _note_named(session: Session, campaign: str, photos: Collection[str]) -> None:
    of_these = in_values(session, _HOLDER.sha256, photos)
    session.execute(update(_HOLDERS).where(_HOLDER.campaign == campaign, of_these).values(unnamed=False))
