"""Every route, asked with every kind of grant: what is outside one's scope is neither told nor guessed at.

A new route fails here until it is said how it is asked.
"""

import base64
import hashlib
import io
import logging
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import httpx2
import pytest
from starlette.routing import Mount

from shared.permissions import Grant, School
from shared.vocabulary import Role
from sync_server.access import devices, grants, sessions
from sync_server.database.tables import HomeVisitRow
from sync_server.database.transactions import in_transaction, reading
from sync_server.deps import SESSION_COOKIE
from tests.support.canaries import found_in, planted
from tests.support.drawn import photo as drawn
from tests.support.server import Server, TestPhone, new_id

A, B, C = "441900003", "441900101", "441900119"
SECRET, OURS = "丙镇机密", "甲镇所见"
CONTACT = "13912345678"
BOX = "113.0,22.0,115.0,24.0"
"""Around everything."""


@dataclass(frozen=True)
class Names:
    """What a request may name: of the secret things of town C, or of nothing at all."""

    hazard: str
    event: str
    visit: str
    sha256: str
    device: str
    n: int
    number: str


@dataclass(frozen=True)
class Ask:
    """How a route is asked, with `Names` filled in; by a program, or by a browser with a form."""

    path: str = ""
    query: Mapping[str, str] = field(default_factory=dict)
    form: Mapping[str, str] | None = None
    json: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    because: str = ""
    """Why its answer to a name may differ from that to a name of nothing."""


TUS = {"Tus-Resumable": "1.0.0"}
BYTES = "it says of a photo's hash whether its bytes have come; who names the hash has had the bytes"
OPEN = "it is about the person who asks, or about nobody"
DECISION = {"step": "note", "base": "0", "event": "{event}", "comment": "x"}
MERGE = {"step": "merge", "base": "0", "event": new_id(), "merged_into": "{number}", "sure": "1"}
SETTLE = {"field": "description", "base": "1", "value": "x", "chosen": "{device} {n}"}

ROUTES: dict[tuple[str, str], list[Ask]] = {
    ("GET", "/"): [Ask(), Ask(query={"q": SECRET}), Ask(query={"town": C})],
    ("GET", "/map/points.json"): [Ask(query={"bbox": BOX, "zoom": zoom}) for zoom in ("1", "18")],
    ("GET", "/map/here.json"): [Ask(query={"bbox": BOX})],
    ("GET", "/map/visits.json"): [Ask(query={"bbox": BOX, "zoom": zoom}) for zoom in ("1", "18")],
    ("GET", "/map/visits-here.json"): [Ask(query={"bbox": BOX})],
    ("GET", "/map/{name}"): [Ask("/map/{hazard}")],
    ("GET", "/ledger"): [Ask(), Ask(query={"town": C}), Ask(query={"q": SECRET, "sort": "number"})],
    ("GET", "/visits"): [Ask(), Ask(query={"town": C, "by": "place"}), Ask(query={"kind": "family"})],
    ("GET", "/visits/{visit}"): [Ask("/visits/{visit}")],
    ("GET", "/exports/visits.xlsx"): [Ask()],
    ("GET", "/exports/visits.csv"): [Ask(), Ask(query={"town": C})],
    ("GET", "/hazards/{hazard}"): [Ask("/hazards/{hazard}")],
    ("GET", "/hazards/{hazard}/sign.pdf"): [
        Ask("/hazards/{hazard}/sign.pdf"),
        Ask("/hazards/{hazard}/sign.pdf", query={"size": "A5"}),
    ],
    ("POST", "/hazards/{hazard}/decisions"): [
        Ask("/hazards/{hazard}/decisions", form=DECISION),
        Ask("/hazards/{hazard}/decisions", form=MERGE),
    ],
    ("GET", "/conflicts"): [Ask(), Ask(query={"town": C})],
    ("POST", "/conflicts/{kind}/{record}"): [
        Ask("/conflicts/hazard/{hazard}", form=SETTLE),
        Ask("/conflicts/hazard/{hazard}", form={**SETTLE, "sure": "1"}),
        Ask("/conflicts/education_visit/{visit}", form=SETTLE),
    ],
    ("GET", "/people"): [Ask()],
    ("POST", "/people"): [Ask(form={"name": "新人", "role": "auditor"}, because=OPEN)],
    ("POST", "/people/phone-code"): [Ask(form={}, because=OPEN)],
    ("GET", "/people/{person}"): [Ask("/people/{event}")],
    ("POST", "/people/{person}/password-link"): [Ask("/people/{event}/password-link", form={})],
    ("POST", "/people/{person}/phone-code"): [Ask("/people/{event}/phone-code", form={})],
    ("POST", "/people/{person}/deactivate"): [Ask("/people/{event}/deactivate", form={})],
    ("POST", "/people/{person}/reactivate"): [Ask("/people/{event}/reactivate", form={})],
    ("POST", "/people/{person}/rename"): [Ask("/people/{event}/rename", form={"name": "新名"})],
    ("POST", "/people/{person}/unit"): [Ask("/people/{event}/unit", form={"unit": "水务中心"})],
    ("POST", "/people/{person}/grants"): [Ask("/people/{event}/grants", form={"role": "auditor"})],
    ("POST", "/people/{person}/grants/{grant}/withdraw"): [
        Ask("/people/{event}/grants/{event}/withdraw", form={})
    ],
    ("GET", "/people/import"): [Ask()],
    ("GET", "/people/import/template.xlsx"): [Ask()],
    ("POST", "/people/import"): [Ask(form={"file": "x"})],
    ("GET", "/people/imports/{id}"): [Ask("/people/imports/{event}")],
    ("POST", "/people/imports/{id}/confirm"): [Ask("/people/imports/{event}/confirm", form={})],
    ("POST", "/people/sheets"): [Ask(form={"person": "{event}"}), Ask(form={"import": "{event}"})],
    ("GET", "/schools"): [Ask()],
    ("POST", "/schools/change"): [Ask(form={"code": "{event}", "name": "学校"})],
    ("POST", "/schools/class"): [Ask(form={"code": "{event}", "before": "a", "after": "b"})],
    ("GET", "/sign-in/code"): [Ask(because=OPEN)],
    ("POST", "/sign-in/code"): [Ask(form={"code": "000000"}, because=OPEN)],
    ("GET", "/account"): [Ask(because=OPEN)],
    ("GET", "/account/password"): [Ask(because=OPEN)],
    ("POST", "/account/password"): [Ask(form={"present": "x"}, because=OPEN)],
    ("GET", "/account/second-factor"): [Ask(because=OPEN)],
    ("POST", "/account/second-factor/begin"): [Ask(form={"password": "x"}, because=OPEN)],
    ("POST", "/account/second-factor/confirm"): [Ask(form={"code": "000000"}, because=OPEN)],
    ("POST", "/account/second-factor/codes"): [Ask(form={"password": "x"}, because=OPEN)],
    ("POST", "/account/second-factor/off"): [Ask(form={"password": "x"}, because=OPEN)],
    ("POST", "/account/second-factor/mine"): [Ask(form={}, because=OPEN)],
    ("POST", "/people/{person}/second-factor/reset"): [Ask("/people/{event}/second-factor/reset", form={})],
    ("GET", "/people/{person}/account"): [Ask("/people/{event}/account")],
    ("POST", "/people/{person}/sign-out"): [Ask("/people/{event}/sign-out", form={})],
    ("GET", "/devices"): [Ask()],
    ("POST", "/devices/restored"): [Ask(form={"sure": "1"}, because=OPEN)],
    ("GET", "/devices/import"): [Ask()],
    ("POST", "/devices/import"): [Ask(form={"trusted": "1"})],
    ("GET", "/devices/{device}"): [
        Ask("/devices/{device}"),
        Ask("/devices/{device}", query={"since": "x"}),
        Ask("/devices/{device}", query={"since": "2000-01-01T00:00"}),
        Ask("/devices/{device}", query={"undoing": "{event}"}),
    ],
    ("POST", "/devices/{device}/undo"): [
        Ask("/devices/{device}/undo", form={"since": "2000-01-01T00:00", "reason": "x", "sure": "1"})
    ],
    ("POST", "/devices/{device}/undoings/{undoing}/withdraw"): [
        Ask("/devices/{device}/undoings/{event}/withdraw", form={"reason": "x", "sure": "1"})
    ],
    ("GET", "/review"): [Ask()],
    ("GET", "/progress"): [Ask(), Ask(query={"year": "2026"})],
    ("GET", "/progress/patrols"): [Ask(), Ask(query={"year": "2026"})],
    ("GET", "/same-places"): [Ask()],
    ("POST", "/same-places/apart"): [
        Ask("/same-places/apart", form={"hazard": "{hazard}", "other": new_id()}),
    ],
    ("GET", "/deleted"): [Ask(), Ask(query={"before": "5"})],
    ("POST", "/deleted/{kind}/{record}"): [
        Ask("/deleted/hazard/{hazard}", form={}),
        Ask("/deleted/education_visit/{visit}", form={}),
    ],
    ("POST", "/devices/{device}/revoke"): [Ask("/devices/{event}/revoke", form={})],
    ("GET", "/quarantine"): [Ask()],
    ("GET", "/quarantine/{device}/{n}"): [Ask("/quarantine/{device}/{n}")],
    ("POST", "/quarantine/{device}/{n}/again"): [Ask("/quarantine/{device}/{n}/again", form={})],
    ("POST", "/quarantine/{device}/{n}/discard"): [Ask("/quarantine/{device}/{n}/discard", form={})],
    ("POST", "/quarantine/{device}/{n}/repair"): [Ask("/quarantine/{device}/{n}/repair", form={})],
    ("GET", "/audit"): [Ask(), Ask(query={"subject": "{device}"}), Ask(query={"after": "x"})],
    ("GET", "/exports/audit.xlsx"): [Ask()],
    ("GET", "/exports/audit.csv"): [Ask(), Ask(query={"person": "写者"})],
    ("GET", "/exports/ledger.xlsx"): [Ask()],
    ("GET", "/exports/ledger.csv"): [Ask(), Ask(query={"town": C})],
    ("GET", "/exports/hazards.geojson"): [Ask()],
    ("GET", "/api/v1/campaigns/{campaign}/pull"): [
        Ask("/api/v1/campaigns/{campaign}/pull"),
        Ask("/api/v1/campaigns/{campaign}/pull", query={"towns": C}),
    ],
    ("GET", "/api/v1/campaigns/{campaign}/progress"): [Ask("/api/v1/campaigns/{campaign}/progress")],
    ("GET", "/api/v1/campaigns/{campaign}/snapshot"): [
        Ask("/api/v1/campaigns/{campaign}/snapshot"),
        Ask("/api/v1/campaigns/{campaign}/snapshot", query={"towns": C}),
        Ask(
            "/api/v1/campaigns/{campaign}/snapshot",
            query={"after": "hazard/{hazard}", "limit": "1"},
            because="a key is a place in an order, whether anything is there or not",
        ),
    ],
    ("POST", "/api/v1/campaigns/{campaign}/push"): [
        Ask(
            "/api/v1/campaigns/{campaign}/push",
            json={"epoch": "", "ops": []},
            because="tests/sync_server/api/test_scopes.py asks it with operations",
        )
    ],
    ("GET", "/api/v1/photos/{sha256}/{size}"): [
        Ask(f"/api/v1/photos/{{sha256}}/{size}") for size in ("original", "preview", "thumb")
    ],
    ("HEAD", "/api/v1/photos/{sha256}/{size}"): [Ask("/api/v1/photos/{sha256}/original")],
    ("OPTIONS", "/api/v1/photos"): [Ask(because=OPEN)],
    ("GET", "/home-visits"): [Ask(), Ask(query={"town": C, "year": "2026"})],
    ("POST", "/home-visits/expired"): [
        Ask("/home-visits/expired", form={}, because=OPEN),
        Ask("/home-visits/expired", form={"sure": "1"}, because=OPEN),
    ],
    ("POST", "/home-visits/exports"): [
        Ask(form={"school": "school-1", "year": "2026", "reason": "x"}, because=OPEN)
    ],
    ("GET", "/home-visits/exports/{export}"): [Ask("/home-visits/exports/{event}")],
    ("POST", "/home-visits/exports/{export}/decide"): [
        Ask("/home-visits/exports/{event}/decide", form={"approved": "1"})
    ],
    ("GET", "/home-visits/refused"): [Ask(because=OPEN)],
    ("POST", "/home-visits/refused/{envelope}/accept"): [
        Ask("/home-visits/refused/{sha256}/accept", form={})
    ],
    ("POST", "/home-visits/refused/{envelope}/discard"): [
        Ask("/home-visits/refused/{sha256}/discard", form={"reason": "x"})
    ],
    ("POST", "/home-visits/{visit}/withdraw"): [
        Ask("/home-visits/{visit}/withdraw", form={}),
        Ask("/home-visits/{visit}/withdraw", form={"sure": "1", "visits": "{visit}", "reason": "x"}),
    ],
    ("POST", "/home-visits/{visit}/handover"): [
        Ask("/home-visits/{visit}/handover", form={}),
        Ask("/home-visits/{visit}/handover", form={"sure": "1", "visits": "{visit}", "class_name": "1"}),
    ],
    ("GET", "/home-visits/handovers"): [Ask(because=OPEN)],
    **{
        ("POST", f"/home-visits/handovers/{{offer}}/{how}"): [
            Ask(f"/home-visits/handovers/{{event}}/{how}", form={"reason": "x"})
        ]
        for how in ("accept", "decline", "withdraw")
    },
    ("POST", "/home-visits/plans"): [Ask(form={"school": "{event}", "on": "1"})],
    ("POST", "/home-visits/{visit}/plan"): [Ask("/home-visits/{visit}/plan", form={"approved": "1"})],
    ("GET", "/home-visits/{visit}"): [Ask("/home-visits/{visit}")],
    ("POST", "/home-visits/{visit}"): [Ask("/home-visits/{visit}", form={"reason": "x"})],
    ("GET", "/api/v1/home-visits/keys"): [Ask(because=OPEN)],
    ("POST", "/api/v1/home-visits"): [
        Ask(json={"envelopes": []}, because=OPEN),
        Ask(json={"envelopes": ["x"]}, because=OPEN),
    ],
    ("POST", "/api/v1/photos"): [Ask(headers=TUS, because=BYTES)],
    ("HEAD", "/api/v1/photos/{upload}"): [Ask("/api/v1/photos/{sha256}", headers=TUS, because=BYTES)],
    ("PATCH", "/api/v1/photos/{upload}"): [
        Ask("/api/v1/photos/{sha256}", headers={**TUS, "Upload-Offset": "0"}, because=BYTES)
    ],
    ("DELETE", "/api/v1/photos/{upload}"): [
        Ask("/api/v1/photos/{event}", headers=TUS),
    ],
    ("GET", "/openapi.json"): [Ask(because=OPEN)],
    ("GET", "/api/docs"): [Ask(because=OPEN)],
    ("POST", "/api/v1/enrol"): [Ask(json={"code": "ABCDEFGH", "device_name": "x"}, because=OPEN)],
    ("POST", "/api/v1/device"): [Ask(because=OPEN)],
    ("POST", "/api/v1/device/token"): [Ask(because=OPEN)],
    ("GET", "/app"): [Ask(because=OPEN)],
    ("GET", "/enrol"): [Ask(because=OPEN)],
    ("GET", "/app/"): [Ask("/app/index.html", because=OPEN)],
    ("GET", "/static/"): [Ask("/static/app.css", because=OPEN)],
    ("GET", "/healthz"): [Ask(because=OPEN)],
    ("GET", "/tiles/tiles.json"): [Ask()],
    ("GET", "/tiles/{zoom}/{x}/{y}"): [Ask("/tiles/1/0/0", because=OPEN)],
    ("GET", "/language/{language}"): [Ask("/language/en", because=OPEN)],
    ("GET", "/welcome/{token}"): [Ask("/welcome/{event}")],
    ("POST", "/welcome/{token}"): [Ask("/welcome/{event}", form={"password": "x", "again": "x"})],
    ("GET", "/sign-in"): [Ask(because=OPEN)],
    ("POST", "/sign-in"): [Ask(form={"name": "谁", "password": "x"}, because=OPEN)],
    ("POST", "/account/sign-out"): [Ask(form={"session": "x"}, because=OPEN)],
    ("POST", "/sign-out"): [Ask(form={}, because=OPEN)],
}
"""(method, path) of each route → how it is asked; signing out comes last."""


def routes(server: Server) -> set[tuple[str, str]]:
    """(method, path) of all that the app answers."""
    found: set[tuple[str, str]] = set()
    for route in server.client.app.routes:  # type: ignore[attr-defined]
        if isinstance(route, Mount):  # a folder of files
            found.add(("GET", f"{route.path}/"))
            continue
        listed = getattr(route, "effective_route_contexts", lambda route=route: [route])
        found |= {(method, one.path) for one in listed() for method in one.methods}
    return found


@dataclass
class World:
    """A server with a hazard and a visit in town C, which only some may see, a hazard in town A, and the home
    visit of a teacher, whose texts nobody here is told."""

    server: Server
    writer: TestPhone
    secret: Names
    markers: tuple[str, ...]
    home_visit: str


def filled(server: Server) -> World:
    writer, other = server.phone("写者"), server.phone("另一个")
    data = drawn(320, 240, seed=3)
    sha256 = hashlib.sha256(data).hexdigest()
    place = {"lat": 22.8123, "lon": 113.7123, "source": "gnss"}
    hazard = writer.op(
        {
            "water_name": f"{SECRET}塘",
            "town_code": C,
            "description": SECRET,
            "phone": CONTACT,
            "position": place,
        }
    )
    record = hazard["record"]
    visit = writer.op(
        {
            "town_code": C,
            "visit_type": "family",
            "position": {"lat": 23.0, "lon": 113.8},
            "organiser": SECRET,
        },
        type="education_visit",
    )
    event = writer.event(record, "patrol", comment=SECRET)
    photo = writer.photo(record, "before", sha256, bytes=len(data))
    ours = writer.op({"water_name": OURS, "town_code": A, "position": {**place, "lat": 23.0}})
    refused = writer.event(record, "register", comment=SECRET)
    results = writer.push(hazard, visit, event, photo, ours, refused)
    assert [result["status"] for result in results] == ["stored"] * 5 + ["quarantined"]
    for phone, number in ((writer, 1), (other, 2)):
        [disputed] = phone.push(phone.op({"description": f"{SECRET}{number}"}, record=record, base=5))
        again = phone.op({"organiser": f"{SECRET}{number}"}, record=visit["record"], base=5)
        [organiser] = phone.push({**again, "type": "education_visit"})
        assert disputed["status"] == organiser["status"] == "stored"
    upload(server, writer, data)
    secret = Names(
        hazard=record,
        event=event["record"],
        visit=visit["record"],
        sha256=sha256,
        device=writer.device,
        n=refused["n"],
        number=results[0]["ledger_no"],
    )
    markers = (SECRET, CONTACT, "22.8123", record, visit["record"], sha256, secret.number)
    _, home_visit = planted(server)
    return World(server, writer, secret, markers, home_visit["record"])


def upload(server: Server, phone: TestPhone, data: bytes) -> None:
    said = {"sha256": hashlib.sha256(data).hexdigest(), "mime": "image/jpeg"}
    metadata = ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in said.items())
    answer = server.client.post(
        "/api/v1/photos",
        content=data,
        headers={
            **phone.headers,
            **TUS,
            "Upload-Length": str(len(data)),
            "Upload-Metadata": metadata,
            "Content-Type": "application/offset+octet-stream",
        },
    )
    assert answer.status_code == 201, answer.text


def credentials(world: World, asker: str) -> tuple[dict[str, str], bool]:
    """The headers with which somebody asks, and whether what lies in town C is theirs to see."""
    server = world.server
    if asker == "nobody":
        return {}, False
    how, _, role = asker.partition(" ")
    role, _, towns = role.partition(" ")
    person = server.person(f"{asker}", Role.INSPECTOR)
    at_school = role in SCHOOL_ROLES
    if at_school:
        grant = Grant(Role(role), School("school-1"))
        in_transaction(server.engine, lambda s: grants.replace(s, person.id, grant))
    else:
        server.grant(person.id, Role(role), towns.split())
    if how == "browser":
        token = in_transaction(server.engine, lambda s: sessions.open_for(s, person))
        return {"Cookie": f"{SESSION_COOKIE}={token}"}, not towns and not at_school
    phone = server.phone(person=person.id)
    if how == "revoked":
        in_transaction(server.engine, lambda s: devices.revoke(s, server.campaign, phone.device, ""))
    return phone.headers, how == "phone" and not towns and not at_school


def ask(server: Server, method: str, path: str, how: Ask, names: Names, headers: dict[str, str]) -> str:
    """All that the server answers, as text."""
    filled = {name: str(getattr(names, name)) for name in Names.__annotations__}

    def fill(text: str) -> str:
        text = text.replace("{campaign}", server.campaign)
        for name, value in filled.items():
            text = text.replace(f"{{{name}}}", value)
        return text

    server.client.cookies.clear()
    answer = server.client.request(
        method,
        fill(how.path or path),
        params={key: fill(value) for key, value in how.query.items()},
        data={key: fill(value) for key, value in how.form.items()} if how.form is not None else None,
        json=how.json,
        headers={"Accept": "text/html", **headers, **how.headers},
    )
    return f"{answer.status_code} {answer.headers.get('location', '')} {_text(answer)}"


def _text(answer: httpx2.Response) -> str:
    if answer.content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(answer.content)) as book:
            return "".join(book.read(name).decode(errors="replace") for name in book.namelist())
    return answer.text


_NAMES = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{16,64}|DG-[0-9-]+|\d{4}-\d\d-\d\dT[0-9:.]+Z")


def _but_for_names(text: str) -> str:
    return _NAMES.sub("#", text)


SCHOOL_ROLES = ("teacher", "school_administrator")
ASKERS = [
    "nobody",
    *(f"browser {role} {A}" for role in ("inspector", "reviewer", "administrator", "auditor", "supervisor")),
    f"browser reviewer {A} {B}",
    *(f"browser {role}" for role in ("reviewer", "supervisor", "auditor", "administrator", *SCHOOL_ROLES)),
    *(f"phone {role} {A}" for role in ("inspector", "reviewer")),
    *(f"phone {role}" for role in ("inspector", "auditor", "supervisor", *SCHOOL_ROLES)),
    "revoked inspector",
]


def test_it_is_said_how_each_route_is_asked(world: World) -> None:
    assert routes(world.server) == set(ROUTES)


@pytest.mark.parametrize("asker", ASKERS)
def test_what_is_out_of_scope_is_neither_told_nor_guessed_at(
    world: World, asker: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    headers, may_see = credentials(world, asker)
    unknown = Names(
        new_id(), new_id(), new_id(), "f" * 64, "f" * 16, world.secret.n, "DG-441900119-2026-09999"
    )
    at_home = replace(world.secret, visit=world.home_visit)
    told: set[str] = set()
    ours: set[str] = set()
    for (method, path), ways in ROUTES.items():
        for how in ways:
            said = ask(world.server, method, path, how, world.secret, headers)
            assert found_in(said.encode()) == set(), (method, path, how)
            about = " ".join([how.path, *how.query.values(), *(how.form or {}).values()])
            asked = {getattr(world.secret, name) for name in Names.__annotations__ if f"{{{name}}}" in about}
            asked |= {SECRET} if SECRET in about else set()
            if found := {marker for marker in world.markers if marker in said and marker not in asked}:
                told.add(f"{method} {path}")
                assert may_see, (method, path, how, found)
            if "{visit}" in about:
                of_home = ask(world.server, method, path, how, at_home, headers)
                assert found_in(of_home.encode()) == set(), (method, path, how)
            if OURS in said:
                ours.add(path)
            if not may_see and not how.because:
                guessed = ask(world.server, method, path, how, unknown, headers)
                assert _but_for_names(said) == _but_for_names(guessed), (method, path, how)
    assert bool(told) == may_see
    if A in asker and asker.startswith("browser"):
        assert {"/ledger", "/map/here.json"} <= ours
    with reading(world.server.engine) as session:
        assert session.get_one(HomeVisitRow, (world.server.campaign, world.home_visit)).sealed
    assert found_in(caplog.text.encode()) == set()
