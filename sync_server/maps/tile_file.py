"""The ground of the map in a file of this machine: pictures in an MBTiles 1.3 file, which is only read."""

import sqlite3
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from shared import problems

SETTING = "ANLAN_TILES_FILE"
URL = "/tiles/{z}/{x}/{y}"
"""Where the pictures are served, counted from the north-west as slippy maps do."""
MOST_ZOOM = 22
_SAMPLE = 400
_STARTS = {b"\x89PNG": "image/png", b"\xff\xd8\xff": "image/jpeg", b"RIFF": "image/webp"}


@dataclass(frozen=True, slots=True)
class TileSet:
    """What a file says of itself: zooms, the box as west, south, east, north, whose it is, and the mean size
    of a picture in bytes."""

    min_zoom: int
    max_zoom: int
    bounds: tuple[float, float, float, float]
    attribution: str
    mean_bytes: int


class TileFile:
    """One MBTiles file. It must not change while it is open; another one takes its place by a restart."""

    def __init__(self, path: Path) -> None:
        """Open the file. Raises Problem setting_invalid for one that cannot be read or holds no pictures."""
        address = f"file:{quote(str(path.absolute()))}?mode=ro&immutable=1"
        self._lock = threading.Lock()
        try:
            self._connection = sqlite3.connect(address, uri=True, check_same_thread=False)
            self.tiles = self._described()
        except (sqlite3.Error, ValueError):
            raise problems.setting_invalid(setting=SETTING) from None

    def picture(self, zoom: int, x: int, y: int) -> tuple[bytes, str] | None:
        """The picture of a place with its MIME type; None where the file has none. Blocks."""
        if not (0 <= zoom <= MOST_ZOOM and 0 <= x < 2**zoom and 0 <= y < 2**zoom):
            return None
        found = self._rows(
            "SELECT tile_data FROM tiles WHERE zoom_level = ? AND tile_column = ? AND tile_row = ?",
            (zoom, x, 2**zoom - 1 - y),  # MBTiles counts from the south
        )
        data = bytes(found[0][0]) if found else b""
        kind = next((mime for start, mime in _STARTS.items() if data.startswith(start)), None)
        return (data, kind) if kind else None

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()

    def _described(self) -> TileSet:
        said = {str(name): str(value) for name, value in self._rows("SELECT name, value FROM metadata")}
        if said.get("format", "png") not in ("png", "jpg", "jpeg", "webp"):
            raise ValueError(said["format"])
        [(low, high)] = self._rows("SELECT min(zoom_level), max(zoom_level) FROM tiles")
        if low is None or not 0 <= low <= high <= MOST_ZOOM:
            raise ValueError("no tiles")
        [(mean,)] = self._rows(
            "SELECT avg(length(tile_data)) FROM (SELECT tile_data FROM tiles WHERE zoom_level = ? LIMIT ?)",
            (high, _SAMPLE),
        )
        west, south, east, north = map(float, said.get("bounds", "-180,-85,180,85").split(","))
        return TileSet(low, high, (west, south, east, north), said.get("attribution", ""), round(mean))

    def _rows(self, statement: str, values: tuple[int, ...] = ()) -> list[tuple[Any, ...]]:
        with self._lock:
            return self._connection.execute(statement, values).fetchall()
