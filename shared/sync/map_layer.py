"""The tiles of a deployment's map, as the server describes them to phones: TileJSON 3.0 and their datum."""

from typing import Annotated

from pydantic import Field

from shared.sync.wire import Message

Zoom = Annotated[int, Field(ge=0, le=22)]
Degrees = Annotated[float, Field(ge=-180, le=180)]


class MapLayer(Message):
    """200 of `GET /tiles/tiles.json`.

    `tiles`: their address with {z}, {x}, {y}; one that begins with "/" is the server's own; none where
    it has no tiles. `bounds`: west, south, east, north. `mean_bytes` of a picture, where they come from a
    file of the server.
    """

    tiles: Annotated[list[Annotated[str, Field(max_length=500)]], Field(max_length=8)]
    attribution: Annotated[str, Field(max_length=1000)] = ""
    minzoom: Zoom = 0
    maxzoom: Zoom = 18
    datum: Annotated[str, Field(max_length=20)] = "WGS-84"
    bounds: tuple[Degrees, Degrees, Degrees, Degrees] | None = None
    mean_bytes: Annotated[int, Field(ge=0)] | None = None

    @property
    def may_be_kept(self) -> bool:
        """Whether parts of it may be kept on a phone: it is the server's own file."""
        return self.mean_bytes is not None and self.tiles[0].startswith("/")
