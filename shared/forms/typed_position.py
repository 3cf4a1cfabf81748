"""A position that somebody typed, in the datum of the map it was read from."""

from typing import Any

from shared.forms.filling import parse_number
from shared.forms.form import Control
from shared.geo import to_wgs
from shared.vocabulary import CoordSource, Datum


def typed_position(lat: str, lon: str, datum: Datum) -> dict[str, Any] | None:
    """The position register in WGS-84, with what was typed where that was another; None for no position."""
    point = (parse_number(Control.NUMBER, lat), parse_number(Control.NUMBER, lon))
    if isinstance(point[0], str) or isinstance(point[1], str):
        return None
    if not (-90 <= point[0] <= 90 and -180 <= point[1] <= 180):
        return None
    if datum not in (Datum.GCJ02, Datum.BD09):
        return {"lat": point[0], "lon": point[1], "source": CoordSource.TYPED.value}
    wgs = to_wgs((float(lat), float(lon)), datum)
    return {
        "lat": round(wgs[0], 6),
        "lon": round(wgs[1], 6),
        "source": CoordSource.TYPED.value,
        "raw": f"{lat.strip()},{lon.strip()}",
        "raw_datum": datum.value,
    }
