"""What reviewers decide on a hazard's page, and what they may not."""

import re
import uuid

from sqlmodel import select

from shared.vocabulary import EventType, Role, Status
from sync_server.access.policy import SYSTEM
from sync_server.database.tables import HazardEventRow, HazardRow
from sync_server.database.transactions import reading
from sync_server.queries import hazards
from tests.sync_server.deployment import Deployment, form_of


def row(office: Deployment, hazard: str) -> HazardRow:
    with reading(office.engine) as session:
        return hazards.get(session, SYSTEM, office.campaign, hazard)


def events(office: Deployment) -> int:
    with reading(office.engine) as session:
        return len(session.exec(select(HazardEventRow.id)).all())


def test_a_hazard_goes_the_whole_way_on_the_web(office: Deployment) -> None:
    hazard = office.report()
    browser = office.browser(office.reviewer)
    address = f"/hazards/{hazard}"

    def decide(step: str, **fields: str) -> None:
        form = form_of(browser.get(address).text, step)
        assert form, step
        answer = browser.post(f"{address}/decisions", data={**form, **fields})
        assert answer.status_code == 303, answer.text
        assert "已保存" in browser.get(answer.headers["location"]).text

    decide("register")
    decide("assign", assignee_unit="水务中心", due_date="2026-07-01")
    assert (row(office, hazard).assignee_unit, row(office, hazard).due_date) == ("水务中心", "2026-07-01")
    office.happen(hazard, EventType.RECTIFY)
    office.happen(hazard, EventType.SUBMIT)
    decide("reject", comment="围蔽不牢")
    office.happen(hazard, EventType.SUBMIT)
    decide("accept_and_close", sure="1", comment="合格")
    assert row(office, hazard).status == Status.CLOSED
    assert row(office, hazard).first_closed_on
    assert re.search(r'class="count"><strong>1</strong> / 2000', browser.get("/").text)
    decide("recheck", result="normal")
    decide("relapse", comment="围蔽被拆", sure="1")
    assert row(office, hazard).status == Status.RELAPSED
    page = browser.get(address).text
    for word in ("登记", "交办", "围蔽不牢", "验收通过", "销号", "围蔽被拆", "王审核", "网页"):
        assert word in page


def test_a_form_sent_twice_counts_once(office: Deployment) -> None:
    hazard = office.rectified()
    browser = office.browser(office.reviewer)
    form = {**form_of(browser.get(f"/hazards/{hazard}").text, "accept_and_close"), "sure": "1"}
    before = events(office)
    for _ in range(3):
        assert browser.post(f"/hazards/{hazard}/decisions", data=form).status_code == 303
    assert events(office) == before + 2


def test_nobody_accepts_their_own_rectification(office: Deployment) -> None:
    hazard = office.report()
    office.happen(hazard, EventType.RECTIFY, office.reviewer)
    office.happen(hazard, EventType.SUBMIT, office.reviewer)
    own = office.browser(office.reviewer)
    page = own.get(f"/hazards/{hazard}").text
    assert form_of(page, "accept_and_close") == {}
    assert 'class="notice"' in page
    form = {"step": "accept_and_close", "base": "3", "event": str(uuid.uuid4()), "sure": "1"}
    answer = own.post(f"/hazards/{hazard}/decisions", data=form)
    assert answer.status_code == 403
    assert row(office, hazard).status == Status.PENDING_ACCEPTANCE
    other = office.browser(office.hand("别的审核人", Role.REVIEWER))
    form = {**form_of(other.get(f"/hazards/{hazard}").text, "accept_and_close"), "sure": "1"}
    assert other.post(f"/hazards/{hazard}/decisions", data=form).status_code == 303
    assert row(office, hazard).status == Status.CLOSED


def test_what_is_missing_is_said_and_nothing_is_written(office: Deployment) -> None:
    hazard = office.rectified()
    reviewer = office.browser(office.reviewer)
    new = {"base": "1", "event": str(uuid.uuid4())}
    bad = [
        {"step": "reject", **new},
        {"step": "accept_and_close", **new},
        {"step": "register", **new},
        {"step": "assign", **new},
        {"step": "merge", "merged_into": "DG-1", "sure": "1", **new},
        {"step": "nonsense", **new},
        {"step": "note", "base": "-1", "event": new["event"]},
        {"step": "note", "base": "1", "event": "x' OR 1"},
    ]
    before = events(office)
    for form in bad:
        answer = reviewer.post(f"/hazards/{hazard}/decisions", data=form)
        assert 400 <= answer.status_code < 500, form
        assert 'role="alert"' in answer.text, form
    assert events(office) == before


def test_merging_names_the_other_hazard_by_its_number(office: Deployment) -> None:
    kept, doubled = office.report(water_name="原"), office.report(water_name="重复")
    reviewer = office.browser(office.reviewer)
    form = {**form_of(reviewer.get(f"/hazards/{doubled}").text, "merge"), "sure": "1"}
    number = row(office, kept).ledger_no
    assert number
    answer = reviewer.post(f"/hazards/{doubled}/decisions", data={**form, "merged_into": number})
    assert answer.status_code == 303
    assert row(office, doubled).status == Status.MERGED
    assert number in reviewer.get(f"/hazards/{doubled}").text


def test_statuses_that_hold_at_once_are_both_shown(office: Deployment) -> None:
    hazard = office.rectified()
    reviewer = office.browser(office.reviewer)
    stale = form_of(reviewer.get(f"/hazards/{hazard}").text, "accept_and_close")
    stale["base"] = "1"
    reviewer.post(f"/hazards/{hazard}/decisions", data={**stale, "sure": "1"})
    page = reviewer.get(f"/hazards/{hazard}").text
    assert "同时成立" in page
    assert "待验收" in page
    assert "已销号" in page
