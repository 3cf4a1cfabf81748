"""Every failure, everywhere, has one shape: `{code, details}` with a fitting status."""

import re
import warnings
from typing import Any

import pytest

from shared import problems
from tests.support.server import Server, TestPhone

CODES = {kind.code for kind in problems.ALL}
FORMS = {("POST", "/sign-in")}  # a failed form is shown again
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


def paths(server: Server) -> list[str]:
    """Every path of the app, with values that mean nothing in its places."""
    app: Any = server.client.app
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # one function for GET and HEAD has one operation id
        described = app.openapi()["paths"]
    return sorted(re.sub(r"\{\w+\}", "nothing", path) for path in described)


def test_the_walk_sees_the_protocol(server: Server) -> None:
    assert {"/api/v1/enrol", "/api/v1/photos", "/healthz", "/ledger"} <= set(paths(server))


def test_every_route_fails_in_the_one_shape(server: Server) -> None:
    seen = 0
    for path in paths(server):
        for method in METHODS:
            answer = server.client.request(
                method, path, headers={"Accept": "application/json", "Tus-Resumable": "1.0.0"}, content=b"{"
            )
            assert answer.status_code != 500, (method, path)
            if answer.status_code < 400 or (method, path) in FORMS:
                continue
            seen += 1
            said = answer.json()
            assert set(said) == {"code", "details"}, (method, path, said)
            assert said["code"] in CODES, (method, path, said)
            kind = next(kind for kind in problems.ALL if kind.code == said["code"])
            assert answer.status_code == kind.status, (method, path, said)
            assert isinstance(said["details"], dict)
    assert seen > 50


@pytest.mark.parametrize("path", ["/nope", "/api/v1/nope", "/app/../../etc/passwd", "/app/%2e%2e/x.js"])
def test_unknown_paths(server: Server, path: str) -> None:
    answer = server.client.get(path, headers={"Accept": "application/json"})
    assert (answer.status_code, answer.json()) == (404, {"code": "not_found", "details": {}})


def test_a_bug_is_answered_too(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    from sync_server.database import campaigns

    def broken(*_: object) -> None:
        raise RuntimeError("bug")

    phone = server.phone()
    monkeypatch.setattr(campaigns, "get", broken)
    answer = phone.post(phone.op())
    assert (answer.status_code, answer.json()) == (500, {"code": "internal", "details": {}})


@pytest.mark.parametrize("authorization", ["", "Bearer", "Bearer x", "Basic eDp5", "Bearer \x7f", "x" * 5000])
def test_a_phone_without_a_token_of_ours(phone: TestPhone, authorization: str) -> None:
    for method, path in (("POST", "push"), ("GET", "pull")):
        answer = phone.client.request(
            method, f"/api/v1/campaigns/{phone.campaign}/{path}", headers={"Authorization": authorization}
        )
        assert (answer.status_code, answer.json()["code"]) == (401, "token_invalid")


def test_what_every_answer_tells_browsers(server: Server) -> None:
    for path in ("/healthz", "/nope", "/api/v1/photos/x/thumb", "/sign-in"):
        headers = server.client.get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert "geolocation=(self)" in headers["permissions-policy"]


@pytest.mark.parametrize(
    ("headers", "refused"),
    [
        ({}, False),
        ({"Sec-Fetch-Site": "same-origin"}, False),
        ({"Sec-Fetch-Site": "none"}, False),
        ({"Sec-Fetch-Site": "cross-site"}, True),
        ({"Sec-Fetch-Site": "same-site"}, True),
        ({"Origin": "http://testserver"}, False),
        ({"Origin": "https://elsewhere.example"}, True),
        ({"Origin": "null"}, True),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "https://elsewhere.example"}, False),
    ],
)
def test_changes_asked_for_by_other_sites_are_refused(
    server: Server, headers: dict[str, str], refused: bool
) -> None:
    accept = {"Accept": "application/json"}
    for path in ("/sign-out", "/api/v1/enrol"):
        answer = server.client.post(path, headers=headers | accept, json={})
        assert (answer.status_code == 403 and answer.json()["code"] == "cross_site") is refused
    assert server.client.get("/healthz", headers=headers).status_code == 200
