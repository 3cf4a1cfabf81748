"""Visits on the map: counted by cells, listed where they share a place, within a scope."""

from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from shared.geo import metres, wgs_to_gcj
from shared.operations import Kind, RecordType
from shared.permissions import Grant
from shared.vocabulary import Datum, Role
from sync_server.access import grants
from sync_server.database.transactions import in_transaction
from tests.sync_server.deployment import Deployment

CITY = "113.5,22.6,114.3,23.2"
HERE, THERE = "441900101", "441900003"


def visit(office: Deployment, lat: float, lon: float, **more: Any) -> str:
    said = {
        "visit_type": "family",
        "date": "2026-07-06",
        "town_code": HERE,
        "place": "石井村",
        "households": 1,
    }
    position = {"position": {"lat": lat, "lon": lon}}
    return office.save(RecordType.EDUCATION_VISIT, Kind.EDIT, {**said, **position, **more})


def drawn(client: TestClient, name: str = "visits", **query: Any) -> dict[str, Any]:
    answer = client.get(f"/map/{name}.json", params={"bbox": CITY, "zoom": 10, **query})
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


def test_households_of_one_village_are_one_mark_and_a_list(office: Deployment) -> None:
    evening = [visit(office, 23.03, 113.78, date=f"2026-07-0{day}") for day in range(1, 5)]
    visit(office, 23.0301, 113.7801, visit_type="village", headcount=80)
    lone = visit(
        office, 22.75, 114.15, visit_type="school_class", place="石碣小学", headcount=45, households=None
    )
    office.save(RecordType.EDUCATION_VISIT, Kind.EDIT, {"visit_type": "online", "town_code": HERE})
    office.save(RecordType.EDUCATION_VISIT, Kind.DELETE, {}, record=visit(office, 22.75, 114.15))
    client = office.browser(office.reviewer)
    found = drawn(client)
    [cell] = found["cells"]
    assert (cell["n"], cell["counts"]) == (5, {"family": 4, "village": 1})
    assert found["points"] == [
        {
            "id": lone,
            "lat": 22.75,
            "lon": 114.15,
            "kind": "school_class",
            "place": "石碣小学",
            "town": "石碣镇",
            "date": "2026-07-06",
            "headcount": 45,
            "households": None,
        }
    ]
    here = drawn(client, "visits-here", bbox="113.7799,23.0299,113.78005,23.03005")["points"]
    assert [point["id"] for point in here] == evening[::-1]


def test_only_the_towns_of_a_scope_and_of_the_filter_are_drawn(office: Deployment) -> None:
    visit(office, 23.03, 113.78)
    visit(office, 22.75, 114.15, town_code=THERE)
    hand = office.hand("镇审核", Role.REVIEWER)
    in_transaction(
        office.engine,
        lambda s: grants.replace(s, hand.person.id, Grant(Role.REVIEWER, grants.scope_of_towns([THERE]))),
    )
    seen = drawn(office.browser(hand))
    assert [point["town"] for point in seen["points"]] == ["东城街道"]
    assert drawn(office.browser(hand), town=HERE) == {"cells": [], "points": []}
    asked = drawn(office.browser(office.reviewer), town=HERE, status="closed", q="没有")
    assert [point["lat"] for point in asked["points"]] == [23.03]


@pytest.mark.parametrize("name", ["visits", "visits-here"])
@pytest.mark.parametrize("query", [{"bbox": ""}, {"bbox": "1,2,3"}, {"town": "x"}])
def test_an_impossible_question_is_answered_with_a_problem(
    office: Deployment, name: str, query: dict[str, str]
) -> None:
    client = office.browser(office.reviewer)
    answer = client.get(f"/map/{name}.json", params={"bbox": CITY, "zoom": 10, **query})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")


def test_visits_stand_where_the_tiles_have_the_ground(data_dir: Path, database_url: str | None) -> None:
    office = Deployment(
        data_dir,
        database_url=database_url,
        tiles_url="https://tiles.example/{z}/{x}/{y}.png",
        tiles_attribution="图",
        tiles_datum=Datum.GCJ02,
    )
    visit(office, 23.021, 113.752)
    [point] = drawn(office.browser(office.reviewer))["points"]
    assert metres((point["lat"], point["lon"]), wgs_to_gcj((23.021, 113.752))) < 1
    office.engine.dispose()


def test_a_position_that_was_cleared_takes_the_visit_off_the_map(office: Deployment) -> None:
    held = visit(office, 23.03, 113.78)
    office.save(RecordType.EDUCATION_VISIT, Kind.EDIT, {"position": None}, record=held)
    assert drawn(office.browser(office.reviewer)) == {"cells": [], "points": []}
