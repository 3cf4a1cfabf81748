"""Hazards as GeoJSON (RFC 7946): WGS-84, longitude before latitude, one feature per line."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from shared.towns import town_name
from sync_server.exports.ledger_line import LedgerLine

MEDIA_TYPE = "application/geo+json"
_NOT_A_PROPERTY = {"position"}


def chunks(entries: Iterable[LedgerLine]) -> Iterator[bytes]:
    """The FeatureCollection in chunks; hazards without a position have a null geometry."""
    yield b'{"type":"FeatureCollection","features":['
    separator = "\n"
    for entry in entries:
        text = json.dumps(feature(entry), ensure_ascii=False, separators=(",", ":"), allow_nan=False)
        yield (separator + text).encode()
        separator = ",\n"
    yield b"\n]}\n"


def feature(entry: LedgerLine) -> dict[str, Any]:
    """One hazard: its fields, and what follows from its events."""
    written = entry.hazard.model_dump(mode="json", exclude_none=True, exclude=_NOT_A_PROPERTY)
    position = entry.hazard.position
    return {
        "type": "Feature",
        "id": entry.id,
        "geometry": position
        and {"type": "Point", "coordinates": [round(position.lon, 6), round(position.lat, 6)]},
        "properties": written
        | {
            "number": entry.number,
            "town": town_name(entry.hazard.town_code),
            "accuracy_m": position and position.accuracy_m,
            "status": entry.history.status,
            "status_label": entry.history.status.zh,
            "risk_level": entry.risk,
            "due_date": entry.history.due_date or written.get("due_date"),
            "closed_on": entry.history.closed_on,
            "relapses": entry.history.relapses,
            "inspector": entry.inspector,
            "photo_before": entry.before.link or None,
            "photo_after": entry.after.link or None,
        },
    }
