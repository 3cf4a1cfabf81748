"""A consistent, encrypted copy of a deployment, made while it serves; only the holder of a key can read it.

A target folder holds `recipient.txt`, the public key that everything is encrypted to (age, X25519); each
photo once, as `photos/ab/<sha256>.age`; and a folder per backup with `database.age` and `manifest.json`. The
manifest comes last: a backup that was cut has none, and is none.
"""

import hashlib
import os
import secrets
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyrage  # type: ignore[import-untyped]
from pydantic import BaseModel, ConfigDict
from sqlalchemy import Engine
from sqlmodel import Session, select

from shared import problems
from shared.problems import Problem
from sync_server.database import campaigns, schema
from sync_server.database.tables import CampaignRow, PhotoFileRow
from sync_server.database.timestamps import now
from sync_server.database.transactions import reading
from sync_server.maintenance import dump
from sync_server.photos.durable import flush, make_folder
from sync_server.photos.store import PhotoStore

FORMAT = 1
MANIFEST, DATABASE, RECIPIENT = "manifest.json", "database.age", "recipient.txt"
NOTED = "backup-recipient.txt"
"""The public key, noted in the data folder: whoever can write to a target could put their own there."""
_PART = 2**20


class LogEnd(BaseModel):
    """Where the log of a campaign ended when the backup was begun."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    campaign: str
    seq: int
    fingerprint: str


class Manifest(BaseModel):
    """What a backup holds. `photos`: how many the database names; `missing`: those that were not on the disk.

    `sha256` and `bytes` are those of the encrypted database. `schema_revision`: the database's.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    format: int
    made_at: str
    dialect: str
    schema_revision: str
    sha256: str
    bytes: int
    photos: int
    missing: list[str]
    ends: list[LogEnd]


@dataclass(frozen=True, slots=True)
class Made:
    """What a backup came to: its folder, its photos, and how many of those were new in the target."""

    folder: Path
    photos: int
    new_photos: int
    missing: Sequence[str]
    bytes: int


def new_key(file: Path) -> str:
    """Write a new private key to `file`, readable by this user alone; the public key.

    Problem: folder_unusable, also where there is a file already.
    """
    identity = pyrage.x25519.Identity.generate()
    try:
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as stream:
            stream.write(f"# public key: {identity.to_public()}\n{identity}\n")
            stream.flush()
            os.fsync(stream.fileno())
    except OSError:
        raise problems.folder_unusable(path=str(file)) from None
    return str(identity.to_public())


def make(engine: Engine, photos: PhotoStore, scratch: Path, target: Path, to: str = "") -> Made:
    """Back up into a target folder, encrypted to the public key `to`, or to that of its earlier backups.

    `scratch`: the data folder, for the plain copy of the database, which is removed again, and for a note of
    the key. What was written is read again and compared. Problems: backup_key_missing, backup_key_other,
    backup_key_changed, backup_key_wrong, folder_unusable, storage_full, backup_not_written,
    database_unavailable, program_missing.
    """
    recipient = _recipient(target, scratch / NOTED, to)
    with reading(engine) as session:
        revision = schema.present(engine) or ""
        ends = [_end(session, row.id) for row in session.exec(select(CampaignRow))]
    made_at = now().strftime("%Y%m%dT%H%M%SZ")
    begun = target / f".{made_at}-{secrets.token_hex(4)}.part"
    make_folder(begun)
    try:
        _encrypt_database(engine, scratch, begun / DATABASE, recipient)
        sizes = _named(engine)
        new, missing = _copy_photos(photos, sizes, target / "photos", recipient)
        sha256, size = digest_of(begun / DATABASE)
        manifest = Manifest(
            format=FORMAT,
            made_at=made_at,
            dialect=engine.dialect.name,
            schema_revision=revision,
            sha256=sha256,
            bytes=size,
            photos=len(sizes),
            missing=missing,
            ends=ends,
        )
        _write(begun / MANIFEST, manifest.model_dump_json(indent=1).encode())
        flush(begun)
        folder = target / made_at
        begun.rename(folder)
        flush(target)
    except OSError as error:
        shutil.rmtree(begun, ignore_errors=True)
        raise problems.backup_not_written(path=str(target), why=error.strerror or "") from None
    except BaseException:
        shutil.rmtree(begun, ignore_errors=True)
        raise
    return Made(folder, len(sizes), new, missing, size)


def _recipient(target: Path, noted: Path, to: str) -> str:
    """The public key that this target is encrypted to; written down at its first backup, and in the file
    `noted` on this machine: another one in the target was put there by somebody else."""
    make_folder(target)
    known, ours = _text_in(target / RECIPIENT), _text_in(noted)
    if not (known or to):
        raise problems.backup_key_missing(path=str(target))
    if known and to and known != to:
        raise problems.backup_key_other(path=str(target))
    if ours and not to and known != ours:
        raise problems.backup_key_changed(path=str(target))
    recipient = to or known
    try:
        pyrage.x25519.Recipient.from_str(recipient)
    except pyrage.RecipientError:
        raise problems.backup_key_wrong() from None
    for file, present in ((target / RECIPIENT, known), (noted, ours)):
        if present != recipient:
            _write(file, f"{recipient}\n".encode())
    return recipient


def _text_in(file: Path) -> str:
    """What a file says, "" where there is none."""
    return file.read_text("utf-8", "replace").strip() if file.is_file() else ""


def _end(session: Session, campaign: str) -> LogEnd:
    end = campaigns.end(session, campaign)
    return LogEnd(campaign=campaign, seq=end.seq, fingerprint=end.fingerprint)


def _encrypt_database(engine: Engine, scratch: Path, encrypted: Path, recipient: str) -> None:
    plain = scratch / f".backup-{secrets.token_hex(8)}"
    try:
        dump.write(engine, plain)
        pyrage.encrypt_file(str(plain), str(encrypted), [pyrage.x25519.Recipient.from_str(recipient)])
        flush(encrypted)
    finally:
        plain.unlink(missing_ok=True)


def _named(engine: Engine) -> dict[str, int]:
    """The hashes of all photos that have arrived, in order, with their bytes."""
    with reading(engine) as session:
        return dict(sorted(session.exec(select(PhotoFileRow.sha256, PhotoFileRow.bytes))))


def _copy_photos(
    photos: PhotoStore, sizes: Mapping[str, int], folder: Path, recipient: str
) -> tuple[int, list[str]]:
    """Encrypt the photos that the target lacks; how many these were, and those that are not on the disk.

    `sizes`: their bytes. What is encrypted is larger, so one that was cut in the target is written again.
    """
    to, new, missing = pyrage.x25519.Recipient.from_str(recipient), 0, []
    for name, size in sizes.items():
        place = photo_file(folder, name)
        if place.is_file() and place.stat().st_size > size:
            continue
        try:
            with photos.open(name) as stream:
                data = stream.read()
        except (Problem, OSError):  # a disk that cannot read one photo must not cost the whole backup
            missing.append(name)
            continue
        if hashlib.sha256(data).hexdigest() != name:
            missing.append(name)  # what is damaged here is no backup; phones may have it still
            continue
        make_folder(place.parent)
        _write(place, pyrage.encrypt(data, [to]))
        new += 1
    return new, missing


def photo_file(folder: Path, sha256: str) -> Path:
    """Where a photo lies in the folder `photos` of a target."""
    return folder / sha256[:2] / f"{sha256}.age"


def _write(file: Path, data: bytes) -> None:
    """Write a file whole or not at all, and read it again. Raises Problem backup_not_written."""
    part = file.with_name(f".{file.name}.part")
    part.unlink(missing_ok=True)
    with part.open("xb") as stream:  # follows no link that somebody put there
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())
    if part.read_bytes() != data:
        part.unlink()
        raise problems.backup_not_written(path=str(file), why="")
    part.replace(file)
    flush(file.parent)


def digest_of(file: Path) -> tuple[str, int]:
    """The SHA-256 of a file, and its bytes."""
    digest, size = hashlib.sha256(), 0
    with file.open("rb") as stream:
        while part := stream.read(_PART):
            digest.update(part)
            size += len(part)
    return digest.hexdigest(), size
