"""What the map draws: counted by cells, alone where they are, in the datum of the tiles, and fast."""

import random
import re
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import insert

from shared.geo import metres, wgs_to_gcj
from shared.vocabulary import Datum, EventType, PhotoRole, Status
from sync_server.database.tables import HazardRow
from sync_server.database.transactions import in_transaction
from sync_server.queries.map.map_cells import cell_degrees
from tests.sync_server.deployment import Deployment

CITY = "113.5,22.6,114.3,23.2"
EVERYTHING = "-180,-90,180,90"


def at(lat: float, lon: float) -> dict[str, Any]:
    return {"position": {"lat": lat, "lon": lon}}


def drawn(client: TestClient, bbox: str = CITY, zoom: int = 10, **query: str) -> dict[str, Any]:
    answer = client.get("/map/points.json", params={"bbox": bbox, "zoom": zoom, **query})
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


def total(found: dict[str, Any]) -> int:
    return int(sum(cell["n"] for cell in found["cells"])) + len(found["points"])


def scatter(office: Deployment, count: int) -> None:
    """Rows of the projection alone: the map reads nothing else."""
    chance = random.Random(1)
    row = {
        "campaign": office.campaign,
        "state": {"live": []},
        "year": 2026,
        "concurrent_statuses": [],
        "inspector": office.inspector.person.id,
        "updated_seq": 1,
        "search": "",
        "relapses": 0,
        "conflicts": 0,
        "deleted": False,
        "photo_count": 0,
    }
    rows = [
        {
            **row,
            "id": f"{number:032d}",
            "lat": chance.uniform(22.65, 23.15),
            "lon": chance.uniform(113.52, 114.26),
            "status": chance.choice(list(Status)).value,
        }
        for number in range(count)
    ]
    table = HazardRow.metadata.tables["hazard"]
    in_transaction(office.engine, lambda session: session.connection().execute(insert(table), rows))


def test_near_ones_are_counted_and_far_ones_stand_alone(office: Deployment) -> None:
    closed = office.report(**at(23.0300, 113.7800))
    office.happen(closed, EventType.CLOSE, office.reviewer)
    office.report(**at(23.0301, 113.7801))
    lone = office.report(water_name="孤塘", due_date="2020-01-01", **at(22.75, 114.15))
    office.attach(lone, PhotoRole.BEFORE, here=False)
    office.report(water_name="无定位")
    client = office.browser(office.inspector)
    found = drawn(client)
    [cell] = found["cells"]
    assert (cell["n"], cell["counts"]) == (2, {"closed": 1, "reported": 1})
    west, south, east, north = cell["box"]
    assert west <= cell["lon"] <= east
    assert south <= cell["lat"] <= north
    [point] = found["points"]
    assert (point["name"], point["status"], point["town"], point["late"]) == (
        "孤塘",
        "reported",
        "石碣镇",
        True,
    )
    assert (point["photo"], point["awaited"]) == (None, True)
    assert [p["status"] for p in drawn(client, status="closed")["points"]] == ["closed"]
    assert "另有 1 处没有定位" in client.get("/").text


def test_every_hazard_is_drawn_once_at_every_zoom(office: Deployment) -> None:
    scatter(office, 3_000)
    client = office.browser(office.inspector)
    for zoom in range(0, 20):
        found = drawn(client, zoom=zoom)
        assert total(found) == 3_000, zoom
        assert all(sum(cell["counts"].values()) == cell["n"] > 1 for cell in found["cells"])
    assert len(drawn(client, zoom=10)["cells"]) < 120


def test_clusters_stay_where_they_are_as_the_map_moves(office: Deployment) -> None:
    scatter(office, 2_000)
    client = office.browser(office.inspector)
    first = {(c["lat"], c["lon"]): c["n"] for c in drawn(client, "113.7,22.8,113.9,23.0", 13)["cells"]}
    moved = {(c["lat"], c["lon"]): c["n"] for c in drawn(client, "113.71,22.81,113.91,23.01", 13)["cells"]}
    inner = {
        place: n for place, n in first.items() if 113.73 < place[1] < 113.88 and 22.83 < place[0] < 22.98
    }
    assert inner.items() <= moved.items()


def test_hazards_on_one_point_open_as_a_list(office: Deployment) -> None:
    for number in range(105):
        office.report(water_name=f"同点{number}", **at(23.03, 113.78))
    client = office.browser(office.inspector)
    [cell] = drawn(client, zoom=19)["cells"]
    box = ",".join(map(str, cell["box"]))
    listed = client.get("/map/here.json", params={"bbox": box}).json()["points"]
    assert (cell["n"], len(listed)) == (105, 100)


def test_nonsense_is_refused(office: Deployment) -> None:
    client = office.browser(office.inspector)
    boxes = ("", "1,2,3", "a,b,c,d", "nan,0,1,1", "2,0,1,1", "0,0,1,inf", "-181,0,0,1", "1" * 5000)
    for box in boxes:
        answer = client.get("/map/points.json", params={"bbox": box, "zoom": "10"})
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid"), box
    for zoom in ("-1", "23", "1.5", "x", ""):
        answer = client.get("/map/points.json", params={"bbox": CITY, "zoom": zoom})
        assert answer.status_code == 422, zoom
    assert total(drawn(client, EVERYTHING, 0)) == 0


def test_on_shifted_tiles_points_and_boxes_are_shifted(data_dir: Path, database_url: str) -> None:
    tiles = "https://tiles.example/{z}/{x}/{y}.png"
    office = Deployment(
        data_dir,
        database_url=database_url,
        tiles_url=tiles,
        tiles_attribution="<b>图</b>",
        tiles_datum=Datum.GCJ02,
    )
    here = (23.021, 113.752)
    office.report(**at(*here))
    client = office.browser(office.inspector)
    there = wgs_to_gcj(here)
    narrow = f"{there[1] - 0.001},{there[0] - 0.001},{there[1] + 0.001},{there[0] + 0.001}"
    [point] = drawn(client, narrow, 18)["points"]
    assert metres((point["lat"], point["lon"]), there) < 1
    assert metres((point["lat"], point["lon"]), here) > 500
    page = client.get("/").text
    assert "GCJ-02" in page
    script = client.get(re.findall(r'src="(/map/map-\w+\.js)"', page)[0]).text
    assert tiles in script
    assert "<b>" not in script
    assert "https://tiles.example" in client.get("/").headers["content-security-policy"]
    office.engine.dispose()


def test_the_page_has_the_same_size_with_many_hazards(office: Deployment) -> None:
    client = office.browser(office.inspector)
    office.report(**at(23.0, 113.8))
    empty = len(client.get("/").content)
    scatter(office, 20_000)
    assert len(client.get("/").content) < empty * 1.5
    found = drawn(client, zoom=11)
    assert total(found) == 20_001
    assert len(found["cells"]) + len(found["points"]) < 500


def test_no_page_and_no_file_names_an_outside_host(office: Deployment) -> None:
    hazard = office.report(**at(23.0, 113.8))
    client = office.browser(office.administrator)
    pages = ["/", "/ledger", f"/hazards/{hazard}", "/people", "/devices", "/quarantine", "/nothing"]
    loaded: set[str] = set()
    for path in [*pages, "/sign-in"]:
        answer = (client if path != "/sign-in" else office.browser(None)).get(path)
        policy = answer.headers["content-security-policy"]
        assert "unsafe-inline" not in policy
        assert "http" not in policy
        assert not re.search(r"https?://(?!testserver)", answer.text), path
        assert not re.search(r"<script(?![^>]*(src=|application/json))", answer.text), path
        assert not re.search(r"\sstyle=|\son\w+=|<style", answer.text), path
        loaded |= set(re.findall(r'(?:src|href)="(/(?:static|map)/[^"]+)"', answer.text))
    assert any(path.startswith("/map/map-") for path in loaded)
    for path in loaded:
        text = client.get(path).text
        assert not re.search(r"""(@import|url\(|src=)\s*["']?(https?:)?//""", text), path
        if "/vendor/" not in path:  # Leaflet names hosts in its comments
            assert set(re.findall(r"https?://([\w.]+)", text)) <= {"www.w3.org"}, path


@pytest.mark.parametrize("zoom", [10, 12])
def test_no_two_clusters_overlap_much(office: Deployment, zoom: int) -> None:
    scatter(office, 2_000)
    client = office.browser(office.reviewer)
    found = drawn(client, zoom=zoom)
    high, wide = cell_degrees(zoom)
    cells = found["cells"]
    near = [
        (one, other)
        for place, one in enumerate(cells)
        for other in cells[:place]
        if abs(one["lat"] - other["lat"]) < high / 3 and abs(one["lon"] - other["lon"]) < wide / 3
    ]
    assert near == []
    assert total(found) == 2_000


def test_one_hazard_at_the_end_of_the_earth_hides_no_other(office: Deployment) -> None:
    office.report(**at(90.0, -180.0))
    page = office.browser(office.reviewer)

    def extent() -> list[float]:
        [found] = re.findall(r'data-extent="([^"]*)"', page.get("/", params={"town": "441900101"}).text)
        return [float(side) for side in found.split(",")]

    assert max(map(abs, extent())) > 80, "where there is no other it is shown"
    office.report(**at(23.0, 113.7))
    office.report(**at(23.1, 113.8))
    assert extent() == pytest.approx([113.7, 23.0, 113.8, 23.1], abs=0.01)
