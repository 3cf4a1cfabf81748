"""Tiles from a file of the server: described to those who may know, served to maps, and nothing else."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from shared.problems import Problem
from sync_server.settings import Settings
from tests.support.tiles import mbtiles, picture, place
from tests.sync_server.deployment import Deployment

HERE = (23.0421, 113.7832)
DESCRIPTION = "/tiles/tiles.json"


@pytest.fixture
def tiled(data_dir: Path, database_url: str, tmp_path: Path) -> Iterator[Deployment]:
    file = mbtiles(tmp_path / "东莞.mbtiles", attribution="© <a href='x'>图</a>")
    yield from _open(data_dir, database_url=database_url, tiles_file=file)


def _open(data: Path, **settings: Any) -> Iterator[Deployment]:
    office = Deployment(data, **settings)
    yield office
    office.app.state.refusals.close()
    office.app.state.tile_file.close()
    office.engine.dispose()


def test_a_file_is_described_to_browsers_that_are_signed_in(tiled: Deployment) -> None:
    said = tiled.browser(tiled.inspector).get(DESCRIPTION).json()
    assert said == {
        "tilejson": "3.0.0",
        "tiles": ["/tiles/{z}/{x}/{y}"],
        "attribution": "© <a href='x'>图</a>",
        "minzoom": 8,
        "maxzoom": 12,
        "bounds": [113.5, 22.63, 114.28, 23.17],
        "datum": "WGS-84",
        "mean_bytes": len(picture()),
    }
    stranger = tiled.browser(None).get(DESCRIPTION)
    assert (stranger.status_code, stranger.json()["code"]) == (401, "sign_in_required")


def test_its_pictures_are_served_counted_from_the_north(tiled: Deployment) -> None:
    anybody = tiled.browser(None)
    x, y = place(*HERE, 12)
    found = anybody.get(f"/tiles/12/{x}/{y}")
    assert (found.status_code, found.content) == (200, picture())
    assert found.headers["content-type"] == "image/png"
    assert "max-age" in found.headers["cache-control"]
    assert anybody.get(f"/tiles/12/{x}/{2**12 - 1 - y}").status_code == 404, "south of the equator"


@pytest.mark.parametrize("where", ["12/0/0", "13/0/0", "-1/0/0", "99/0/0", "12/99999/0", "12/-1/0"])
def test_where_there_is_no_picture_it_says_so(tiled: Deployment, where: str) -> None:
    answer = tiled.browser(None).get(f"/tiles/{where}", headers={"accept": "image/*"})
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


@pytest.mark.parametrize("where", ["12/x/0", f"12/{'9' * 400}/0", "1.5/0/0"])
def test_what_is_no_tile_is_refused(tiled: Deployment, where: str) -> None:
    assert tiled.browser(None).get(f"/tiles/{where}").status_code in (404, 422)


def test_the_offices_map_draws_it(tiled: Deployment) -> None:
    client = tiled.browser(tiled.inspector)
    page = client.get("/").text
    script = client.get(page.split('src="/map/map-')[1].split('"')[0].join(["/map/map-", ""])).text
    assert "/tiles/{z}/{x}/{y}" in script
    assert '"maxNativeZoom": 12' in script
    assert "<a href" not in script


def test_tiles_need_no_attribution(data_dir: Path) -> None:
    office = Deployment(data_dir, tiles_url="/own/{z}/{x}/{y}")
    assert office.browser(office.inspector).get("/").status_code == 200
    office.app.state.refusals.close()
    office.engine.dispose()


def test_without_tiles_there_is_nothing_to_describe(office: Deployment) -> None:
    assert office.browser(office.inspector).get(DESCRIPTION).json()["tiles"] == []
    assert office.browser(None).get("/tiles/1/0/0").status_code == 404


def test_tiles_from_elsewhere_are_described_and_the_phone_app_may_fetch_them(data_dir: Path) -> None:
    web = data_dir / "web"
    web.mkdir(parents=True)
    (web / "index.html").write_text("<!doctype html>")
    (web / "anlan-web.json").write_text(json.dumps({"csp": "default-src 'self'; connect-src 'self' blob:"}))
    office = Deployment(data_dir, tiles_url="https://{s}.tiles.example/{z}/{x}/{y}.png?key=1", phone_web=web)
    said = office.browser(office.inspector).get(DESCRIPTION).json()
    assert said["tiles"] == ["https://{s}.tiles.example/{z}/{x}/{y}.png?key=1"]
    assert "mean_bytes" not in said
    policy = office.browser(None).get("/app/").headers["content-security-policy"]
    assert "connect-src 'self' https://*.tiles.example blob:" in policy
    office.engine.dispose()


def test_a_file_is_not_changed(tiled: Deployment) -> None:
    file = tiled.settings.tiles_file
    assert file is not None
    before = file.read_bytes()
    tiled.browser(None).get("/tiles/12/0/0")
    assert file.read_bytes() == before
    assert [one.name for one in file.parent.glob("*.mbtiles*")] == [file.name]


@pytest.mark.parametrize("fault", ["missing", "no database", "no tiles", "vectors", "bounds"])
def test_a_file_that_cannot_be_used_is_named_at_the_start(tmp_path: Path, fault: str) -> None:
    file = tmp_path / "x.mbtiles"
    if fault == "no database":
        file.write_bytes(b"PK\x03\x04" * 1000)
    elif fault == "no tiles":
        mbtiles(file, range(0))
    elif fault == "vectors":
        mbtiles(file, range(8, 9), format="pbf")
    elif fault == "bounds":
        mbtiles(file, range(8, 9), bounds="here")
    with pytest.raises(Problem) as raised:
        Deployment(tmp_path / "data", tiles_file=file)
    assert (raised.value.code, raised.value.details) == ("setting_invalid", {"setting": "ANLAN_TILES_FILE"})


def test_bytes_that_are_no_picture_are_not_served(tmp_path: Path) -> None:
    file = mbtiles(tmp_path / "x.mbtiles", range(8, 9), data=b"<script>alert(1)</script>")
    office = Deployment(tmp_path / "data", tiles_file=file)
    x, y = place(*HERE, 8)
    assert office.browser(None).get(f"/tiles/8/{x}/{y}").status_code == 404
    office.engine.dispose()


def test_a_file_and_an_address_exclude_each_other(tmp_path: Path) -> None:
    both = {"ANLAN_TILES_FILE": "x.mbtiles", "ANLAN_TILES_URL": "https://tiles.example/{z}/{x}/{y}.png"}
    with pytest.raises(Problem) as raised:
        Settings.from_environment(tmp_path, both)
    assert raised.value.details == {"setting": "ANLAN_TILES_FILE"}
    assert Settings.from_environment(tmp_path, {"ANLAN_TILES_FILE": "x.mbtiles"}).tiles_file == Path(
        "x.mbtiles"
    )
