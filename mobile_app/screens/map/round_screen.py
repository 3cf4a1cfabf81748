"""The round of the day on the map: the hazards that wait for the person, numbered, the nearest first."""

import flet as ft

from mobile_app import theme
from mobile_app.screens.access import use_access
from mobile_app.screens.app_context import AppContext, use_app
from mobile_app.screens.error_boundary import screen
from mobile_app.screens.hooks import use_part
from mobile_app.screens.map.map_frame import MapWords, map_frame
from mobile_app.screens.map.map_layers import MapTaps, ground_layers, my_layers, round_layer
from mobile_app.screens.map.map_view import around_all, fitting
from mobile_app.screens.map.marks import MARK_PX
from mobile_app.screens.map.moving import use_moves
from mobile_app.screens.position_search import use_position_search, use_redraw
from mobile_app.screens.sync.sync_bar import records_changed
from mobile_app.store.map.map_cells import CITY, GeoBox
from mobile_app.widgets import labels
from shared.permissions import Action
from shared.plural import plural

ROUTE = "/round"


@screen
def RoundOnMap() -> ft.Control:
    """Numbered anew whenever there is a new position."""
    app, access = use_app(), use_access()
    work, day = app.open.today, app.today
    sees = access.may(Action.SEE_HAZARDS)
    changed = use_part(app.open.sync, records_changed)
    found = ft.use_memo(lambda: work.round(day), [day, changed, work.fix, access.grants()])
    stops = list(found.stops) if sees else []
    places = [(row.lat, row.lon) for row in stops if row.lat is not None and row.lon is not None]

    def everything() -> GeoBox | None:
        fix = work.fix
        return around_all([*places, *([(fix.lat, fix.lon)] if fix else [])])

    moves, view = use_moves(lambda size: fitting(everything() or CITY, size), everything)
    search = use_position_search(lambda: None, moves.centre)
    use_redraw(search)
    taken = [(*view.pixel(place), MARK_PX / 2, MARK_PX / 2) for place in places]
    taps = MapTaps(moves.open_cell, lambda hazard: moves.choose([hazard]))
    layers = [
        *ground_layers(view, app.texts, taken, app.open.map.ground.layer()),
        *my_layers(work.fix, app.texts),
        round_layer(stops, app.texts, taps, moves.chosen),
    ]
    notice = _notice(app, len(stops), found.farther, found.unplaced)
    words = MapWords(ROUTE, app.texts.map.round, "/today", [] if moves.cards else [notice])
    return map_frame(app, words, moves, view, layers, search)


def _notice(app: AppContext, stops: int, farther: int, unplaced: int) -> ft.Control:
    """How many hazards are numbered, in which order, and how many are not on the map."""
    words = app.texts.map
    order = words.round_nearest if app.open.today.fix else words.round_unlocated
    said = [
        ft.Text(plural(words.round_stops, stops), size=16, color=theme.INK, key="round"),
        labels.quiet(order),
        *([labels.quiet(plural(words.round_farther, farther))] if farther else []),
        *([labels.quiet(plural(words.round_unplaced, unplaced))] if unplaced else []),
    ]
    return labels.card(list[ft.Control](said))
