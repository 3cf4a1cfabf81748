"""The pictures under the phone's map: heard of, drawn, and kept for places without a network."""

import asyncio
from typing import Any

import flet_map as fm
import pytest

from mobile_app.device.web.kept_tiles import KeptTiles
from mobile_app.map_ground import MOST_TILES, MapGround
from mobile_app.store.map.map_cells import GeoBox
from mobile_app.store.map.tile_area import KeptArea
from mobile_app.texts.choice import texts_for
from shared import problems
from shared.problems import Problem
from tests.support.headless_phone import HeadlessPhone, played
from tests.support.scripted_phone import ScriptedPhone
from tests.support.tiles import place

ZH = texts_for("zh")
POND = GeoBox(23.040, 23.044, 113.781, 113.786)
CITY = GeoBox(22.63, 23.17, 113.5, 114.28)
LINE = "GET /tiles/tiles.json"
OWN: dict[str, Any] = {
    "tilejson": "3.0.0",
    "tiles": ["/tiles/{z}/{x}/{y}"],
    "attribution": "© <a href='x'>东莞图</a>",
    "minzoom": 8,
    "maxzoom": 16,
    "bounds": [113.5, 22.63, 114.28, 23.17],
    "datum": "WGS-84",
    "mean_bytes": 9000,
}


class Tiles(KeptTiles):
    """Keeps tiles in memory; waits for `held`, and has a `problem` from the tile number `after` on."""

    possible = True

    def __init__(self) -> None:
        self.kept: dict[str, int] = {}
        self.held: asyncio.Event | None = None
        self.problem: Problem | None = None
        self.after = 0

    async def keep(self, url: str) -> int:
        if self.held:
            await self.held.wait()
        await asyncio.sleep(0)
        if self.problem and len(self.kept) >= self.after:
            raise self.problem
        if url in self.kept:
            return 0
        self.kept[url] = 9000
        return 9000

    async def forget(self) -> None:
        self.kept.clear()


async def heard(device: ScriptedPhone, said: dict[str, Any] | None) -> MapGround:
    """The phone has synced with a server that says this."""
    services = await device.open()
    ground = services.map.ground
    if said:
        device.transport.says(LINE, 200, said)
    else:
        device.transport.refuses(LINE, problems.not_found())
    who = services.identity
    assert who is not None
    await ground.ask(services._sync_loop._server(who), who)
    return ground


@played
async def test_the_offices_tiles_are_heard_of_and_kept(device: ScriptedPhone) -> None:
    ground = await heard(device, OWN)
    layer = ground.layer()
    assert layer is not None
    assert (layer.tiles, layer.maxzoom) == (["/tiles/{z}/{x}/{y}"], 16)
    await device.database.settle()
    device.drop()
    again = (await device.open()).map.ground.layer()
    assert again == layer


@played
async def test_a_server_without_tiles_takes_them_away_and_an_unreachable_one_does_not(
    device: ScriptedPhone,
) -> None:
    ground = await heard(device, OWN)
    ground._asked = None
    device.transport.answers.clear()
    services = device.services
    who = services.identity
    assert who is not None
    await ground.ask(services._sync_loop._server(who), who)
    assert ground.layer() is not None
    ground._asked = None
    await heard(device, None)
    assert ground.layer() is None


@played
@pytest.mark.parametrize(
    "wrong",
    [{"datum": "GCJ-02"}, {"tiles": []}, {"tiles": "x"}, {"maxzoom": 99}, {"bounds": [1, 2]}],
    ids=["datum", "none", "text", "zoom", "bounds"],
)
async def test_what_cannot_be_drawn_right_is_not_drawn(device: ScriptedPhone, wrong: dict[str, Any]) -> None:
    ground = await heard(device, {**OWN, **wrong})
    assert ground.layer() is None


@played
async def test_an_area_goes_as_near_as_the_tiles_or_their_number_allow(device: ScriptedPhone) -> None:
    device.kept_tiles = Tiles()
    ground = await heard(device, OWN)
    near = ground.area(POND, 14)
    assert near is not None
    assert (near.first_zoom, near.last_zoom) == (14, 16)
    by_hand = 0
    for zoom in (14, 15, 16):
        left, top = place(POND.north, POND.west, zoom)
        right, bottom = place(POND.south, POND.east, zoom)
        by_hand += (right - left + 1) * (bottom - top + 1)
    assert (near.count, near.about_bytes) == (by_hand, 9000 * by_hand)
    city = ground.area(CITY, 9)
    assert city is not None
    assert city.last_zoom < 16
    assert city.count <= MOST_TILES
    assert ground.area(CITY, 16) is None, "too many at once"
    assert ground.area(GeoBox(39.8, 40.0, 116.3, 116.5), 14) is None, "outside of what the office has"


@played
async def test_what_came_before_a_failure_stays_and_is_not_fetched_again(device: ScriptedPhone) -> None:
    tiles = device.kept_tiles = Tiles()
    ground = await heard(device, OWN)
    area = ground.area(POND, 14)
    assert area is not None
    tiles.problem, tiles.after = problems.server_unreachable(), 3
    with pytest.raises(Problem):
        await ground.keep(area, lambda _done: None)
    assert ground.kept() == KeptArea(3, 27_000)
    tiles.problem = None
    told: list[int] = []
    await ground.keep(area, told.append)
    assert told[-1] == area.count
    assert ground.kept() == KeptArea(area.count, 9000 * area.count)
    assert len(tiles.kept) == area.count
    await ground.forget()
    assert (ground.kept(), tiles.kept) == (KeptArea(), {})


@played
async def test_others_tiles_are_drawn_but_not_kept(device: ScriptedPhone) -> None:
    device.kept_tiles = Tiles()
    other = {k: v for k, v in OWN.items() if k != "mean_bytes"}
    ground = await heard(device, {**other, "tiles": ["https://tiles.example/{z}/{x}/{y}.png"]})
    assert ground.layer() is not None
    assert ground.area(POND, 14) is None


async def on_the_map(device: ScriptedPhone) -> HeadlessPhone:
    await heard(device, OWN)
    device.services.today.fix = await device.services.location.locate()
    return await device.start("/map")


def layers(phone: HeadlessPhone) -> list[type]:
    return [type(layer) for layer in phone.find("map").layers]


@played
async def test_the_map_shows_the_tiles_instead_of_lines_and_names_their_owner(device: ScriptedPhone) -> None:
    phone = await on_the_map(device)
    assert layers(phone)[0] is fm.TileLayer
    assert fm.PolylineLayer not in layers(phone)
    assert phone.says("© 东莞图")
    assert not phone.has("keep-area"), "this device keeps none"


@played
async def test_without_tiles_there_are_lines(device: ScriptedPhone) -> None:
    await heard(device, None)
    phone = await device.start("/map")
    assert layers(phone)[0] is fm.PolylineLayer
    assert not phone.has("attribution")


@played
async def test_an_area_is_kept_from_the_map_and_deleted_again(device: ScriptedPhone) -> None:
    tiles = device.kept_tiles = Tiles()
    phone = await on_the_map(device)
    await phone.tap("keep-area")
    assert phone.says("没有网络也能看")
    await phone.tap("area-begin")
    await phone.settle(0.2)
    assert phone.says(ZH.map.area_done)
    assert tiles.kept
    await phone.tap("keep-area")
    assert phone.says(f"已存 {len(tiles.kept)} 块")
    await phone.tap("area-forget")
    assert not tiles.kept


@played
async def test_stopping_keeps_what_came(device: ScriptedPhone) -> None:
    tiles = device.kept_tiles = Tiles()
    phone = await on_the_map(device)
    tiles.held = asyncio.Event()
    await phone.tap("keep-area")
    await phone.tap("area-begin")
    assert phone.has("area-progress")
    await phone.tap("area-stop")
    await phone.settle(0.1)
    assert not phone.has("area-progress")
    assert not tiles.kept
    assert phone.has("keep-area")


@played
async def test_a_failure_says_why_and_can_be_tried_again(device: ScriptedPhone) -> None:
    tiles = device.kept_tiles = Tiles()
    phone = await on_the_map(device)
    tiles.problem = problems.device_storage_full()
    await phone.tap("keep-area")
    await phone.tap("area-begin")
    await phone.settle(0.1)
    assert phone.says(ZH.problem(tiles.problem))
    tiles.problem = None
    await phone.tap("area-begin")
    await phone.settle(0.2)
    assert tiles.kept
