"""Whatever fits the contract, or almost does, is answered as the contract says, whoever asks."""

import os
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from shared.vocabulary import Role
from sync_server.access import sessions
from sync_server.api.tus import CONTENT_TYPE
from sync_server.database.transactions import in_transaction
from sync_server.deps import SESSION_COOKIE
from tests.support.server import Server, TestPhone

CHECKS: list[Any] = [
    *(not_a_server_error, status_code_conformance, content_type_conformance),
    *(response_headers_conformance, response_schema_conformance),
]
ASKERS = ["nobody", "phone", "inspector", "reviewer", "administrator"]
MANY = int(os.environ.get("ANLAN_FUZZ_EXAMPLES", "150"))


def _bytes(_: Any, value: Any) -> Any:
    return value if isinstance(value, bytes) else str(value).encode(errors="replace")


schemathesis.serializer(CONTENT_TYPE)(_bytes)


def asked(server: Server, asker: str) -> tuple[dict[str, str], TestPhone | None]:
    """The headers with which somebody asks, and their phone: a person of the office has a browser as well."""
    if asker == "nobody":
        return {}, None
    if asker == "phone":
        phone = server.phone()
        return phone.headers, phone
    person = server.person(asker, Role(asker))
    phone = server.phone(person=person.id)
    cookie = in_transaction(server.engine, lambda session: sessions.open_for(session, person))
    return {**phone.headers, "Cookie": f"{SESSION_COOKIE}={cookie}"}, phone


def made_ours(case: Any, phone: TestPhone) -> None:
    """Let a case be about the phone's own campaign, log and device, so that it is looked at closely."""
    if isinstance(case.path_parameters, dict) and "campaign" in case.path_parameters:
        case.path_parameters["campaign"] = phone.campaign
        for known in ("tip", "epoch"):
            (case.query or {}).pop(known, None)
    if isinstance(case.body, dict) and isinstance(case.body.get("ops"), list):
        case.body["epoch"] = phone.epoch
        case.body.pop("tip", None)
        own = {"campaign": phone.campaign, "device": phone.device, "author": phone.person}
        for op in case.body["ops"]:
            if isinstance(op, dict):
                op.update(own)


def fuzz(server: Server, asker: str, examples: int) -> None:
    statuses: set[int] = set()
    headers, phone = asked(server, asker)
    schema: Any = schemathesis.openapi.from_asgi("/openapi.json", server.client.app)
    for found in schema.get_all_operations():
        operation = found.ok()
        good, bad = (operation.as_strategy(generation_mode=mode) for mode in GenerationMode)
        _run(st.tuples(good, st.just(True)), headers, phone, examples, statuses)
        with suppress(Unsatisfiable):  # what takes nothing cannot be asked wrongly
            _run(st.tuples(st.one_of(good, bad), st.booleans()), headers, phone, examples, statuses)
    assert statuses >= ({200, 201, 204, 401, 422} if phone else {401, 403, 422})


def _run(
    cases: Any, headers: dict[str, str], phone: TestPhone | None, examples: int, statuses: set[int]
) -> None:
    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(cases)
    def one(drawn: tuple[Any, bool]) -> None:
        case, ours = drawn
        if phone and ours:
            made_ours(case, phone)
        answer = case.call(headers=headers)
        statuses.add(answer.status_code)
        case.validate_response(answer, checks=CHECKS)

    run: Callable[[], None] = one
    run()


@pytest.mark.sqlite("PostgreSQL and many more cases are the soak's")
@pytest.mark.parametrize("asker", ASKERS)
def test_a_few_requests_of_each_kind_are_answered_as_documented(server: Server, asker: str) -> None:
    fuzz(server, asker, examples=2)


@pytest.mark.soak
@pytest.mark.parametrize("asker", ASKERS)
def test_many_requests_of_each_kind_are_answered_as_documented(server: Server, asker: str) -> None:
    fuzz(server, asker, examples=MANY)
