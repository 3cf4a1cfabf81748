"""Small MBTiles files with drawn pictures."""

import io
import sqlite3
from math import asinh, pi, radians, tan
from pathlib import Path

from PIL import Image

CITY = (113.5, 22.63, 114.28, 23.17)
"""West, south, east, north."""


def picture(kind: str = "PNG") -> bytes:
    """The picture of every tile: 256 × 256, pale green."""
    kept = io.BytesIO()
    Image.new("RGB", (256, 256), (214, 232, 210)).save(kept, kind)
    return kept.getvalue()


def place(lat: float, lon: float, zoom: int) -> tuple[int, int]:
    """The column and row, counted from the north-west, of the tile that holds a place."""
    x = int((0.5 + lon / 360) * 2**zoom)
    y = int((0.5 - asinh(tan(radians(lat))) / (2 * pi)) * 2**zoom)
    return x, y


def mbtiles(
    path: Path,
    zooms: range = range(8, 13),
    box: tuple[float, float, float, float] = CITY,
    data: bytes | None = None,
    **metadata: str,
) -> Path:
    """A file with the same picture for every tile of `box`, and what it says of itself."""
    west, south, east, north = box
    said = {"name": "drawn", "format": "png", "bounds": ",".join(map(str, box)), **metadata}
    with sqlite3.connect(path) as file:
        file.execute("CREATE TABLE metadata (name text, value text)")
        file.execute(
            "CREATE TABLE tiles (zoom_level integer, tile_column integer, tile_row integer, tile_data blob)"
        )
        file.execute("CREATE UNIQUE INDEX tile_index ON tiles (zoom_level, tile_column, tile_row)")
        file.executemany("INSERT INTO metadata VALUES (?, ?)", list(said.items()))
        for zoom in zooms:
            (left, top), (right, bottom) = place(north, west, zoom), place(south, east, zoom)
            rows = [
                (zoom, x, 2**zoom - 1 - y, data or picture())
                for x in range(left, right + 1)
                for y in range(top, bottom + 1)
            ]
            file.executemany("INSERT INTO tiles VALUES (?, ?, ?, ?)", rows)
    file.close()
    return path
