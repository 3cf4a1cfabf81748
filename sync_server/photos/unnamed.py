"""Photos that have arrived but that no record names: limited per person, and deleted in the end.

Phones send records before photos, so an honest phone leaves hardly any.
"""

import re
import time
from collections import defaultdict
from collections.abc import Collection, Iterable
from functools import partial

from sqlalchemy import Engine, bindparam, delete, func, select, update
from sqlmodel import Session

from shared import problems
from shared.operations import Kind, RecordType
from shared.problems import Problem
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
from sync_server.database.transactions import in_transaction, looking_up, reading
from sync_server.photos.service import PhotoService

MOST, MOST_BYTES = 200, 512 * 2**20
"""Unnamed photos of one person, and their total bytes."""
KEPT_DAYS = 30
_RETRY_AFTER_S = 600
REFUSED_FOR_S = 60.0
"""Seconds for which a refusal is repeated without looking for records that name the photos."""
_SHA256 = re.compile("[0-9a-f]{64}")
_HOLDERS, _FILES = PhotoHolderRow.metadata.tables["photo_holder"], PhotoFileRow.metadata.tables["photo_file"]
_HOLDER, _FILE = _HOLDERS.c, _FILES.c
_PHOTO = PhotoRow.metadata.tables["photo"].c
_DEVICE = DeviceRow.metadata.tables["device"].c
_OPERATION = OperationRow.metadata.tables["operation"].c
_QUARANTINE = QuarantineRow.metadata.tables["quarantine"].c
_SENT = (
    select(func.count(), func.coalesce(func.sum(_FILE.bytes), 0))
    .join_from(_HOLDERS, _FILES, (_FILE.campaign == _HOLDER.campaign) & (_FILE.sha256 == _HOLDER.sha256))
    .where(_HOLDER.campaign == bindparam("campaign"), _HOLDER.person == bindparam("person"), _HOLDER.unnamed)
)


class UnnamedLimit:
    """Refuses photos of persons who have sent too many that no record names."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._refused_until: dict[tuple[str, str], float] = {}

    def check(self, campaign: str, person: str) -> None:
        """Raise Problem photos_unnamed if a person may send no more now."""
        if self._fits(campaign, person):
            return
        now = time.monotonic()
        if self._refused_until.get((campaign, person), now) <= now:  # looking for names costs much
            if self._note_names(campaign, person) and self._fits(campaign, person):
                return
            self._refused_until[campaign, person] = now + REFUSED_FOR_S
        raise problems.photos_unnamed(limit=MOST, retry_after_s=_RETRY_AFTER_S)

    def _fits(self, campaign: str, person: str) -> bool:
        with looking_up(self._engine) as connection:
            count, held = connection.execute(_SENT, {"campaign": campaign, "person": person}).one()
        return bool(count < MOST and held < MOST_BYTES)

    def _note_names(self, campaign: str, person: str) -> bool:
        """Look for records and quarantined operations that name the person's photos; whether there are any.

        An operation counts for one photo; so does a quarantined one, however many hashes it holds.
        """
        with reading(self._engine) as session:
            unnamed = set(
                session.execute(
                    select(_HOLDER.sha256).where(
                        _HOLDER.campaign == campaign, _HOLDER.person == person, _HOLDER.unnamed
                    )
                ).scalars()
            )
            named = _shown(session, campaign, unnamed)
            raws = session.execute(
                select(_QUARANTINE.raw)
                .where(_QUARANTINE.campaign == campaign, _DEVICE.campaign == campaign)
                .where(_QUARANTINE.device == _DEVICE.id, _DEVICE.person == person)
            )
            for raw in raws.scalars():
                named |= set(_SHA256.findall(raw)[:1]) & unnamed
        if named:
            in_transaction(self._engine, lambda session: _note_named(session, campaign, named))
        return bool(named)


def delete_old(engine: Engine, photos: PhotoService) -> None:
    """Delete photos that nobody sent again for KEPT_DAYS and that no operation names, quarantined or not.

    Other servers may do the same, or answer phones, meanwhile: what one of them takes in or says to be here
    stays. If the disk is too full to record the deletion, they stay until the next start.
    """
    since = later(days=-KEPT_DAYS)
    try:
        for campaign, old in in_transaction(engine, lambda session: _old(session, since)).items():
            in_transaction(engine, partial(_forget, photos=photos, campaign=campaign, old=old, since=since))
    except Problem as problem:
        if problem.kind is not problems.storage_full:
            raise


def _old(session: Session, since: str) -> dict[str, set[str]]:
    """Campaign → photos that nobody held later than `since` and nothing names."""
    old: defaultdict[str, set[str]] = defaultdict(set)
    for campaign, sha256 in session.execute(
        select(_HOLDER.campaign, _HOLDER.sha256)
        .group_by(_HOLDER.campaign, _HOLDER.sha256)
        .having(func.max(_HOLDER.since) <= since)
        .where(_HOLDER.sha256.in_(select(_HOLDER.sha256).where(_HOLDER.unnamed)))
    ):
        old[campaign].add(sha256)
    for campaign, unnamed in old.items():
        named = unnamed & (_shown(session, campaign, unnamed) | _named_at_all(session, campaign))
        _note_named(session, campaign, named)
        unnamed -= named
    return old


def _forget(session: Session, photos: PhotoService, campaign: str, old: set[str], since: str) -> None:
    """Delete those of `old` photos that nobody has held or named meanwhile.

    Their rows are locked, as are those of photos that arrive; the files go before the rows are released.
    """
    of_these = (_FILE.campaign == campaign, in_values(session, _FILE.sha256, old))
    locked = set(
        session.execute(
            select(_FILE.sha256).where(*of_these).order_by(_FILE.sha256).with_for_update()
        ).scalars()
    )
    held = select(_HOLDER.sha256).where(
        _HOLDER.campaign == campaign, in_values(session, _HOLDER.sha256, locked), _HOLDER.since > since
    )
    gone = locked - set(session.execute(held).scalars()) - _shown(session, campaign, locked)
    for columns in (_HOLDER, _FILE):
        these = in_values(session, columns.sha256, gone)
        session.execute(delete(columns.sha256.table).where(columns.campaign == campaign, these))
    elsewhere = session.execute(select(_FILE.sha256).where(in_values(session, _FILE.sha256, gone))).scalars()
    for sha256 in gone - set(elsewhere):
        photos.forget(sha256)


def _shown(session: Session, campaign: str, photos: Collection[str]) -> set[str]:
    """Those of the photos that a record shows."""
    return set(
        session.execute(
            select(_PHOTO.sha256).where(
                _PHOTO.campaign == campaign, in_values(session, _PHOTO.sha256, photos)
            )
        ).scalars()
    )


def _named_at_all(session: Session, campaign: str) -> set[str]:
    """All photos that were ever attached or that quarantined operations name."""
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
