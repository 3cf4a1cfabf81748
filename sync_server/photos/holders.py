"""Who has shown to hold the bytes of a photo, by sending them or by being able to read them.

Knowing a hash shows nothing: it stands in every operation that names the photo.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, exists, text

from sync_server.database.tables import DeviceRow, PhotoHolderRow
from sync_server.database.timestamps import now_text

_HOLDER, _DEVICE = (row.metadata.tables[str(row.__tablename__)].c for row in (PhotoHolderRow, DeviceRow))
# Asked with every photo: plain columns, no objects.
_ADD = text(  # Core has no word for this that both databases know
    "INSERT INTO photo_holder (campaign, sha256, person, since, unnamed)"
    " SELECT campaign, CAST(:sha256 AS VARCHAR), person, CAST(:since AS VARCHAR), NOT EXISTS"
    " (SELECT 1 FROM photo WHERE photo.campaign = device.campaign AND photo.sha256 = :sha256)"
    " FROM device WHERE campaign = :campaign AND id = :device ON CONFLICT DO NOTHING"
)


def add(connection: Connection, held: Sequence[dict[str, Any]]) -> None:
    """Note that the persons of devices hold photos: each a campaign, device and sha256."""
    since = now_text()
    connection.execute(_ADD, [{**_key(one), "since": since} for one in held])


def _key(one: dict[str, Any]) -> dict[str, Any]:
    return {name: one[name] for name in ("campaign", "device", "sha256")}


def held_by_device(files: FromClause, device: ColumnElement[str]) -> ColumnElement[bool]:
    """Whether the person of a device holds the photo of a row of `photo_file`."""
    return exists().where(
        _DEVICE.campaign == files.c.campaign,
        _DEVICE.id == device,
        _HOLDER.campaign == files.c.campaign,
        _HOLDER.sha256 == files.c.sha256,
        _HOLDER.person == _DEVICE.person,
    )
