"""Role × scope × route: every route has a rule, and keeps to it for every role, through real HTTP.

What of a permitted answer is shown is the subject of `test_every_route`.
"""

from dataclasses import dataclass

import pytest

from shared.permissions import CITY, SCHOOL_ROLES, Action, Grant, School, Scope, Towns, permits
from shared.vocabulary import Role
from sync_server.access import grants, people, sessions
from sync_server.database.transactions import in_transaction
from sync_server.deps import SESSION_COOKIE
from tests.support.server import new_id
from tests.sync_server.access.test_every_route import ROUTES, A, Ask, Names, World, ask, routes

OPEN = "open"  # to anybody, also without an account
SIGNED_IN = "signed in"  # any role; what is shown, or done, is within their scope
SIGNING_IN = "signing in"  # a browser in which the password was given; all others begin with that
PHONE = "phone"  # any enrolled phone
RECORDER = "recorder"  # an enrolled phone whose person may record home visits
READER = "reader"  # either a phone or somebody who is signed in
VISIT_READER = "visit reader"  # somebody who may open home visits or see how many there are

RULES: dict[tuple[str, str], Action | str] = {
    ("GET", "/"): SIGNED_IN,
    ("GET", "/account"): SIGNED_IN,
    ("GET", "/account/password"): SIGNED_IN,
    ("POST", "/account/password"): SIGNED_IN,
    ("GET", "/account/second-factor"): SIGNED_IN,
    ("POST", "/account/second-factor/begin"): SIGNED_IN,
    ("POST", "/account/second-factor/codes"): SIGNED_IN,
    ("POST", "/account/second-factor/confirm"): SIGNED_IN,
    ("POST", "/account/second-factor/mine"): SIGNED_IN,
    ("POST", "/account/second-factor/off"): SIGNED_IN,
    ("POST", "/account/sign-out"): SIGNED_IN,
    ("GET", "/api/docs"): OPEN,
    ("GET", "/api/v1/campaigns/{campaign}/progress"): PHONE,
    ("GET", "/api/v1/campaigns/{campaign}/pull"): PHONE,
    ("POST", "/api/v1/campaigns/{campaign}/push"): PHONE,
    ("GET", "/api/v1/campaigns/{campaign}/snapshot"): PHONE,
    ("POST", "/api/v1/device"): PHONE,
    ("POST", "/api/v1/device/token"): PHONE,
    ("POST", "/api/v1/enrol"): OPEN,
    ("POST", "/api/v1/home-visits"): PHONE,
    ("GET", "/api/v1/home-visits/keys"): RECORDER,
    ("OPTIONS", "/api/v1/photos"): OPEN,
    ("POST", "/api/v1/photos"): PHONE,
    ("GET", "/api/v1/photos/{sha256}/{size}"): READER,
    ("HEAD", "/api/v1/photos/{sha256}/{size}"): READER,
    ("DELETE", "/api/v1/photos/{upload}"): PHONE,
    ("HEAD", "/api/v1/photos/{upload}"): PHONE,
    ("PATCH", "/api/v1/photos/{upload}"): PHONE,
    ("GET", "/app"): OPEN,
    ("GET", "/app/"): OPEN,
    ("GET", "/audit"): Action.READ_AUDIT,
    ("GET", "/conflicts"): SIGNED_IN,
    ("POST", "/conflicts/{kind}/{record}"): Action.SETTLE_CONFLICTS,
    ("GET", "/deleted"): Action.CHANGE_OTHERS,
    ("POST", "/deleted/{kind}/{record}"): Action.CHANGE_OTHERS,
    ("GET", "/devices"): Action.MANAGE_DEVICES,
    ("POST", "/devices/restored"): Action.MANAGE_DEVICES,
    ("GET", "/devices/import"): Action.MANAGE_DEVICES,
    ("POST", "/devices/import"): Action.MANAGE_DEVICES,
    ("GET", "/devices/{device}"): Action.MANAGE_DEVICES,
    ("POST", "/devices/{device}/revoke"): Action.MANAGE_DEVICES,
    ("POST", "/devices/{device}/undo"): Action.MANAGE_DEVICES,
    ("POST", "/devices/{device}/undoings/{undoing}/withdraw"): Action.MANAGE_DEVICES,
    ("GET", "/enrol"): OPEN,
    ("GET", "/exports/audit.csv"): Action.READ_AUDIT,
    ("GET", "/exports/audit.xlsx"): Action.READ_AUDIT,
    ("GET", "/exports/hazards.geojson"): Action.EXPORT,
    ("GET", "/exports/ledger.csv"): Action.EXPORT,
    ("GET", "/exports/ledger.xlsx"): Action.EXPORT,
    ("GET", "/exports/visits.csv"): Action.EXPORT,
    ("GET", "/exports/visits.xlsx"): Action.EXPORT,
    ("GET", "/hazards/{hazard}"): SIGNED_IN,
    ("GET", "/hazards/{hazard}/sign.pdf"): SIGNED_IN,
    ("POST", "/hazards/{hazard}/decisions"): Action.DECIDE,
    ("GET", "/review"): Action.DECIDE,
    ("GET", "/progress"): Action.SEE_HAZARDS,
    ("GET", "/progress/patrols"): Action.SEE_HAZARDS,
    ("GET", "/same-places"): Action.DECIDE,
    ("POST", "/same-places/apart"): Action.DECIDE,
    ("GET", "/healthz"): OPEN,
    ("GET", "/home-visits"): VISIT_READER,
    ("POST", "/home-visits/expired"): VISIT_READER,
    ("POST", "/home-visits/exports"): Action.SEE_EVERY_HOME_VISIT,
    ("GET", "/home-visits/exports/{export}"): VISIT_READER,
    ("POST", "/home-visits/exports/{export}/decide"): VISIT_READER,
    ("GET", "/home-visits/refused"): VISIT_READER,
    ("POST", "/home-visits/refused/{envelope}/accept"): VISIT_READER,
    ("POST", "/home-visits/refused/{envelope}/discard"): VISIT_READER,
    ("GET", "/home-visits/handovers"): Action.HAND_OVER_HOME_VISITS,
    ("POST", "/home-visits/handovers/{offer}/accept"): Action.HAND_OVER_HOME_VISITS,
    ("POST", "/home-visits/handovers/{offer}/decline"): Action.HAND_OVER_HOME_VISITS,
    ("POST", "/home-visits/handovers/{offer}/withdraw"): Action.HAND_OVER_HOME_VISITS,
    ("POST", "/home-visits/plans"): Action.APPROVE_PLANS,
    ("POST", "/home-visits/{visit}/plan"): Action.APPROVE_PLANS,
    ("POST", "/home-visits/{visit}/handover"): Action.HAND_OVER_HOME_VISITS,
    ("GET", "/home-visits/{visit}"): SIGNED_IN,
    ("POST", "/home-visits/{visit}"): SIGNED_IN,
    ("POST", "/home-visits/{visit}/withdraw"): SIGNED_IN,
    ("GET", "/language/{language}"): OPEN,
    ("GET", "/ledger"): SIGNED_IN,
    ("GET", "/map/here.json"): SIGNED_IN,
    ("GET", "/map/points.json"): SIGNED_IN,
    ("GET", "/map/visits-here.json"): SIGNED_IN,
    ("GET", "/map/visits.json"): SIGNED_IN,
    ("GET", "/map/{name}"): SIGNED_IN,
    ("GET", "/openapi.json"): OPEN,
    ("GET", "/tiles/tiles.json"): READER,
    ("GET", "/tiles/{zoom}/{x}/{y}"): OPEN,
    ("GET", "/people"): Action.MANAGE_PEOPLE,
    ("POST", "/people"): Action.MANAGE_PEOPLE,
    ("GET", "/people/import"): Action.MANAGE_PEOPLE,
    ("POST", "/people/import"): Action.MANAGE_PEOPLE,
    ("GET", "/people/import/template.xlsx"): Action.MANAGE_PEOPLE,
    ("GET", "/people/imports/{id}"): Action.MANAGE_PEOPLE,
    ("POST", "/people/imports/{id}/confirm"): Action.MANAGE_PEOPLE,
    ("POST", "/people/phone-code"): Action.MANAGE_PEOPLE,
    ("POST", "/people/sheets"): Action.MANAGE_PEOPLE,
    ("GET", "/people/{person}"): Action.MANAGE_PEOPLE,
    ("GET", "/people/{person}/account"): Action.MANAGE_PEOPLE,
    ("POST", "/people/{person}/deactivate"): Action.MANAGE_PEOPLE,
    ("POST", "/people/{person}/grants"): Action.MANAGE_PEOPLE,
    ("POST", "/people/{person}/grants/{grant}/withdraw"): Action.MANAGE_PEOPLE,
    ("POST", "/people/{person}/password-link"): Action.MANAGE_PEOPLE,
    ("POST", "/people/{person}/phone-code"): Action.MANAGE_PEOPLE,
    ("POST", "/people/{person}/reactivate"): Action.MANAGE_PEOPLE,
    ("POST", "/people/{person}/rename"): Action.MANAGE_PEOPLE,
    ("POST", "/people/{person}/unit"): Action.MANAGE_PEOPLE,
    ("POST", "/people/{person}/second-factor/reset"): Action.MANAGE_PEOPLE,
    ("POST", "/people/{person}/sign-out"): Action.MANAGE_PEOPLE,
    ("GET", "/quarantine"): Action.SETTLE_QUARANTINE,
    ("GET", "/quarantine/{device}/{n}"): Action.SETTLE_QUARANTINE,
    ("POST", "/quarantine/{device}/{n}/again"): Action.SETTLE_QUARANTINE,
    ("POST", "/quarantine/{device}/{n}/discard"): Action.SETTLE_QUARANTINE,
    ("POST", "/quarantine/{device}/{n}/repair"): Action.SETTLE_QUARANTINE,
    ("GET", "/schools"): Action.MANAGE_PEOPLE,
    ("POST", "/schools/change"): Action.MANAGE_PEOPLE,
    ("POST", "/schools/class"): Action.MANAGE_PEOPLE,
    ("GET", "/sign-in"): OPEN,
    ("POST", "/sign-in"): OPEN,
    ("GET", "/sign-in/code"): SIGNING_IN,
    ("POST", "/sign-in/code"): SIGNING_IN,
    ("POST", "/sign-out"): OPEN,
    ("GET", "/static/"): OPEN,
    ("GET", "/visits"): SIGNED_IN,
    ("GET", "/visits/{visit}"): SIGNED_IN,
    ("GET", "/welcome/{token}"): OPEN,
    ("POST", "/welcome/{token}"): OPEN,
}
"""(method, path) of each route → its rule. An action is one that somebody must be permitted somewhere."""


def test_every_route_has_its_own_rule(world: World) -> None:
    assert routes(world.server) == set(RULES)


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
    """The status of an answer; "stranger" where one has to sign in or to enrol first.

    A wrong password or code of somebody who is signed in gets a page with 401, which is no such answer.
    """
    method, path = route
    how: Ask = ROUTES[route][0]
    answer = ask(world.server, method, path, how, NOTHING, headers)
    code, _, rest = answer.partition(" ")
    where, _, said = rest.partition(" ")
    refused = code == "401" and (method == "HEAD" or said.startswith(STRANGERS))
    return "stranger" if refused or (code == "303" and where.startswith("/sign-in?next=")) else code


STRANGERS = ('{"code":"sign_in_required"', '{"code":"token_invalid"')


def as_told(rule: Action | str, given: tuple[Grant, ...], browser: str, phone: str) -> bool:
    """Whether these statuses of a route's answers are what its rule lets somebody with these grants have."""
    if isinstance(rule, Action):
        return (browser != "403") == permits(given, rule) and browser != "stranger" == phone
    reads_visits = permits(given, Action.SEE_HOME_VISITS) or permits(given, Action.COUNT_HOME_VISITS)
    records = permits(given, Action.RECORD_HOME_VISITS)
    return {
        OPEN: browser != "stranger" != phone,
        SIGNED_IN: browser not in ("403", "stranger") and phone == "stranger",
        SIGNING_IN: browser == phone == "stranger",
        PHONE: browser == "stranger" != phone,
        RECORDER: browser == "stranger" != phone and (phone != "403") == records,
        READER: browser != "stranger" != phone,
        VISIT_READER: (browser != "403") == reads_visits and browser != "stranger" == phone,
    }[rule]


@pytest.mark.parametrize("role", Role)
def test_a_role_gets_what_its_rules_permit_and_nothing_else(world: World, role: Role) -> None:
    for scope in scopes(role):
        one = asker(world, role, scope)
        for route in ROUTES:  # in their order: signing out comes last
            browser, phone = status(world, route, one.browser), status(world, route, one.phone)
            told = (role, scope, route, browser, phone)
            assert as_told(RULES[route], one.grants, browser, phone), told


def test_strangers_get_only_what_is_open(world: World) -> None:
    for route, rule in RULES.items():
        assert (status(world, route, {}) == "stranger") == (rule != OPEN), route


def test_a_route_that_does_not_keep_its_rule_is_seen() -> None:
    administrator, inspector = (Grant(Role.ADMINISTRATOR, CITY),), (Grant(Role.INSPECTOR, CITY),)
    assert as_told(Action.MANAGE_PEOPLE, administrator, "200", "stranger")
    assert as_told(Action.MANAGE_PEOPLE, inspector, "403", "stranger")
    for given, browser, phone in (
        (inspector, "200", "stranger"),
        (administrator, "403", "stranger"),
        (administrator, "stranger", "stranger"),
        (administrator, "200", "200"),
    ):
        assert not as_told(Action.MANAGE_PEOPLE, given, browser, phone)
    for rule in (OPEN, SIGNED_IN, PHONE, RECORDER, READER, VISIT_READER):
        assert not as_told(rule, administrator, "stranger", "stranger")
    assert not as_told(SIGNING_IN, administrator, "200", "stranger")
