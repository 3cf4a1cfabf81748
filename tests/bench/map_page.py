"""The map page with 2,000 and 20,000 hazards, against a hand-written one and folium's MarkerCluster."""

import json
import tempfile
import time
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser

from tests.bench import chromium, map_peers, processes
from tests.bench.clients import BATCH, pushing, together
from tests.bench.figures import Bound, Figure
from tests.bench.pair import OURS, enrolled
from tests.bench.processes import Server
from tests.bench.records import Maker
from tests.bench.rounds import Rounds, forth_and_back, until_known

SIZES = (2_000, 20_000)
LEAFLET, FOLIUM = "hand-written", "folium"
LEAST, MOST = 6, 12
FOLIUM_MOST = {2_000: 3, 20_000: 1}
"""It has no target, and needs half a minute for 20,000 markers."""
NAME, PASSWORD = "reviewer of the bench", "bench and nothing but the bench"
QUIET_MS = 1000
PATIENCE_S = 240

WATCH = """
window.markers = { count: 0, first: null, last: null };
(function look() {
  const count = document.querySelectorAll(
    ".leaflet-marker-pane > *, .leaflet-overlay-pane path").length;
  if (count !== window.markers.count) {
    window.markers.count = count;
    window.markers.first ??= performance.now();
    window.markers.last = performance.now();
  }
  requestAnimationFrame(look);
})();
"""
SETTLED = """(quiet) => {
  const { first, last } = window.markers;
  return last !== null && performance.now() - last > quiet ? [first, last] : null;
}"""


@dataclass(frozen=True, slots=True)
class MapPage:
    """A page under measure; `build` is the path that builds it anew, where that is not the page itself."""

    name: str
    server: Server
    path: str = "/"
    build: str | None = None
    cookie: str | None = None


def measure(most: int = MOST) -> list[Figure]:
    """Bytes, the server's time and the time to markers, for each size and peer."""
    return [figure for size in SIZES for figure in _size(size, most)]


def _size(size: int, most: int) -> list[Figure]:
    with tempfile.TemporaryDirectory(prefix="anlan-bench-") as folder:
        data, peers = Path(folder, OURS), Path(folder, "peers")
        with processes.ours(data) as server:
            points = _fill(server, data, size)
            peers.mkdir()
            (peers / map_peers.POINTS).write_text(json.dumps(points), "utf-8")
            with processes.peer("map_peers", peers) as other, chromium.browser() as browser:
                ours = MapPage(OURS, server, cookie=_signed_in(browser, server, data))
                by_hand = MapPage(LEAFLET, other)
                by_folium = MapPage(FOLIUM, other, "/folium", "/folium/build")
                for page in (ours, by_hand):
                    _look(browser, page)
                return [
                    *_against(browser, ours, by_hand, size, most),
                    *_against(browser, ours, by_folium, size, min(most, FOLIUM_MOST[size])),
                ]


def _against(browser: Browser, ours: MapPage, peer: MapPage, size: int, most: int) -> list[Figure]:
    case = f"{size:,}"
    bound = Bound("ratio", 1.2, "less") if peer.name == LEAFLET else None
    quantities = (
        ("bytes", "bytes transferred", "kB", bound),
        ("server", "server's time", "ms", None),
        ("first", "first marker in Chromium", "ms", None),
        ("markers", "all markers in Chromium", "ms", bound),
    )

    def one_round(number: int, rounds: Rounds) -> None:
        for page in forth_and_back((ours, peer), number):
            rounds.add(page.name, case, **_look(browser, page))

    def figures(rounds: Rounds) -> list[Figure]:
        return rounds.figures("map page", case, quantities, OURS, peer.name)

    return until_known(one_round, figures, most, LEAST)


def _look(browser: Browser, page: MapPage) -> dict[str, float]:
    """What one look at a page took, by a browser that has seen nothing, and one by a plain client."""
    server_ms = _fetched(page, [page.build]) if page.build else None
    context = browser.new_context(locale="zh-CN", viewport={"width": 1280, "height": 800})
    try:
        if page.cookie:
            name, _, value = page.cookie.partition("=")
            context.add_cookies([{"name": name, "value": value, "url": page.server.url}])
        tab = context.new_page()
        tab.add_init_script(WATCH)
        received = chromium.Bytes(tab)
        asked: list[str] = []
        tab.on(
            "request",
            lambda request: (
                asked.append(request.url.removeprefix(page.server.url))
                if request.resource_type in ("document", "fetch", "xhr")
                else None
            ),
        )
        tab.goto(page.server.url + page.path, timeout=1000 * PATIENCE_S, wait_until="commit")
        patience = time.monotonic() + PATIENCE_S
        while (times := tab.evaluate(SETTLED, QUIET_MS)) is None:
            if time.monotonic() > patience:
                raise TimeoutError(f"no markers on {page.name}: {tab.url}")
            tab.wait_for_timeout(200)
        first, last = times
    finally:
        context.close()
    return {
        "bytes": received.received / 1000,
        "server": _fetched(page, asked) if server_ms is None else server_ms,
        "first": first,
        "markers": last,
    }


def _fetched(page: MapPage, paths: Sequence[str]) -> float:
    """Milliseconds until the server has answered the paths, one after another."""
    headers = {"Accept-Encoding": "gzip", **({"Cookie": page.cookie} if page.cookie else {})}
    begun = time.perf_counter()
    for path in paths:
        request = urllib.request.Request(page.server.url + path, headers=headers)
        with urllib.request.urlopen(request, timeout=PATIENCE_S) as answer:
            answer.read()
    return 1000 * (time.perf_counter() - begun)


def _fill(server: Server, data: Path, size: int) -> list[dict[str, Any]]:
    """Push `size` hazards; the points as the peers need them."""
    [phone] = enrolled(server, data, 1)
    operations = Maker(size).operations(phone.phone, 1, size)
    bodies = [phone.body(operations[start : start + BATCH]) for start in range(0, size, BATCH)]
    together(server.port, [pushing(phone, bodies)])
    return [
        {
            "id": operation["record"],
            "lat": operation["fields"]["position"]["lat"],
            "lon": operation["fields"]["position"]["lon"],
            "name": operation["fields"]["water_name"],
            "status": "reported",
        }
        for operation in operations
    ]


def _signed_in(browser: Browser, server: Server, data: Path) -> str:
    """The session cookie of a reviewer, as `name=value`."""
    options = ("--role", "reviewer", "--password-stdin", "--data", str(data))
    processes.anlan("person", "add", NAME, *options, given=PASSWORD + "\n")
    context = browser.new_context()
    try:
        context.request.post(server.url + "/sign-in", form={"name": NAME, "password": PASSWORD})
        [cookie] = context.cookies()
        return f"{cookie['name']}={cookie['value']}"
    finally:
        context.close()
