"""The office's numbers on 今日: asked for now and then, kept, and never in the way of a sync."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from mobile_app.device.clock import Clock
from mobile_app.device.disk import FolderDisk
from mobile_app.device.photo_files import FolderPhotoFiles
from mobile_app.ports import Ports
from mobile_app.services import Services
from mobile_app.store.database import given_roles, meta
from shared.counting import Definition
from shared.sync.progress import ProgressAnswer, TownProgress
from shared.sync.wire import GivenRole
from shared.vocabulary import Role
from tests.mobile_app.enrolled_store import PERSON, enrolled
from tests.mobile_app.scripted_server import ScriptedServer
from tests.support.headless_phone import HeadlessPhone, played
from tests.support.scripted_phone import ScriptedPhone

CITY = {"target": 2000, "counted": 815, "relapsed": 3, "net": 812}


class LaterClock(Clock):
    """`later` seconds ahead of the device's steady clock."""

    later = 0.0

    def steady(self) -> float:
        return super().steady() + self.later


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    scripted = ScriptedServer()
    yield scripted
    scripted.close()


@pytest.fixture
def clock() -> LaterClock:
    return LaterClock()


@pytest.fixture
async def phone(tmp_path: Path, server: ScriptedServer, clock: LaterClock) -> AsyncIterator[Services]:
    files, sealed = FolderPhotoFiles(tmp_path / "photos"), FolderPhotoFiles(tmp_path / "home-visits")
    services = Services(
        await enrolled(tmp_path, server.url), Ports(FolderDisk(tmp_path), files, sealed, clock=clock)
    )
    yield services
    await services.close()


def net(phone: Services) -> list[int] | None:
    known = phone.office_numbers.known()
    return None if known is None else [one.net for one in known.towns]


@pytest.mark.anyio
async def test_they_are_asked_for_after_a_sync_and_again_after_a_while(
    phone: Services, server: ScriptedServer, clock: LaterClock
) -> None:
    server.progress = [CITY]
    await phone.sync_now()
    assert net(phone) == [812]
    server.progress = [{**CITY, "net": 813}]
    await phone.sync_now()
    assert (net(phone), server.progress_asked) == ([812], 1)
    clock.later = 901
    await phone.sync_now()
    assert (net(phone), server.progress_asked) == ([813], 2)


@pytest.mark.anyio
async def test_other_roles_have_other_numbers(phone: Services, server: ScriptedServer) -> None:
    server.progress = [CITY]
    await phone.sync_now()
    await phone._database.write(
        lambda session: meta.set_given_roles(session, [GivenRole(role=Role.INSPECTOR, towns=("441900101",))])
    )
    server.progress = [{**CITY, "town_code": "441900101", "net": 9}]
    await phone.sync_now()
    assert net(phone) == [9]


@pytest.mark.anyio
@pytest.mark.parametrize("fault", ["", "broken", "portal", "busy", "unheard"])
async def test_a_server_without_an_answer_fails_no_sync_and_takes_nothing_away(
    phone: Services, server: ScriptedServer, clock: LaterClock, fault: str
) -> None:
    server.progress = [CITY]
    await phone.sync_now()
    clock.later = 901
    server.progress = None
    if fault:
        server.fault("/progress", fault)
    await phone.sync_now()
    assert phone.sync.last_problem is None
    assert (net(phone), server.progress_asked) == ([812], 2)


async def shown(
    device: ScriptedPhone, *towns: TownProgress, definition: str = "closed_only"
) -> HeadlessPhone:
    services = await device.open()
    answer = ProgressAnswer(
        year=2026, definition=definition, towns=list(towns), server_time="2026-11-30T06:05:00Z"
    )
    await device.database.write(lambda session: meta.set_office_numbers(session, PERSON, answer))
    services.sync.ended(None, "2026-11-30T14:05:00+08:00")
    return await device.start("/today")


@played
async def test_today_says_how_far_the_city_is_when_and_by_which_definition(device: ScriptedPhone) -> None:
    phone = await shown(device, TownProgress.model_validate(CITY))
    assert phone.says("全市 2026 年净完成 812 处，目标 2000 处（40.6%）")
    assert phone.says("2026-11-30 14:05")
    assert phone.says(Definition.CLOSED_ONLY.zh)


@played
async def test_today_names_each_town_and_invents_no_target(device: ScriptedPhone) -> None:
    known = TownProgress(town_code="441900101", target=10, counted=12, relapsed=0, net=12)
    unset = TownProgress(town_code="441900003", target=0, counted=4, relapsed=0, net=4)
    phone = await shown(device, known, unset, definition="of a newer server")
    assert phone.says("石碣镇 2026 年净完成 12 处，目标 10 处（120.0%）")
    assert phone.says("东城街道 2026 年净完成 4 处")
    assert not phone.says("目标 0 处")
    assert not phone.has("office-definition")


@played
async def test_whoever_may_see_no_hazards_is_shown_no_numbers(device: ScriptedPhone) -> None:
    await device.open()
    roles = [GivenRole(role=Role.TEACHER, school="s1", school_name="一小")]
    await given_roles.keep(device.database, roles)
    phone = await shown(device, TownProgress.model_validate(CITY))
    assert not phone.says("812")
