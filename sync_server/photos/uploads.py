"""The rows of photo files that have arrived, and of uploads under way."""

import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

from sqlalchemy import Connection, String, bindparam, delete, insert, literal, text, update
from sqlalchemy import select as columns
from sqlmodel import Session

from sync_server.database.in_values import in_values
from sync_server.database.tables import DeviceRow, PhotoFileRow, UploadRow
from sync_server.database.timestamps import later, now_text
from sync_server.photos import holders

KEPT_DAYS = 14
"""Days that an upload is kept after its last bytes."""
_DEVICE = DeviceRow.metadata.tables["device"].c
_FILE, _UPLOAD = PhotoFileRow.metadata.tables["photo_file"], UploadRow.metadata.tables["upload"]


@dataclass(frozen=True, slots=True)
class Upload:
    """An upload under way, as announced; `length` in bytes."""

    id: str
    campaign: str
    device: str
    sha256: str
    mime: str
    record: str | None
    length: int
    created_at: str
    expires_at: str


def announced(campaign: str, device: str, length: int, sha256: str, mime: str, record: str | None) -> Upload:
    """A new upload of a device."""
    created, until = now_text(), later(days=KEPT_DAYS)
    return Upload(secrets.token_hex(16), campaign, device, sha256, mime, record, length, created, until)


# Asked with every photo: plain columns, no objects.
_THIS = (_FILE.c.campaign == bindparam("campaign"), _FILE.c.sha256 == bindparam("sha256"))
_HELD = holders.held_by_device(_FILE, bindparam("device", type_=String))
_HERE = columns(_FILE.c.bytes).where(*_THIS, _HELD)
_OVER = columns(_FILE.c.mime, _FILE.c.bytes, _FILE.c.received_at).where(*_THIS, _HELD)
_ONE = columns(*(_UPLOAD.c[field.name] for field in fields(Upload))).where(_UPLOAD.c.id == bindparam("id"))
_NAMES = [column.name for column in _FILE.columns]
_ARRIVED = text(  # Core has no word for this that both databases know
    f"INSERT INTO photo_file ({', '.join(_NAMES)})"  # noqa: S608
    f" VALUES ({', '.join(f':{name}' for name in _NAMES)})"
    " ON CONFLICT (campaign, sha256) DO UPDATE SET sha256 = excluded.sha256"  # locks the row
)
_ADD = insert(_UPLOAD)
_EXPIRED = columns(_UPLOAD.c.id).where(_UPLOAD.c.expires_at <= bindparam("now")).limit(bindparam("most"))


def size_of(connection: Connection, campaign: str, device: str, sha256: str) -> int | None:
    """How many bytes a campaign's photo has; None where it has not arrived or the device's person does not
    hold it."""
    asked = {"campaign": campaign, "device": device, "sha256": sha256}
    size: int | None = connection.execute(_HERE, asked).scalar()
    return size


def arrival(upload: Upload, mime: str, width: int, height: int) -> dict[str, Any]:
    """The row that `arrived` stores for an upload's photo; `width` and `height` in pixels."""
    return {
        "campaign": upload.campaign,
        "device": upload.device,
        "sha256": upload.sha256,
        "record": upload.record,
        "mime": mime,
        "bytes": upload.length,
        "width": width,
        "height": height,
        "received_at": now_text(),
    }


def arrived(connection: Connection, arrivals: Sequence[dict[str, Any]]) -> None:
    """Record that photos have arrived, and who holds them since now.

    Locks their rows first: who deletes old photos waits, or is waited for.
    """
    connection.execute(_ARRIVED, arrivals)
    holders.add(connection, arrivals)


def renew(connection: Connection, held: dict[str, Any]) -> bool:
    """Let who holds a photo that is here hold it since now; whether it still is here.

    `held`: a campaign, device, sha256 and record.
    """
    this = (_FILE.c.campaign == held["campaign"], _FILE.c.sha256 == held["sha256"])
    if connection.execute(columns(_FILE.c.sha256).where(*this).with_for_update()).first() is None:
        return False
    holders.add(connection, [held])
    return True


def add(connection: Connection, upload: Upload) -> None:
    """Store the row of an upload."""
    connection.execute(_ADD, asdict(upload))


def get(connection: Connection, campaign: str, device: str, upload: str) -> Upload | None:
    """A device's own upload, unless it has expired."""
    row = connection.execute(_ONE, {"id": upload}).first()
    found = Upload(*row) if row else None
    if found and (found.campaign, found.device) == (campaign, device) and found.expires_at > now_text():
        return found
    return None


def finished(connection: Connection, campaign: str, device: str, sha256: str) -> Upload | None:
    """A photo that the device's person holds, by its hash, as the finished upload that it was."""
    row = connection.execute(_OVER, {"campaign": campaign, "device": device, "sha256": sha256}).first()
    if row is None:
        return None
    until = later(days=KEPT_DAYS)
    return Upload(sha256, campaign, device, sha256, row.mime, None, row.bytes, row.received_at, until)


def known(session: Session, names: Sequence[str]) -> set[str]:
    """Those of `names` that are uploads, expired or not."""
    return set(
        session.connection()
        .execute(columns(_UPLOAD.c.id).where(in_values(session, _UPLOAD.c.id, names)))
        .scalars()
    )


def prolong(session: Session, upload: str, until: str) -> None:
    """Keep an upload until a later time, because more of it has arrived."""
    session.connection().execute(update(_UPLOAD).where(_UPLOAD.c.id == upload).values(expires_at=until))


def forget_expired(connection: Connection, most: int = 20) -> Sequence[str]:
    """Delete the rows of some expired uploads; their ids."""
    expired = connection.execute(_EXPIRED, {"now": now_text(), "most": most}).scalars().all()
    if expired:
        connection.execute(delete(_UPLOAD).where(_UPLOAD.c.id.in_(expired)))
    return expired


def abandoned(connection: Connection) -> list[str]:
    """The uploads that have expired or whose phone has lost its access."""
    revoked = columns(literal(1)).where(
        _DEVICE.campaign == _UPLOAD.c.campaign,
        _DEVICE.id == _UPLOAD.c.device,
        _DEVICE.revoked_at.is_not(None),
    )
    asked = columns(_UPLOAD.c.id).where((_UPLOAD.c.expires_at <= now_text()) | revoked.exists())
    return list(connection.execute(asked).scalars())


def latest(session: Session, campaign: str, device: str, among: Sequence[str]) -> list[tuple[str, int]]:
    """A device's uploads `among` some, with their lengths; the most recently active first."""
    asked = (
        columns(_UPLOAD.c.id, _UPLOAD.c.length)
        .where(in_values(session, _UPLOAD.c.id, among))
        .where(_UPLOAD.c.campaign == campaign, _UPLOAD.c.device == device)
        .order_by(_UPLOAD.c.expires_at.desc(), _UPLOAD.c.id)
    )
    return [(upload, length) for upload, length in session.execute(asked)]


def forget(connection: Connection, dropped: Sequence[str]) -> None:
    """Delete the rows of several uploads."""
    connection.execute(
        delete(_UPLOAD).where(_UPLOAD.c.id == bindparam("gone")), [{"gone": one} for one in dropped]
    )


def drop(session: Session, upload: str) -> None:
    """Delete the row of an upload."""
    session.connection().execute(delete(_UPLOAD).where(_UPLOAD.c.id == upload))
