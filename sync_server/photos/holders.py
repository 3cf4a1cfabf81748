"""Who has proved to have the bytes of a photo, by sending them or by being allowed to read them.

Knowing the hash proves nothing: it is in every operation that names the photo.
"""

from collections.abc import Sequence
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Connection, FromClause, bindparam, exists, select, text

from shared.operations import Kind, RecordType
from sync_server.database.tables import DeviceRow, OperationRow, PhotoHolderRow
from sync_server.database.timestamps import now_text

_HOLDER, _DEVICE, _OPERATION = (
    row.metadata.tables[str(row.__tablename__)].c for row in (PhotoHolderRow, DeviceRow, OperationRow)
)
# Asked with every photo: plain columns, no objects.
_ADD = text(  # Core has no word for this that both databases know
    "INSERT INTO photo_holder (campaign, sha256, person, since, unnamed)"
    " SELECT campaign, CAST(:sha256 AS VARCHAR), person, CAST(:since AS VARCHAR), NOT EXISTS"
    " (SELECT 1 FROM photo WHERE photo.campaign = device.campaign AND photo.sha256 = :sha256)"
    " FROM device WHERE campaign = :campaign AND id = :device"
    " ON CONFLICT (campaign, sha256, person) DO UPDATE SET since = excluded.since"
)
_ADD_AUTHOR = text(
    "INSERT INTO photo_holder (campaign, sha256, person, since, unnamed)"
    " VALUES (:campaign, :sha256, :person, :since, :unnamed)"
    " ON CONFLICT (campaign, sha256, person) DO UPDATE SET since = excluded.since"
)
_ATTACHED = select(_OPERATION.wire).where(
    _OPERATION.campaign == bindparam("campaign"),
    _OPERATION.record == bindparam("record"),
    _OPERATION.type == RecordType.PHOTO,
    _OPERATION.kind == Kind.ATTACH,
)


def add(connection: Connection, held: Sequence[dict[str, Any]]) -> None:
    """Record that the persons of devices hold photos: each a campaign, device, sha256 and record.

    So do those who attached the photo to the record that it was sent for: the phone may have been handed on.
    """
    since = now_text()
    connection.execute(
        _ADD,
        [{name: one[name] for name in ("campaign", "device", "sha256")} | {"since": since} for one in held],
    )
    authors = [
        {
            "campaign": one["campaign"],
            "sha256": one["sha256"],
            "person": author,
            "since": since,
            "unnamed": False,
        }
        for one in held
        for author in _authors(connection, one)
    ]
    if authors:
        connection.execute(_ADD_AUTHOR, authors)


def held_since(connection: Connection, campaign: str, device: str, sha256: str) -> str:
    """When the person of a device last showed to hold a photo, "" for never."""
    found = select(_HOLDER.since).where(
        _DEVICE.campaign == campaign,
        _DEVICE.id == device,
        _HOLDER.campaign == campaign,
        _HOLDER.sha256 == sha256,
        _HOLDER.person == _DEVICE.person,
    )
    since: str | None = connection.execute(found).scalar()
    return since or ""


def _authors(connection: Connection, one: dict[str, Any]) -> set[str]:
    """Who attached a photo to the record that it is said to belong to."""
    if one["record"] is None:
        return set()
    asked = {"campaign": one["campaign"], "record": one["record"]}
    attached = [orjson.loads(wire) for wire in connection.execute(_ATTACHED, asked).scalars()]
    return {said["author"] for said in attached if said["fields"].get("sha256") == one["sha256"]}


def held_by_device(files: FromClause, device: ColumnElement[str]) -> ColumnElement[bool]:
    """Whether the device's person holds the photo of a row of `photo_file`."""
    return exists().where(
        _DEVICE.campaign == files.c.campaign,
        _DEVICE.id == device,
        _HOLDER.campaign == files.c.campaign,
        _HOLDER.sha256 == files.c.sha256,
        _HOLDER.person == _DEVICE.person,
    )
