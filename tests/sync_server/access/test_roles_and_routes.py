"""Role × scope × route: every route has a rule, and keeps to it for every role, through real HTTP.

What of a permitted answer is shown is the subject of `test_every_route`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from shared.permissions import CITY, SCHOOL_ROLES, Action, Grant, School, Scope, Towns, permits
from shared.vocabulary import Role
from sync_server.access import grants, people, sessions
from sync_server.database.transactions import in_transaction
from sync_server.deps import SESSION_COOKIE
from tests.support.server import Server, new_id, open_server
from tests.sync_server.access.test_every_route import ROUTES, A, Ask, Names, World, ask, filled, routes

OPEN = "open"  # to anybody, also without an account
SIGNED_IN = "signed in"  # any role; what is shown is within their scope
PHONE = "phone"  # any enrolled phone
READER = "reader"  # either of both

ELSEWHERE = "elsewhere"  # no single action of a role; tests of its own ask it, by school, class and author

RULES: dict[str, Action | str] = {
    "/": SIGNED_IN,
    "/account": SIGNED_IN,
    "/api/docs": OPEN,
    "/api/v1/campaigns/{campaign}": PHONE,
    "/api/v1/device": PHONE,
    "/api/v1/enrol": OPEN,
    "/api/v1/home-visits": PHONE,
    "/api/v1/home-visits/keys": ELSEWHERE,
    "/api/v1/photos": PHONE,
    "/api/v1/photos/{sha256}/{size}": READER,
    "/app": OPEN,
    "/audit": Action.READ_AUDIT,
    "/conflicts": SIGNED_IN,
    "/conflicts/{kind}/{record}": Action.SETTLE_CONFLICTS,
    "/deleted": Action.CHANGE_OTHERS,
    "/devices": Action.MANAGE_DEVICES,
    "/enrol": OPEN,
    "/exports": Action.EXPORT,
    "/exports/audit.csv": Action.READ_AUDIT,
    "/exports/audit.xlsx": Action.READ_AUDIT,
    "/hazards/{hazard}": SIGNED_IN,
    "/hazards/{hazard}/decisions": Action.DECIDE,
    "/healthz": OPEN,
    "/home-visits": ELSEWHERE,
    "/home-visits/handovers": Action.HAND_OVER_HOME_VISITS,
    "/home-visits/{visit}/handover": Action.HAND_OVER_HOME_VISITS,
    "/language": OPEN,
    "/ledger": SIGNED_IN,
    "/map": SIGNED_IN,
    "/openapi.json": OPEN,
    "/people": Action.MANAGE_PEOPLE,
    "/quarantine": Action.SETTLE_QUARANTINE,
    "/schools": Action.MANAGE_PEOPLE,
    "/sign-in": OPEN,
    "/sign-out": OPEN,
    "/static": OPEN,
    "/visits": SIGNED_IN,
    "/welcome": OPEN,
}
"""Path → the rule of it and of all below it that have none of their own. An action is one that somebody must
be permitted somewhere."""


def rule_of(path: str) -> Action | str | None:
    """The rule of the nearest path, None where there is none: "/" is a page, not all that there is."""
    if path in RULES:
        return RULES[path]
    above = [one for one in RULES if one != "/" and path.startswith(f"{one}/")]
    return RULES[max(above, key=len)] if above else None


def _is_of_own_account(method: str, path: str) -> bool:
    """Whether a request ends the session, or is answered as a stranger's for a wrong password or code.

    What tus can do here is said to anybody.
    """
    own = path.startswith(("/account", "/sign-"))
    return method == "OPTIONS" or (method == "POST" and own) or path.startswith("/sign-in/")


def asked(server: Server) -> dict[tuple[str, str], Action | str]:
    """Route → its rule, of all that are asked here."""
    found = {route: rule_of(route[1]) for route in routes(server) if not _is_of_own_account(*route)}
    return {route: rule for route, rule in found.items() if rule not in (None, ELSEWHERE)}


@pytest.fixture
def world(data_dir: Path) -> Iterator[World]:
    with open_server(data_dir) as server:
        yield filled(server)


def test_every_route_has_a_rule_and_every_rule_a_route(world: World) -> None:
    paths = {path for _, path in routes(world.server)}
    assert [path for path in sorted(paths) if rule_of(path) is None] == []
    used = {
        max((one for one in RULES if path == one or path.startswith(f"{one}/")), key=len) for path in paths
    }
    assert set(RULES) == used | {"/"}


@dataclass(frozen=True)
class Asker:
    """Somebody with a role: the headers of their browser and of their phone."""

    grants: tuple[Grant, ...]
    browser: dict[str, str]
    phone: dict[str, str]


def asker(world: World, role: Role, scope: Scope) -> Asker:
    server = world.server
    person = in_transaction(server.engine, lambda s: people.add_numbered(s, f"某{role.zh}", Role.INSPECTOR))
    grant = Grant(role, scope)
    in_transaction(server.engine, lambda s: grants.replace(s, person.id, grant))
    token = in_transaction(server.engine, lambda s: sessions.open_for(s, person))
    return Asker((grant,), {"Cookie": f"{SESSION_COOKIE}={token}"}, server.phone(person=person.id).headers)


def scopes(role: Role) -> list[Scope]:
    """The widest and a narrow scope of a role."""
    if role in SCHOOL_ROLES:
        return [School("school-1"), School("school-1", frozenset({"1"}))]
    return [CITY, Towns(frozenset({A}))]


NOTHING = Names(new_id(), new_id(), new_id(), "f" * 64, "f" * 16, 1, "DG-441900119-2026-09999")


def status(world: World, route: tuple[str, str], headers: dict[str, str]) -> str:
    """The status of an answer; "stranger" where one has to sign in or to enrol first."""
    method, path = route
    how: Ask = ROUTES[route][0]
    answer = ask(world.server, method, path, how, NOTHING, headers)
    code, _, rest = answer.partition(" ")
    return "stranger" if code == "401" or (code == "303" and rest.startswith("/sign-in?next=")) else code


@pytest.mark.parametrize("role", Role)
def test_a_role_gets_what_its_rules_permit_and_nothing_else(world: World, role: Role) -> None:
    for scope in scopes(role):
        one = asker(world, role, scope)
        for route, rule in asked(world.server).items():
            browser, phone = status(world, route, one.browser), status(world, route, one.phone)
            told = (role, scope, route, browser, phone)
            if isinstance(rule, Action):
                allowed = permits(one.grants, rule)
                assert (browser != "403") == allowed, told
                assert browser != "stranger", told
                assert phone == "stranger", told
            elif rule == SIGNED_IN:
                assert browser not in ("403", "stranger"), told
                assert phone == "stranger", told
            elif rule == PHONE:
                assert (browser, phone != "stranger") == ("stranger", True), told
            elif rule == READER:
                assert "stranger" not in (browser, phone), told


def test_strangers_get_only_what_is_open(world: World) -> None:
    for route, rule in asked(world.server).items():
        assert (status(world, route, {}) == "stranger") == (rule != OPEN), route
