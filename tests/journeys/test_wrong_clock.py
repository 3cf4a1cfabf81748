"""Phones whose clocks are wrong save without a network and sync; what others then see is right."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from mobile_app.device.clock import Clock
from mobile_app.ports import device_ports
from mobile_app.services import Services, open_services
from shared.china_time import CHINA_TIME
from shared.vocabulary import WaterType
from tests.support.served import Served

pytestmark = pytest.mark.anyio


class WrongClock(Clock):
    """A clock that is ahead by `off`, in a zone that is `zone` ahead of UTC."""

    def __init__(self, off: timedelta, zone: timedelta) -> None:
        self._off, self._zone = off, timezone(zone)

    def seconds(self) -> float:
        return super().seconds() + self._off.total_seconds()

    def wall(self) -> datetime:
        return datetime.fromtimestamp(self.seconds(), self._zone)


@pytest.fixture
def served(data_dir: Path, free_port: int) -> Iterator[Served]:
    server = Served(data_dir, free_port)
    server.start()
    yield server
    server.kill()


@pytest.mark.parametrize(
    ("off", "zone"),
    [
        (timedelta(hours=3), timedelta(hours=8)),
        (timedelta(days=-2), timedelta(hours=8)),
        (timedelta(0), timedelta(hours=-5)),
    ],
    ids=["ahead", "behind", "abroad"],
)
async def test_what_a_phone_with_a_wrong_clock_saves_is_right_for_others(
    tmp_path: Path, served: Served, off: timedelta, zone: timedelta
) -> None:
    ports = replace(await device_ports(tmp_path / "wrong"), clock=WrongClock(off, zone))
    phone = await Services.open(ports, "")
    await phone.enrol(f"{served.url}/app/?code={served.code()}", "一号手机")
    await phone.sync_now()
    assert abs(phone.server_clock.ahead + off) < timedelta(minutes=1), "it knows how wrong it is"
    fields = {"water_name": "石井塘", "water_type": WaterType.HILL_POND, "town_code": "441900003"}
    days = {datetime.now(CHINA_TIME).date().isoformat()}
    hazard = await phone.save_hazard(fields, [])
    days.add(datetime.now(CHINA_TIME).date().isoformat())
    await phone.sync_now()
    assert phone.sync.last_problem is None

    other = await open_services(tmp_path / "right")
    await other.enrol(f"{served.url}/app/?code={served.code()}", "二号手机")
    await other.sync_now()
    await other.save_hazard({**fields, "water_name": "改名塘"}, [], hazard)
    await other.sync_now()
    await phone.sync_now()
    for one in (phone, other):
        assert one.sync.last_problem is None
        card = one.hazard(hazard)
        assert card.hazard.water_name == "改名塘", "the later edit holds, whatever the clocks say"
        assert not card.conflicts
        assert str(card.hazard.found_on) in days, "the day is China's by the server's clock"
        assert abs(one.server_clock.now() - datetime.now(UTC)) < timedelta(minutes=1)
    await phone.close()
    await other.close()
