"""The contract says what the server does: every route, every message, in the repository and on the page."""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from shared.permissions import ALLOWED, step_action
from shared.record_types import RECORD_TYPES
from shared.vocabulary import EventType
from sync_server.contract import document
from tests.support.server import TestPhone, open_server
from tests.sync_server.access.test_every_route import routes
from tools.contract import KEPT

contract = cache(document.document)


def fits(name: str, value: Any) -> bool:
    """Whether a value is what a schema of the contract says."""
    schema = {"$ref": f"#/components/schemas/{name}", "components": contract()["components"]}
    return bool(jsonschema_rs.Draft202012Validator(schema).is_valid(value))


def test_the_file_in_the_repository_is_what_is_served() -> None:
    assert KEPT.read_text(encoding="utf-8") == document.text(), "run `make contract`"


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    with open_server(tmp_path_factory.mktemp("contract")) as server:
        found: dict[str, Any] = {path: server.client.get(path) for path in ("/openapi.json", "/api/docs")}
        found["routes"] = routes(server)
    return found


def test_every_route_of_the_api_is_in_it_and_no_other(pages: dict[str, Any]) -> None:
    served = {(method, path) for method, path in pages["routes"] if path.startswith("/api/v1")}
    said = {(method.upper(), path) for path, methods in contract()["paths"].items() for method in methods}
    assert said == served
    assert pages["/openapi.json"].json() == json.loads(KEPT.read_bytes())


def test_the_readers_page_needs_no_other_host(pages: dict[str, Any]) -> None:
    page = pages["/api/docs"]
    assert page.status_code == 200
    assert "script-src 'self';" in page.headers["content-security-policy"]
    assert not re.search(r"""(src|href)=["'](https?:)?//|<script|style=|\son\w+=""", page.text)
    for name in contract()["components"]["schemas"]:
        assert f'id="{name}"' in page.text
    targets = set(re.findall(r'href="#(\w+)"', page.text))
    assert targets <= set(re.findall(r'id="(\w+)"', page.text))


def test_each_role_finds_the_events_that_it_may_write() -> None:
    for role, may in ALLOWED.items():
        said = {event for event, about in contract()["x-events"].items() if role.value in about["roles"]}
        assert said == {event.value for event in EventType if step_action(event) in may}


def test_each_kind_of_operation_has_a_schema(phone: TestPhone) -> None:
    hazard = phone.op()
    good = [
        hazard,
        phone.op({"depth_m": 1.5, "position": {"lat": 23.0, "lon": 113.7}, "remark": None}),
        phone.op({}, kind="delete"),
        phone.event(hazard["record"], "patrol", people_seen=2),
        phone.photo(hazard["record"], "before", "0" * 64),
        phone.op({"visit_type": "family", "headcount": 3}, type="education_visit"),
    ]
    bad = [
        phone.op({}),
        phone.op({"depth_m": "1.5"}),
        phone.op({"nothing": 1}),
        phone.op({"depth_m": 1.5}, kind="append"),
        phone.op({"remark": "x" * 4001}),
        phone.op({"remark": "x"}, kind="delete"),
        phone.op({"remark": "x"}, schema=2),
        {**phone.event(hazard["record"], "patrol"), "fields": {"event_type": "patrol"}},
        phone.event(hazard["record"], "dance"),
    ]
    results = phone.push(*good, *bad)
    assert (
        [fits("Operation", op) for op in good + bad]
        == [result["status"] == "stored" for result in results]
        == [True] * len(good) + [False] * len(bad)
    )


def test_what_is_answered_has_the_schemas_that_are_said(phone: TestPhone) -> None:
    pushed = phone.post(phone.op(), phone.op({"nothing": 1})).json()
    assert fits("PushAnswer", pushed)
    assert fits("PullAnswer", phone.pull())
    assert fits("SnapshotAnswer", phone.snapshot())
    assert not fits("PullAnswer", pushed)


def test_every_record_type_says_its_fields() -> None:
    for record in RECORD_TYPES.values():
        schema = contract()["components"]["schemas"][record.model.__name__]
        assert set(schema["properties"]) == set(record.model.model_fields)


def test_make_contract_writes_where_it_is_kept() -> None:
    assert Path("docs/openapi.json").resolve() == KEPT.resolve()
