"""The map's peers: a page written by hand with Leaflet and markercluster, and folium's own MarkerCluster.

Both show the points of `points.json` in FOLDER. folium's page loads our copies of Leaflet, markercluster and
jQuery in place of the many files it would take from CDNs, and draws circles that need no icon font: in its
favour.
Run: `python -m tests.bench.map_peers FOLDER PORT`.
"""

import json
import sqlite3
import sys
from html import escape
from pathlib import Path
from typing import Any

import folium
import uvicorn
from fastapi import FastAPI, Response
from fastapi.responses import FileResponse, HTMLResponse
from folium.plugins import MarkerCluster
from starlette.middleware.gzip import GZipMiddleware
from starlette.staticfiles import StaticFiles

from tests.bench.wire import LEVEL

POINTS = "points.json"
MODULES = Path("node_modules")
LEAFLET = "/vendor/leaflet/dist/"
JQUERY = "/vendor/jquery/dist/jquery.min.js"
CLUSTER = "/vendor/leaflet.markercluster/dist/"


def create_app(folder: Path) -> FastAPI:
    """The peers' server; points live in SQLite, as any such server would keep them."""
    app = FastAPI()
    app.add_middleware(GZipMiddleware, compresslevel=LEVEL)
    database = folder / "points.sqlite"
    fill(database, json.loads((folder / POINTS).read_text("utf-8")))
    built: dict[str, str] = {}

    @app.get("/healthz")
    def health() -> dict[str, str]:
        return {"status": "ok"}

    @app.get("/")
    def leaflet() -> FileResponse:
        return FileResponse(Path(__file__).with_name("leaflet.html"))

    @app.get("/points.json")
    def points() -> list[dict[str, Any]]:
        return rows(database)

    @app.get("/folium/build")
    def build() -> HTMLResponse:
        built["page"] = folium_page(rows(database))
        return HTMLResponse(built["page"])

    @app.get("/folium")
    def last_built() -> Response:
        return HTMLResponse(built["page"])

    app.mount("/vendor", StaticFiles(directory=MODULES))
    return app


def fill(database: Path, points: list[dict[str, Any]]) -> None:
    """Make the table of points."""
    with sqlite3.connect(database) as connection:
        connection.execute("CREATE TABLE point(id PRIMARY KEY, lat, lon, status, name)")
        connection.executemany("INSERT INTO point VALUES(:id, :lat, :lon, :status, :name)", points)
    connection.close()


def rows(database: Path) -> list[dict[str, Any]]:
    """All points."""
    connection = sqlite3.connect(database)
    connection.row_factory = sqlite3.Row
    try:
        return [dict(row) for row in connection.execute("SELECT id, lat, lon, status, name FROM point")]
    finally:
        connection.close()


def folium_page(points: list[dict[str, Any]]) -> str:
    """The page that folium bakes: every marker a script of its own."""
    page = folium.Map(tiles=None, max_zoom=19, maxZoom=19)
    page.default_js = [("leaflet", LEAFLET + "leaflet.js"), ("jquery", JQUERY)]
    page.default_css = [("leaflet_css", LEAFLET + "leaflet.css")]
    page.fit_bounds([[22.65, 113.5], [23.15, 114.27]])
    clusters = MarkerCluster()  # type: ignore[no-untyped-call]
    clusters.default_js = [("cluster", CLUSTER + "leaflet.markercluster.js")]
    clusters.default_css = [
        ("cluster_css", CLUSTER + "MarkerCluster.css"),
        ("cluster_default_css", CLUSTER + "MarkerCluster.Default.css"),
    ]
    clusters.add_to(page)
    for point in points:
        popup = escape(f"{point['name']} {point['status']}")
        folium.CircleMarker((point["lat"], point["lon"]), popup=popup, radius=10).add_to(clusters)
    html: str = page.get_root().render()
    return html


if __name__ == "__main__":
    uvicorn.run(create_app(Path(sys.argv[1])), host="127.0.0.1", port=int(sys.argv[2]), log_level="warning")
