"""What the map draws of the hazards on this phone."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sqlmodel import Session

from mobile_app.map_ground import MapGround
from mobile_app.store.database.phone_database import PhoneDatabase
from mobile_app.store.log import entries
from mobile_app.store.map import map_cells
from mobile_app.store.map.map_cells import GeoBox, HazardCell, MapMarks
from mobile_app.store.queries import hazards
from mobile_app.store.queries.hazards import HazardRow

if TYPE_CHECKING:
    from mobile_app.device.clock import Clock
    from mobile_app.device.web.kept_tiles import KeptTiles
    from mobile_app.state.sync import SyncState

_KEPT_TO = 12
"""Up to this zoom the cells of everything are few: they are counted once, and kept while nothing changes."""


class HazardMap:
    """A part of the services; `ground`: the pictures under it."""

    def __init__(
        self, database: PhoneDatabase, state: "SyncState", device: "tuple[Clock, KeptTiles]"
    ) -> None:
        self._database, self._state = database, state
        self.ground = MapGround(database, *device)
        self._kept: dict[int, list[HazardCell]] = {}
        self._revision = -1

    def marks(self, box: GeoBox, zoom: int) -> MapMarks:
        """What lies in `box` at a whole zoom, as a Web Mercator map of 256-pixel tiles counts it."""
        found = self._cells(box, zoom)
        alone = [cell.first for cell in found if cell.n == 1]
        return MapMarks([cell for cell in found if cell.n > 1], self._rows(alone))

    def inside(self, box: GeoBox) -> list[HazardRow]:
        """The hazards inside `box`, at most `map_cells.LISTED`."""
        return self._rows(self._database.read(lambda session: map_cells.inside(session, box)))

    def extent(self) -> GeoBox | None:
        """The box that all hazards fill; None where none has a position."""
        return self._database.read(map_cells.extent)

    def _cells(self, box: GeoBox, zoom: int) -> list[HazardCell]:
        if zoom > _KEPT_TO:
            return self._database.read(lambda session: map_cells.cells(session, zoom, box))
        if self._revision != self._state.revision:
            self._kept, self._revision = {}, self._state.revision
        if zoom not in self._kept:
            self._kept[zoom] = self._database.read(lambda session: map_cells.cells(session, zoom))
        shown = map_cells.grown(box, zoom)
        return [cell for cell in self._kept[zoom] if shown.holds(cell.lat, cell.lon)]

    def _rows(self, ids: Sequence[str]) -> list[HazardRow]:
        def work(session: Session) -> list[HazardRow]:
            return [row for some in entries.slices(list(ids)) for row in hazards.rows(session, some)]

        return self._database.read(work)
