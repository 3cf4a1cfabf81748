"""The pictures under the map: which the office has, and those of an area that this phone keeps."""

import asyncio
from collections.abc import Callable
from dataclasses import asdict
from typing import TYPE_CHECKING

from mobile_app.store.database import kept_values
from mobile_app.store.database.phone_database import PhoneDatabase
from mobile_app.store.map.map_cells import GeoBox
from mobile_app.store.map.tile_area import KeptArea, TileArea, count, tiles
from shared.problems import Problem
from shared.sync.map_layer import MapLayer
from shared.vocabulary import Datum

if TYPE_CHECKING:
    from mobile_app.device.clock import Clock
    from mobile_app.device.web.kept_tiles import KeptTiles
    from mobile_app.store.database.meta import Identity
    from mobile_app.sync.server import Server

MOST_TILES = 4000
"""Tiles of one area: what is nearer than they reach stays out."""
_LAYER, _KEPT = "map_layer", "map_area"
_ASK_AGAIN_S = 900.0
_AT_ONCE = 6


class MapGround:
    """A part of the services."""

    def __init__(self, database: PhoneDatabase, clock: "Clock", tiles: "KeptTiles") -> None:
        self._database, self._clock, self._tiles = database, clock, tiles
        self._asked: tuple[str, float] | None = None
        self._heard: tuple[MapLayer | None] | None = None

    def layer(self) -> MapLayer | None:
        """The office's tiles as last heard of; None without any, or where they lie in another datum than the
        map of the phone."""
        if self._heard is None:
            found = self._database.read(lambda session: kept_values.read(session, _LAYER))
            self._heard = (MapLayer.model_validate(found) if found else None,)
        [layer] = self._heard
        return layer if layer and layer.datum == Datum.WGS84 else None

    async def ask(self, server: "Server", who: "Identity") -> None:
        """Ask the server for its tiles if the last answer is a while ago. Without an answer those that are
        known stay; a server of before says that it has none."""
        now = self._clock.steady()
        if self._asked and self._asked[0] == who.origin and now - self._asked[1] < _ASK_AGAIN_S:
            return
        self._asked = who.origin, now
        try:
            found = await server.map_layer()
        except Problem:
            return
        self._heard = (found,)
        said = found and found.model_dump(mode="json")
        await self._database.write(lambda session: kept_values.write(session, _LAYER, said))

    def area(self, box: GeoBox, zoom: int) -> TileArea | None:
        """What `keep` would fetch for `box`: all zooms from that on, as far as `MOST_TILES` reach. None where
        tiles may not be kept, or are already too many at that zoom."""
        layer = self.layer()
        if layer is None or not layer.may_be_kept or not self._tiles.possible:
            return None
        if layer.bounds:
            west, south, east, north = layer.bounds
            box = GeoBox(
                max(box.south, south), min(box.north, north), max(box.west, west), min(box.east, east)
            )
        first = last = min(max(zoom, layer.minzoom), layer.maxzoom)
        found = count(box, first)
        if not 0 < found <= MOST_TILES:
            return None
        while last < layer.maxzoom and found + count(box, last + 1) <= MOST_TILES:
            last += 1
            found += count(box, last)
        return TileArea(box, first, last, found, found * (layer.mean_bytes or 0))

    def kept(self) -> KeptArea:
        """What this phone keeps."""
        found = self._database.read(lambda session: kept_values.read(session, _KEPT))
        return KeptArea(**found) if found else KeptArea()

    async def keep(self, area: TileArea, told: Callable[[int], None]) -> None:
        """Fetch and keep the tiles of an area; `told` how many are done. What was kept before stays.

        Those that came before a Problem stay too, and are not fetched again. Problems: those of
        `KeptTiles.keep`.
        """
        layer = self.layer()
        if layer is None:
            return
        before, sizes, done = self.kept(), list[int](), 0
        waiting = tiles(area)

        async def work() -> None:
            nonlocal done
            for zoom, x, y in waiting:
                size = await self._tiles.keep(layer.tiles[0].format(z=zoom, x=x, y=y))
                sizes.extend([size] if size else [])
                done += 1
                told(done)

        workers = [asyncio.create_task(work()) for _ in range(_AT_ONCE)]
        try:
            await asyncio.gather(*workers)
        finally:
            for worker in workers:
                worker.cancel()
            await asyncio.gather(*workers, return_exceptions=True)
            now = KeptArea(before.tiles + len(sizes), before.bytes + sum(sizes))
            await self._database.write(lambda session: kept_values.write(session, _KEPT, asdict(now)))

    async def forget(self) -> None:
        """Let go of what is kept."""
        await self._tiles.forget()
        await self._database.write(lambda session: kept_values.write(session, _KEPT, None))
