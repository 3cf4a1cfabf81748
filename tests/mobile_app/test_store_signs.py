"""Waters by the codes on their signs, among all that a phone holds."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import insert

from mobile_app.store.database.phone_database import PhoneDatabase
from mobile_app.store.database.tables import ListedHazard
from mobile_app.store.patrols import signs
from shared.hazards import sign_code
from tests.mobile_app.enrolled_store import enrolled, record
from tests.mobile_app.test_store_same_place import line

pytestmark = pytest.mark.anyio


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[PhoneDatabase]:
    opened = await enrolled(tmp_path)
    yield opened
    await opened.close()


async def test_a_water_is_found_among_ten_thousand(database: PhoneDatabase) -> None:
    lines = [line(record(number), deleted=number == 78) for number in range(10_000)]
    await database.write(lambda session: session.execute(insert(ListedHazard), lines))

    def found(hazard: str) -> list[str]:
        return database.read(lambda session: signs.hazards_with(session, sign_code.code_of(hazard)))

    assert found(record(77)) == [record(77)]
    assert found(record(78)) == [], "it is deleted"
    assert found(record(10_077)) == []
