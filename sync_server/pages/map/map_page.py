"""The map: a page of constant size, and what it draws, counted here for the part that is in view."""

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from shared import problems
from shared.permissions import Action
from shared.profiles.profile import Profile
from shared.vocabulary import Datum, EducationVisitType, Status
from sync_server.database import campaigns
from sync_server.database.timestamps import this_year, today
from sync_server.database.transactions import reading
from sync_server.deps import EngineDep, SettingsDep, SignedIn, YearDep, campaign_of
from sync_server.http.compression import page_answer
from sync_server.http.static_files import static
from sync_server.maps import figure
from sync_server.maps.figure import Figure, Tiles
from sync_server.pages.filter_dependency import Asked
from sync_server.pages.rendering import page, words_for
from sync_server.queries import hazards, progress
from sync_server.queries.filters import Box, Filter
from sync_server.queries.map import map_cells
from sync_server.settings import Settings
from sync_server.texts.languages import label
from sync_server.texts.words import Texts

router = APIRouter()
STYLES = ("vendor/leaflet/leaflet.css", "map.css")
SCRIPTS = ("vendor/leaflet/leaflet.js", "hazard-map.js")


@router.get("/")
def map_page(
    request: Request, access: SignedIn, engine: EngineDep, settings: SettingsDep, asked: Asked, year: YearDep
) -> Response:
    """The map with its filter, legend and count; those who see no hazards begin with their home visits."""
    if not access.can(Action.SEE_HAZARDS):
        return RedirectResponse("/home-visits", 303)
    words = words_for(request)
    with reading(engine) as session:
        campaign = campaign_of(session, request)
        profile = campaigns.profile_of(campaign)
        everywhere = asked.everywhere()
        without_status = replace(everywhere, status=None)
        totals = hazards.totals(session, access, campaign.id, without_status, today())
        shown = {status: n for status, n in totals.items() if asked.status in (None, status)}
        extent = (
            map_cells.extent(session, access, campaign.id, everywhere, today()) if asked.query() else None
        )
        content: dict[str, Any] = {
            "progress": progress.of(session, access, campaign, year, asked.town),
            "years": progress.years(session, access, campaign, this_year()),
            "unplaced": hazards.count_unplaced(session, access, campaign.id, everywhere, today()),
        }
    box = asked.box or extent
    return page(
        request,
        "map.html",
        access,
        profile=profile,
        action="/",
        asked=asked,
        box_text="",
        sort=None,
        limited=access.towns(Action.SEE_HAZARDS) is not None,
        year_address=lambda one: _address(asked, one),
        year=year if year != this_year() else None,
        figure=placed_figure(settings, words),
        words=map_words(words, profile),
        datum=datum_of(settings).value,
        extent=",".join(f"{side:.6f}" for side in drawn(box, settings)) if box else "",
        total=sum(shown.values()),
        legend=[
            {
                "status": status,
                "count": totals[status],
                "href": _address(_narrowed(everywhere, status), year),
            }
            for status in Status
            if totals.get(status)
        ],
        **content,
    )


def _narrowed(asked: Filter, status: Status) -> Filter:
    """The filter with that status, or without it where it has it already."""
    return replace(asked, status=None if asked.status is status else status)


def _address(asked: Filter, year: int) -> str:
    """The map with a filter, in a year that is named where it is not the present one."""
    counted = urlencode({"year": year}) if year != this_year() else ""
    return "/?" + "&".join(filter(None, (asked.query(), counted)))


@router.get("/map/{name}")
def script(request: Request, _: SignedIn, settings: SettingsDep, name: str) -> Response:
    """The script that folium wrote for this deployment's map."""
    for made in (figure.build(_tiles(settings), language) for language in ("zh", "en")):
        if made.script_name == name:
            keep = {"Cache-Control": "private, max-age=31536000, immutable"}
            return page_answer(request, made.script.encode(), "text/javascript; charset=utf-8", keep)
    raise problems.not_found()


def placed_figure(settings: Settings, words: Texts) -> dict[str, Any]:
    """The map's element with the addresses of all that it needs, in order."""
    made: Figure = figure.build(_tiles(settings), words.code)
    return {
        "html": made.html,
        "styles": [static(name) for name in STYLES],
        "scripts": [*(static(name) for name in SCRIPTS), f"/map/{made.script_name}"],
    }


def map_words(words: Texts, profile: Profile) -> dict[str, Any]:
    """What the map's script says of the hazards of a programme."""
    names = (
        *("photo_of", "photo_awaited", "no_number", "due_date", "open_hazard", "hazards_here"),
        *("more_here", "cluster_label", "loading_failed", "retry", "zoom_in", "zoom_out", "close"),
    )
    return {name: getattr(words, name) for name in names} | {
        "unnamed": profile.unnamed.of(words.code),
        "language": words.code,
        "separator": words.list_separator,
        "glyphs": {status.value: glyph for status, glyph in words.glyphs.items()},
        "statuses": {status.value: label(status, words) for status in Status},
        "visits": {
            "kinds": {kind.value: label(kind, words) for kind in EducationVisitType},
            "glyphs": {kind.value: glyph for kind, glyph in words.visit_glyphs.items()},
            "unnamed": words.visit_unplaced,
            "cluster_label": words.visit_cluster_label,
            "here": words.visits_here,
            "more_here": words.more_visits_here,
            "open": words.open_visit,
            "headcount": words.people_reached,
            "households": words.households,
        },
    }


def datum_of(settings: Settings) -> Datum:
    """The datum in which the map is drawn."""
    return settings.tiles_datum if settings.tiles_url else Datum.WGS84


def _tiles(settings: Settings) -> Tiles | None:
    if not settings.tiles_url:
        return None
    return Tiles(settings.tiles_url, settings.tiles_attribution, settings.tiles_datum, settings.tiles_zoom)


def drawn(box: Box, settings: Settings) -> tuple[float, float, float, float]:
    """A rectangle of the earth as west, south, east, north on the map."""
    datum = datum_of(settings)
    south, west = figure.display((box.south, box.west), datum)
    north, east = figure.display((box.north, box.east), datum)
    return west, south, east, north
