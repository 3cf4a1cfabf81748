"""Who gets to see which page, and what happens to those who do not."""

import re

from fastapi.routing import APIRoute

from shared.vocabulary import EventType
from sync_server.access import links, people
from sync_server.access.sign_in import passwords
from sync_server.database.transactions import in_transaction
from sync_server.pages.router import router as pages
from tests.sync_server.deployment import Deployment

PAGES = ("/", "/ledger", "/conflicts", "/people", "/devices", "/quarantine")
DATA = ("/map/points.json?bbox=113,22,115,24&zoom=10", "/map/here.json?bbox=113,22,115,24")
EXPORTS = ("/exports/ledger.xlsx", "/exports/ledger.csv", "/exports/hazards.geojson")


def test_every_page_sends_a_stranger_to_sign_in(office: Deployment) -> None:
    hazard = office.report()
    stranger = office.browser(None)
    for path in (*PAGES, f"/hazards/{hazard}"):
        answer = stranger.get(path)
        assert answer.status_code == 303, path
        assert answer.headers["location"].startswith("/sign-in?next="), path


def test_programs_get_the_problem_instead(office: Deployment) -> None:
    stranger = office.browser(None)
    for path in (*DATA, *EXPORTS):
        answer = stranger.get(path)
        assert answer.status_code == 401, path
        assert answer.json() == {"code": "sign_in_required", "details": {}}


def test_the_administrators_pages_are_closed_to_others(office: Deployment) -> None:
    for hand in (office.inspector, office.reviewer):
        for path in PAGES[3:]:
            answer = office.browser(hand).get(path)
            assert answer.status_code == 403
            assert "/ledger" in answer.text
    for path in PAGES:
        assert office.browser(office.administrator).get(path).status_code == 200


def test_an_inspector_decides_nothing_on_the_web(office: Deployment) -> None:
    hazard = office.report()
    browser = office.browser(office.inspector)
    assert "/decisions" not in browser.get(f"/hazards/{hazard}").text
    form = {"step": "register", "base": "1", "event": hazard}
    assert browser.post(f"/hazards/{hazard}/decisions", data=form).status_code == 403


def test_a_post_from_another_site_is_refused(office: Deployment) -> None:
    browser = office.browser(office.administrator)
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "http://evil.example"}):
        for path in ("/people", "/sign-out", "/people/phone-code", "/sign-in"):
            answer = browser.post(path, headers=headers, data={"name": "x", "role": "inspector"})
            assert answer.status_code == 403, path
    assert len(office.audit("person_added")) == 0


def test_signing_in_leads_back_to_this_site_only(office: Deployment) -> None:
    password_hash = passwords.hash_new("correct horse battery")
    in_transaction(
        office.engine,
        lambda s: people.set_password_hash(s, office.reviewer.person.id, password_hash),
    )
    wanted = {"/ledger?q=a": "/ledger?q=a", "//evil.example": "/", "https://evil.example": "/", "/\\e": "/"}
    for target, place in wanted.items():
        form = {"name": "王审核", "password": "correct horse battery", "next": target}
        answer = office.browser(None).post("/sign-in", data=form)
        assert (answer.status_code, answer.headers["location"]) == (303, place)
        cookie = answer.headers["set-cookie"]
        assert "HttpOnly" in cookie
        assert "samesite=lax" in cookie.lower()
    wrong = office.browser(None).post("/sign-in", data={"name": "王审核", "password": "no"})
    assert wrong.status_code == 401
    assert 'role="alert"' in wrong.text
    assert "no" not in re.findall(r'name="password"[^>]*value="([^"]*)"', wrong.text)


def test_a_welcome_link_sets_a_password_once(office: Deployment) -> None:
    token = in_transaction(office.engine, lambda s: links.make(s, office.reviewer.person.id))
    browser = office.browser(None)
    assert "王审核" in browser.get(f"/welcome/{token}").text
    short = browser.post(f"/welcome/{token}", data={"password": "short", "again": "short"})
    assert short.status_code == 422
    assert "10" in short.text
    different = {"password": "correct horse battery", "again": "correct horse"}
    assert browser.post(f"/welcome/{token}", data=different).status_code == 422
    good = {"password": "correct horse battery", "again": "correct horse battery"}
    assert browser.post(f"/welcome/{token}", data=good).headers["location"] == "/"
    assert browser.get("/").status_code == 200
    assert office.browser(None).get(f"/welcome/{token}").status_code == 403


def test_signing_out_ends_the_session(office: Deployment) -> None:
    browser = office.browser(office.reviewer)
    token = browser.cookies["anlan_session"]
    browser.post("/sign-out")
    [noted] = office.audit("sign_out")
    assert noted.person == office.reviewer.person.id
    browser.cookies.set("anlan_session", token)
    assert browser.get("/ledger").status_code == 303


def test_the_administrator_adds_people_and_phones_and_ends_them(office: Deployment) -> None:
    browser = office.browser(office.administrator)
    added = browser.post("/people", data={"name": "赵新", "role": "reviewer"})
    link = re.search(r"/welcome/([\w-]+)", added.text)
    assert link
    assert office.browser(None).get(link.group(0)).status_code == 200
    assert browser.post("/people", data={"name": "赵新", "role": "reviewer"}).status_code == 409
    assert browser.post("/people", data={"name": "  ", "role": "reviewer"}).status_code == 422
    assert browser.post("/people", data={"name": "x", "role": "king"}).status_code == 422
    code = browser.post(f"/people/{office.inspector.person.id}/phone-code")
    assert re.search(r"/app/\?code=[2-9A-Z]{10}", code.text)
    assert "<svg" in code.text
    device = office.inspector.device
    assert browser.post(f"/devices/{device}/revoke").status_code == 303
    assert "已停用" in browser.get("/devices").text


def test_no_route_of_the_pages_breaks_on_nonsense(office: Deployment) -> None:
    office.happen(office.report(), EventType.REGISTER, office.reviewer)
    browser = office.browser(office.administrator)
    routers = [getattr(included, "original_router") for included in pages.routes]  # noqa: B009
    routes = [route for router in routers for route in router.routes if isinstance(route, APIRoute)]
    assert len(routes) > 20
    for route in routes:
        path = re.sub(r"{[^}]*}", "%00nonsense%27", route.path)
        for method in route.methods or ():
            nonsense = {"bbox": "1,2", "after": "%%", "sort": "'", "q": "'%_"}
            answer = browser.request(method, path, params=nonsense)
            assert answer.status_code < 500, (method, path)
