"""Puts a backup back: an empty deployment becomes the one that was backed up."""

import hashlib
import os
import secrets
import shutil
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import pyrage  # type: ignore[import-untyped]
from pydantic import ValidationError
from sqlalchemy import Engine
from sqlalchemy.engine import make_url
from sqlmodel import Session, select

from shared import problems
from sync_server.database import campaigns, schema
from sync_server.database.tables import PhotoFileRow
from sync_server.database.transactions import in_transaction, open_engine, reading
from sync_server.log import writer
from sync_server.maintenance import backup, dump, setup
from sync_server.maintenance.backup import DATABASE, FORMAT, MANIFEST, Manifest
from sync_server.photos.durable import disk_problems, flush, make_folder
from sync_server.photos.store import FolderPhotoStore
from sync_server.settings import Settings
from sync_server.vault import erasure

_BESIDE = ("", "-wal", "-shm", "-journal")
"""The files of a SQLite database: what an old journal holds would be written into another database."""


@dataclass(frozen=True, slots=True)
class PutBack:
    """What came back: the backup, how many photos, and the hashes of those that the backup lacks."""

    manifest: Manifest
    photos: int
    missing: Sequence[str]


def restore(settings: Settings, source: Path, identity: Path) -> PutBack:
    """Fill an empty deployment from a backup, or from the newest in a target folder, with the key in the file
    `identity`.

    Everything is compared with its hash. The log gets a new epoch, so that phones send again what came after
    the backup; deletions of home visits that the list beside the key file names are done again. Photos that
    the backup lacks are marked as not received. On SQLite the database comes into use last, so that what
    breaks off can be done again. Problems: backup_missing, backup_damaged, backup_newer, backup_key_wrong,
    backup_other_database, data_there, folder_unusable, storage_full.
    """
    folder = newest(source.absolute())
    manifest = manifest_of(folder)
    key = _identity(identity)
    setup.make_data_folder(settings)
    place = _check_empty(settings, manifest)
    working = (place.parent if place else settings.data) / f".restoring-{secrets.token_hex(8)}"
    make_folder(working)
    working.chmod(0o700)
    try:
        plain = working / "plain"
        _decrypt(folder, manifest, key, plain)
        being_filled = (
            replace(settings, database_url=f"sqlite:///{working / 'filled'}") if place else settings
        )
        found = _fill(being_filled, folder, manifest, key, plain)
        if place:
            _bring_into_use(working / "filled", place, settings)
    finally:
        shutil.rmtree(working, ignore_errors=True)
    return found


def newest(source: Path) -> Path:
    """The folder of a backup: `source` itself, or the newest whole one in it. Problem: backup_missing."""
    if (source / MANIFEST).is_file():
        return source
    whole = sorted(folder.parent for folder in source.glob(f"[!.]*/{MANIFEST}"))
    if not whole:
        raise problems.backup_missing(path=str(source))
    return whole[-1]


def manifest_of(folder: Path) -> Manifest:
    """What the backup in a folder says of itself. Raises Problem backup_damaged, backup_newer."""
    try:
        manifest = Manifest.model_validate_json((folder / MANIFEST).read_bytes())
    except (OSError, ValidationError):
        raise problems.backup_damaged(what=MANIFEST) from None
    if manifest.format > FORMAT or manifest.schema_revision > schema.newest():
        raise problems.backup_newer()
    return manifest


def _identity(file: Path) -> pyrage.x25519.Identity:
    try:
        lines = file.read_text("utf-8").splitlines()
        [secret] = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
        return pyrage.x25519.Identity.from_str(secret)
    except (OSError, ValueError, pyrage.IdentityError):
        raise problems.backup_key_wrong() from None


def _check_empty(settings: Settings, manifest: Manifest) -> Path | None:
    """Where the file of the database will be, None for PostgreSQL.

    Problems: data_there where the database is not empty, backup_other_database.
    """
    engine = open_engine(settings.database_url)
    try:
        if engine.dialect.name != manifest.dialect:
            raise problems.backup_other_database(backup=manifest.dialect, here=engine.dialect.name)
        place = Path(make_url(settings.database_url).database or "").absolute()
        if engine.dialect.name == "sqlite":
            there = any(place.with_name(place.name + ending).exists() for ending in _BESIDE)
        else:
            there = schema.present(engine) is not None
        if there:
            raise problems.data_there(path=str(settings.data))
        return place if engine.dialect.name == "sqlite" else None
    finally:
        engine.dispose()


def _decrypt(folder: Path, manifest: Manifest, key: pyrage.x25519.Identity, plain: Path) -> None:
    encrypted = folder / DATABASE
    try:
        if backup.digest_of(encrypted) != (manifest.sha256, manifest.bytes):
            raise problems.backup_damaged(what=DATABASE)
        plain.touch(0o600)
        pyrage.decrypt_file(str(encrypted), str(plain), [key])
    except OSError:
        raise problems.backup_damaged(what=DATABASE) from None
    except pyrage.DecryptError:
        raise problems.backup_key_wrong() from None


def _fill(
    settings: Settings, folder: Path, manifest: Manifest, key: pyrage.x25519.Identity, plain: Path
) -> PutBack:
    """Make the database of `settings` and their photos what they were."""
    engine = open_engine(settings.database_url)
    try:
        dump.read(engine, plain)
        if schema.present(engine) is None:
            raise problems.backup_damaged(what=DATABASE)
    finally:
        engine.dispose()
    engine = setup.open_existing(settings)
    try:
        _check_ends(engine, manifest)
        setup.restored(engine)
        _erase_again(engine, settings)
        came, missing = _photos(engine, settings, folder.parent / "photos", key)
    finally:
        engine.dispose()
    return PutBack(manifest, came, missing)


def _bring_into_use(filled: Path, place: Path, settings: Settings) -> None:
    """Give a database its place, where there is none yet. Raises Problem data_there."""
    with closing(sqlite3.connect(filled)) as last:
        last.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    flush(filled)
    try:
        os.link(filled, place)
    except FileExistsError:  # a server was started meanwhile
        raise problems.data_there(path=str(settings.data)) from None
    except OSError:  # a file system without links
        filled.replace(place)
    flush(place.parent)


def _check_ends(engine: Engine, manifest: Manifest) -> None:
    """The log holds at least what it held when the backup was begun. Raises Problem backup_damaged."""
    with reading(engine) as session:
        found = [writer.fingerprint_at(session, end.campaign, end.seq) for end in manifest.ends]
    if found != [end.fingerprint for end in manifest.ends]:
        raise problems.backup_damaged(what=DATABASE)


def _photos(
    engine: Engine, settings: Settings, folder: Path, key: pyrage.x25519.Identity
) -> tuple[int, list[str]]:
    """Put the photos that the database names into the photo folder; how many, and which are lacking."""
    store, came, missing = FolderPhotoStore(settings.photos), 0, []
    with reading(engine) as session:
        names = sorted(session.exec(select(PhotoFileRow.sha256).distinct()))
    for name in names:
        try:
            data = pyrage.decrypt(backup.photo_file(folder, name).read_bytes(), [key])
        except (OSError, pyrage.DecryptError):
            missing.append(name)
            continue
        if hashlib.sha256(data).hexdigest() != name:
            missing.append(name)
            continue
        with disk_problems():
            store.put(name, data)
        came += 1
    if missing:
        in_transaction(engine, lambda session: _not_received(session, missing))
    return came, missing


def _not_received(session: Session, names: Sequence[str]) -> None:
    """Forget that these photos have arrived: phones announce them again."""
    for name in names:
        for row in session.exec(select(PhotoFileRow).where(PhotoFileRow.sha256 == name)).all():
            session.delete(row)


def _erase_again(engine: Engine, settings: Settings) -> None:
    if not settings.keys.parent.is_dir():
        return

    def work(session: Session) -> None:
        erasure.erase_again(session, campaigns.ensure(session).id, settings.keys)

    in_transaction(engine, work)
