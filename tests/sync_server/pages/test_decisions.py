"""What reviewers decide on a hazard's page, and what they may not."""

import io
import re
import uuid
from typing import Any

import httpx2
import pytest
from fastapi.testclient import TestClient
from PIL import Image
from sqlmodel import Session, select

from shared.operations import Kind, RecordType
from shared.permissions import Grant, Towns
from shared.vocabulary import EventType, PhotoRole, Role, Status
from sync_server.access import grants, people
from sync_server.access.policy import SYSTEM
from sync_server.database.tables import HazardEventRow, HazardRow
from sync_server.database.transactions import in_transaction, reading
from sync_server.demo import pictures
from sync_server.queries import hazards
from tests.sync_server.deployment import Deployment, Hand, form_of

SAYS_WHICH = r'整改后 1</a> 与这张几乎一样，请对照看清：<a href="#photo-[^"]+">整改前 1</a>'


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

    def go_on(step: str, **fields: str) -> None:
        form = form_of(browser.get(address).text, step)
        assert form, step
        answer = browser.post(f"{address}/decisions", data={**form, **fields})
        assert answer.status_code == 303, answer.text
        assert "已保存" in browser.get(answer.headers["location"]).text

    go_on("register")
    go_on("assign", assignee_unit="水务中心", due_date="2026-07-01", sure="1")
    assert (row(office, hazard).assignee_unit, row(office, hazard).due_date) == ("水务中心", "2026-07-01")
    office.happen(hazard, EventType.RECTIFY)
    office.attach(hazard, PhotoRole.AFTER, seed=7)
    office.happen(hazard, EventType.SUBMIT)
    go_on("reject", comment="围蔽不牢")
    office.happen(hazard, EventType.SUBMIT)
    go_on("accept_and_close", sure="1", comment="合格")
    assert row(office, hazard).status == Status.CLOSED
    assert row(office, hazard).first_closed_on
    assert re.search(r'class="count"><strong>1</strong> / 2000', browser.get("/").text)
    go_on("recheck", result="normal")
    go_on("relapse", comment="围蔽被拆", sure="1")
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
    office.attach(hazard, PhotoRole.AFTER, seed=7)
    office.happen(hazard, EventType.SUBMIT, office.reviewer)
    own = office.browser(office.reviewer)
    page = own.get(f"/hazards/{hazard}").text
    assert form_of(page, "accept_and_close") == {}
    assert 'class="notice"' in page
    form = {"step": "accept_and_close", "base": "9", "event": str(uuid.uuid4()), "sure": "1"}
    answer = own.post(f"/hazards/{hazard}/decisions", data=form)
    assert answer.status_code == 403
    assert row(office, hazard).status == Status.PENDING_ACCEPTANCE
    other = office.browser(office.hand("别的审核人", Role.REVIEWER))
    form = {**form_of(other.get(f"/hazards/{hazard}").text, "accept_and_close"), "sure": "1"}
    assert other.post(f"/hazards/{hazard}/decisions", data=form).status_code == 303
    assert row(office, hazard).status == Status.CLOSED


def test_what_was_counted_stays_counted_and_what_waits_wants_a_photo_that_was_none_of_before(
    office: Deployment,
) -> None:
    """As the log took it before photos whose role was edited were told apart."""

    def submitted() -> str:
        hazard, photo = office.report(), str(uuid.uuid4())
        for role in ("before", "after"):
            said = {"hazard": hazard, "role": role, "sha256": "ab" * 32, "mime": "image/jpeg", "bytes": 9}
            office.save(RecordType.PHOTO, Kind.ATTACH, said, record=photo)
        office.happen(hazard, EventType.RECTIFY)
        office.happen(hazard, EventType.SUBMIT)
        return hazard

    closed, waiting = submitted(), submitted()
    for step in (EventType.ACCEPT, EventType.CLOSE):
        office.happen(closed, step, office.reviewer)
    browser = office.browser(office.reviewer)
    assert row(office, closed).status == Status.CLOSED
    assert re.search(r'class="count"><strong>1</strong> / 2000', browser.get("/").text)
    page = browser.get(f"/hazards/{waiting}").text
    assert form_of(page, "accept_and_close") == {}
    assert "还没有整改后的照片，不能报验或验收" in page
    assert form_of(page, "reject"), "the one who rectified is told to take another"
    office.attach(waiting, PhotoRole.AFTER, seed=7)
    form = form_of(browser.get(f"/hazards/{waiting}").text, "accept_and_close") | {"sure": "1"}
    assert browser.post(f"/hazards/{waiting}/decisions", data=form).status_code == 303


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
        alert = answer.text.split('role="alert"')[1].split("</p>")[0]
        assert "手机" not in alert, form
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
    said = {"hazard": hazard, "at": "2026-05-28T20:00:00Z", "comment": "无水", "event_type": "invalidate"}
    office.save(RecordType.HAZARD_EVENT, Kind.APPEND, said, base=1, by=office.reviewer)
    page = office.browser(office.reviewer).get(f"/hazards/{hazard}").text
    for word in ("同时成立", "待验收", "不属实"):
        assert word in page


def decide(browser: TestClient, hazard: str, step: str, **fields: str) -> httpx2.Response:
    """Take a step by the form that the page shows now."""
    form = form_of(browser.get(f"/hazards/{hazard}").text, step)
    return browser.post(f"/hazards/{hazard}/decisions", data={**form, **fields})


def evidence_of(page: str) -> str:
    """What stands beside accepting about the evidence."""
    return page.split('<ul class="evidence">')[1].split("<label>")[0]


@pytest.mark.parametrize("step", ["assign", "transfer", "extend"])
def test_the_second_of_two_reviewers_is_told_what_changed_before_anything_is_written(
    office: Deployment, step: str
) -> None:
    hazard = office.report()
    first = office.browser(office.reviewer)
    second = office.browser(office.hand("赵审核", Role.REVIEWER))
    decide(first, hazard, "register")
    given = {"assignee_unit": "水务中心", "due_date": "2027-06-01", "comment": "请尽快"}
    if step != "assign":
        decide(first, hazard, "assign", assignee_unit="村委会", due_date="2027-05-01")
    forms = [form_of(one.get(f"/hazards/{hazard}").text, step) for one in (first, second)]
    assert first.post(f"/hazards/{hazard}/decisions", data={**forms[0], **given}).status_code == 303
    before = events(office)
    late = {**given, "assignee_unit": "住建局", "due_date": "2027-07-01", "comment": "改由住建局"}
    answer = second.post(f"/hazards/{hazard}/decisions", data={**forms[1], **late})
    assert (answer.status_code, events(office)) == (409, before)
    changed = answer.text.split('id="changed"')[1].split("</section>")[0]
    for word in ("2027-06-01", "请尽快", "王审核"):
        assert word in changed
    if step != "assign":
        for typed in ("2027-07-01", "改由住建局"):
            assert typed in answer.text.split('id="decide"')[1]
        again = second.post(
            f"/hazards/{hazard}/decisions", data={**form_of(answer.text, step), **late, "sure": "1"}
        )
        assert again.status_code == 303
        assert row(office, hazard).due_date == "2027-07-01"


def test_an_address_alone_does_not_say_that_something_was_saved(office: Deployment) -> None:
    hazard = office.report()
    browser = office.browser(office.reviewer)
    for address in (f"/hazards/{hazard}", "/conflicts"):
        for done in ("accept_and_close", "note", "settle"):
            page = browser.get(f"{address}?done={done}").text
            assert not re.search("已保存|已写入|已选定", page)
    decide(browser, hazard, "register")
    assert "已保存：登记" in browser.get(f"/hazards/{hazard}").text
    assert "已保存" not in browser.get(f"/hazards/{hazard}").text


@pytest.mark.parametrize(("smaller", "doubtful"), [(True, True), (False, False)])
def test_a_photo_of_before_that_comes_again_a_little_changed_is_pointed_out(
    office: Deployment, smaller: bool, doubtful: bool
) -> None:
    before = pictures.draw("pond", 3, False, "before")
    hazard = office.report()
    office.happen(hazard, EventType.RECTIFY)
    with Image.open(io.BytesIO(before)) as image:
        half, made = image.resize((image.width // 2, image.height // 2)), io.BytesIO()
        half.save(made, "JPEG", quality=70)
    after = made.getvalue() if smaller else pictures.draw("pond", 3, True, "after")
    office.attach(hazard, PhotoRole.BEFORE, data=before)
    office.attach(hazard, PhotoRole.AFTER, data=after)
    office.happen(hazard, EventType.SUBMIT)
    reviewer = office.browser(office.reviewer)
    for _ in range(2):
        page = reviewer.get(f"/hazards/{hazard}").text
        assert ("几乎一样" in page) is doubtful
        assert bool(re.search(SAYS_WHICH, evidence_of(page))) is doubtful
    assert "几乎一样" not in office.browser(office.inspector).get(f"/hazards/{hazard}").text
    assert decide(reviewer, hazard, "accept_and_close", sure="1").status_code == 303, "it is not refused"


@pytest.mark.parametrize("off", [False, True])
def test_other_photos_do_not_hide_that_one_of_before_comes_again(office: Deployment, off: bool) -> None:
    hazard, photo = office.report(), str(uuid.uuid4())
    before = pictures.draw("pond", 3, False, "before")
    sha256 = office.attach(hazard, PhotoRole.BEFORE, data=before, photo=photo)
    if off:
        office.save(RecordType.PHOTO, Kind.DETACH, {}, record=photo)
        assert sha256 not in office.browser(office.reviewer).get(f"/hazards/{hazard}").text
    for scene in range(9):
        office.attach(hazard, PhotoRole.DURING, data=pictures.draw("river", scene, False, "during"))
    office.happen(hazard, EventType.RECTIFY)
    office.attach(hazard, PhotoRole.AFTER, data=before + b" ")
    office.happen(hazard, EventType.SUBMIT)
    broken = office.attach(hazard, PhotoRole.DURING, data=b"broken")
    office.app.state.photos.store.remove(broken)
    reviewer = office.browser(office.reviewer)
    texts = [reviewer.get(f"/hazards/{hazard}").text for _ in range(3)]
    assert "几乎一样" in texts[-1]
    assert ("已移除的照片几乎一样" in evidence_of(texts[-1])) is off


@pytest.mark.parametrize(("taken", "early"), [("2026-01-02T08:00:00+08:00", True), (None, False)])
def test_a_photo_that_was_taken_before_the_hazard_was_reported_is_pointed_out(
    office: Deployment, taken: str | None, early: bool
) -> None:
    hazard = office.report()
    office.happen(hazard, EventType.RECTIFY)
    said = {"hazard": hazard, "role": "after", "sha256": "ab" * 32, "mime": "image/jpeg", "bytes": 9}
    later = "2026-12-01T08:00:00+08:00"
    office.save(RecordType.PHOTO, Kind.ATTACH, {**said, "taken_at": taken or later})
    office.happen(hazard, EventType.SUBMIT)
    page = office.browser(office.reviewer).get(f"/hazards/{hazard}").text
    assert ("整改后 1</a> 拍摄时间早于上报" in page) is early
    assert ('<span class="late">拍摄时间早于上报' in page) is early, "the photo itself is marked"


@pytest.mark.parametrize("unchecked", [True, False])
def test_a_photo_in_which_no_program_looked_for_faces_says_so(office: Deployment, unchecked: bool) -> None:
    hazard = office.report()
    said = {"hazard": hazard, "role": "before", "sha256": "ab" * 32, "mime": "image/jpeg", "bytes": 9}
    office.save(RecordType.PHOTO, Kind.ATTACH, said | ({"faces_unchecked": True} if unchecked else {}))
    page = office.browser(office.reviewer).get(f"/hazards/{hazard}").text
    assert ('<span class="late">未查人脸' in page) is unchecked


@pytest.mark.parametrize(
    ("taken", "lat", "reason", "says"),
    [
        ("2026-06-01T09:55:00+08:00", 23.0421, {}, ""),
        (
            "2026-06-01T09:55:00+08:00",
            23.0521,
            {"after_reason": "no_fix", "comment": "桥下没有信号"},
            "距隐患约 1113 米、报验前 5 分钟拍。报验时说明：现场定位不了、桥下没有信号",
        ),
        (
            "2026-05-29T10:00:00+08:00",
            23.0421,
            {},
            "距隐患约 0 米、报验前 3 天拍。报验时没有说明原因",
        ),
        (None, None, {}, "没有拍摄位置、没有拍摄时间。报验时没有说明原因"),
    ],
)
def test_work_that_no_photo_shows_from_there_and_just_now_is_flagged_with_the_reason(
    office: Deployment, taken: str | None, lat: float | None, reason: dict[str, Any], says: str
) -> None:
    hazard = office.report(position={"lat": 23.0421, "lon": 113.7832})
    office.happen(hazard, EventType.RECTIFY)
    said = {"hazard": hazard, "role": "after", "sha256": "ab" * 32, "mime": "image/jpeg", "bytes": 9}
    place = {"position": {"lat": lat, "lon": 113.7832, "accuracy_m": 8.0}} if lat else {}
    office.save(RecordType.PHOTO, Kind.ATTACH, {**said, **({"taken_at": taken} if taken else {}), **place})
    office.happen(hazard, EventType.SUBMIT, at="2026-06-01T10:00:00+08:00", **reason)
    page = office.browser(office.reviewer).get(f"/hazards/{hazard}").text
    assert ("没有现场新拍的照片" in evidence_of(page)) is bool(says)
    assert says in evidence_of(page)
    assert ("距隐患约 0 米、报验前 5 分钟拍" in page) is not bool(says), "the photo itself says it"


def test_a_photo_that_another_hazard_has_too_is_marked_where_one_may_see_which(office: Deployment) -> None:
    one, two, third = office.report(), office.report(town_code="441900102"), office.report()
    office.attach(one, PhotoRole.BEFORE, seed=5)
    office.attach(two, PhotoRole.AFTER, seed=5)
    office.attach(third, PhotoRole.BEFORE, seed=6)
    number = row(office, two).ledger_no
    grant = Grant(Role.REVIEWER, Towns(frozenset({"441900101"})))

    def work(session: Session) -> Hand:
        person = people.add(session, "石龙审核", Role.INSPECTOR)
        grants.replace(session, person.id, grant)
        return Hand(person, "")

    here = office.browser(in_transaction(office.engine, work)).get(f"/hazards/{one}").text
    everywhere = office.browser(office.reviewer)
    assert "这张照片也用在另一处隐患" in here
    assert two not in here
    page = everywhere.get(f"/hazards/{one}").text
    assert f'这张照片也用在：<a href="/hazards/{two}">{number}</a>' in page
    assert "这张照片也用在" not in everywhere.get(f"/hazards/{third}").text
    office.save(RecordType.HAZARD, Kind.DELETE, {}, record=two)
    assert "这张照片也用在" not in everywhere.get(f"/hazards/{one}").text


def test_work_shown_only_by_photos_that_another_hazard_had_first_is_accepted_with_a_reason(
    office: Deployment,
) -> None:
    first = office.rectified()
    second = office.report()
    office.happen(second, EventType.RECTIFY)
    office.attach(second, PhotoRole.AFTER, seed=1001)
    office.happen(second, EventType.SUBMIT)
    reviewer = office.browser(office.reviewer)
    page = reviewer.get(f"/hazards/{second}").text
    assert "整改后照片存疑<ul>" in page
    assert f'这张照片也用在：<a href="/hazards/{first}">{row(office, first).ledger_no}</a>' in evidence_of(
        page
    )
    assert "别的隐患先用过" in page
    refused = decide(reviewer, second, "accept_and_close", sure="1")
    assert (refused.status_code, "请写明原因再验收" in refused.text) == (422, True)
    own = reviewer.get(f"/hazards/{first}").text
    assert "这张照片也用在" in evidence_of(own)
    assert "别的隐患先用过" not in own, "it had the photo first"
    assert decide(reviewer, first, "accept_and_close", sure="1").status_code == 303
    office.attach(second, PhotoRole.AFTER, seed=4)
    assert "别的隐患先用过" not in reviewer.get(f"/hazards/{second}").text
    third = office.report()
    office.happen(third, EventType.RECTIFY)
    office.attach(third, PhotoRole.AFTER, seed=4)
    office.happen(third, EventType.SUBMIT)
    reason = {"comment": "一张照片拍到两处", "sure": "1"}
    assert decide(reviewer, third, "accept_and_close", **reason).status_code == 303
    assert row(office, third).status == Status.CLOSED


def test_a_photo_that_took_over_the_bytes_of_anothers_did_not_have_them_first(office: Deployment) -> None:
    """Or whoever has an old photo could take the evidence of others away."""
    mine, photo = office.report(), str(uuid.uuid4())

    def say(sha256: str) -> None:
        said = {"hazard": mine, "role": "after", "sha256": sha256, "mime": "image/jpeg", "bytes": 9}
        office.save(RecordType.PHOTO, Kind.ATTACH, said, record=photo)

    say("ab" * 32)
    hazard = office.report()
    office.happen(hazard, EventType.RECTIFY)
    say(office.attach(hazard, PhotoRole.AFTER, seed=8))
    office.happen(hazard, EventType.SUBMIT)
    reviewer = office.browser(office.reviewer)
    page = reviewer.get(f"/hazards/{hazard}").text
    assert "这张照片也用在" in evidence_of(page)
    assert "别的隐患先用过" not in page
    assert decide(reviewer, hazard, "accept_and_close", sure="1").status_code == 303


def test_acceptance_waits_for_work_and_for_its_photos_to_be_here(office: Deployment) -> None:
    reviewer = office.browser(office.reviewer)
    bare = office.report()
    office.happen(bare, EventType.SUBMIT)
    page = reviewer.get(f"/hazards/{bare}").text
    assert form_of(page, "accept_and_close") == {}
    assert "没有整改记录" in page
    form = {"step": "accept_and_close", "base": "9", "event": str(uuid.uuid4()), "sure": "1"}
    assert reviewer.post(f"/hazards/{bare}/decisions", data=form).status_code == 409
    awaited = office.report(kit_ring={"state": "missing"})
    office.happen(awaited, EventType.RECTIFY, kit_sign={"state": "good"})
    office.attach(awaited, PhotoRole.AFTER, here=False, seed=8)
    office.happen(awaited, EventType.SUBMIT)
    page = reviewer.get(f"/hazards/{awaited}").text
    assert "整改后照片 1 张，已送达 0 张" in page
    assert "救生圈 缺失" in page
    answer = decide(reviewer, awaited, "accept_and_close", sure="1", comment="看过")
    assert answer.status_code == 409
    assert "还没有一张传到服务器" in answer.text
    assert "看过</textarea>" in answer.text
    assert row(office, awaited).status == Status.PENDING_ACCEPTANCE
    office.attach(awaited, PhotoRole.AFTER, seed=8)
    assert decide(reviewer, awaited, "accept_and_close", sure="1").status_code == 303


def test_a_doubtful_deadline_is_asked_about_and_flagged_and_an_impossible_one_refused(
    office: Deployment,
) -> None:
    hazard = office.report(found_on="2026-05-01")
    reviewer = office.browser(office.reviewer)
    impossible = decide(reviewer, hazard, "assign", assignee_unit="村委会", due_date="2001-01-01")
    assert (impossible.status_code, "早于排查日期" in impossible.text) == (422, True)
    for doubtful in ("2026-05-02", "2099-01-01"):
        asked = decide(reviewer, hazard, "assign", assignee_unit="村委会", due_date=doubtful, comment="急")
        assert asked.status_code == 409
        assert "时限没有写错" in asked.text
        for kept in (doubtful, "村委会", "急</textarea>"):
            assert kept in asked.text
    assert row(office, hazard).due_date is None
    sure = decide(reviewer, hazard, "assign", assignee_unit="村委会", due_date="2026-05-02", sure="1")
    assert sure.status_code == 303
    assert row(office, hazard).due_date == "2026-05-02"
    assert "日期存疑" in reviewer.get(f"/hazards/{hazard}").text
    back = decide(reviewer, hazard, "extend", due_date="2026-05-01", comment="改")
    assert back.status_code == 409
    before_it = decide(reviewer, hazard, "extend", due_date="2020-01-01", comment="改", sure="1")
    assert (before_it.status_code, "早于排查日期" in before_it.text) == (422, True)


def test_a_report_from_next_week_is_flagged(office: Deployment) -> None:
    hazard = office.report()
    assert "手机时间快了" not in office.browser(office.reviewer).get(f"/hazards/{hazard}").text
    office.ahead_ms = 7 * 86_400_000
    late = office.report(found_on="2026-06-08")
    page = office.browser(office.reviewer).get(f"/hazards/{late}").text
    assert "手机时间快了 168 小时" in page
    assert "日期存疑" in page


def test_a_problem_at_a_look_back_offers_the_relapse(office: Deployment) -> None:
    hazard = office.rectified()
    reviewer = office.browser(office.reviewer)
    decide(reviewer, hazard, "accept_and_close", sure="1")
    answer = decide(reviewer, hazard, "recheck", result="problem", comment="围蔽倒了")
    page = reviewer.get(answer.headers["location"]).text
    assert "复查发现问题" in page
    assert re.search(r"<details open>\s*<summary[^>]*>反弹", page)
    decide(reviewer, hazard, "relapse", comment="围蔽倒了", sure="1")
    assert "复查发现问题，还没有" not in reviewer.get(f"/hazards/{hazard}").text


def test_merging_is_into_a_living_hazard_and_is_taken_back_whole(office: Deployment) -> None:
    reviewer = office.browser(office.reviewer)
    kept, doubled, gone = office.rectified(), office.rectified(), office.report()
    for hazard in (kept, doubled):
        decide(reviewer, hazard, "accept_and_close", sure="1")
    decide(reviewer, gone, "invalidate", comment="无水", sure="1")
    numbers = {hazard: row(office, hazard).ledger_no or "" for hazard in (kept, doubled, gone)}
    for other in (numbers[gone], numbers[doubled]):
        assert decide(reviewer, doubled, "merge", merged_into=other, sure="1").status_code == 409
    before = row(office, doubled).model_dump(exclude={"updated_seq"})
    assert decide(reviewer, doubled, "merge", merged_into=numbers[kept], sure="1").status_code == 303
    assert decide(reviewer, kept, "merge", merged_into=numbers[doubled], sure="1").status_code == 409
    assert "撤销“已合并”，恢复原状态" in reviewer.get(f"/hazards/{doubled}").text
    assert decide(reviewer, doubled, "register").status_code == 303
    assert row(office, doubled).model_dump(exclude={"updated_seq"}) == before


def test_merging_is_done_only_after_both_were_seen_side_by_side(office: Deployment) -> None:
    here, near = {"lat": 23.02, "lon": 113.75}, {"lat": 23.02, "lon": 113.751}
    kept = office.report(water_name="东江北岸", address="桥东", position=here)
    doubled = office.report(water_name="东江北岸二", address="桥西", position=near)
    office.attach(doubled, PhotoRole.BEFORE, seed=3)
    reviewer = office.browser(office.reviewer)
    number, own = row(office, kept).ledger_no or "", row(office, doubled).ledger_no or ""
    before = events(office)
    looking = decide(reviewer, doubled, "merge", merged_into=number, comment="同一处")
    assert (looking.status_code, events(office)) == (200, before)
    for link in (f'href="/hazards/{kept}"', f'href="/hazards/{doubled}"', "/thumb"):
        assert link in looking.text
    for said in ("桥东", "桥西", "两处相距 103 米", f"在“{own}”的页面上选“撤销‘已合并’”", "确定合并"):
        assert said in looking.text, said
    done = reviewer.post(
        f"/hazards/{doubled}/decisions", data={**form_of(looking.text, "merge"), "sure": "1"}
    )
    assert (done.status_code, row(office, doubled).status) == (303, Status.MERGED)
    page = reviewer.get(f"/hazards/{doubled}").text
    assert re.search(rf'已并入 <a href="/hazards/{kept}">{number}</a>', page)
    assert "同一处" in page
    for wrong in (own, "DG-441900101-2026-99999"):
        refused = decide(reviewer, kept, "merge", merged_into=wrong, comment="疑似同一处")
        assert 400 <= refused.status_code < 500
        assert "确定合并" not in refused.text
        assert "疑似同一处" in refused.text, "what was typed is kept"
        assert wrong in refused.text
    assert f"没有编号为“{wrong}”的隐患" in refused.text


def test_a_mistaken_closing_is_taken_back_with_a_reason_and_counts_no_longer(office: Deployment) -> None:
    hazard = office.rectified()
    reviewer = office.browser(office.reviewer)
    waiting = row(office, hazard).model_dump(exclude={"updated_seq"})
    decide(reviewer, hazard, "accept_and_close", sure="1")
    counted = re.compile(r'class="count"><strong>(\d+)</strong>')
    assert counted.findall(reviewer.get("/").text) == ["1"]
    for incomplete in ({"sure": "1"}, {"comment": "点错了"}):
        assert decide(reviewer, hazard, "reopen", **incomplete).status_code == 422
    assert decide(reviewer, hazard, "reopen", sure="1", comment="点错了一处").status_code == 303
    assert row(office, hazard).model_dump(exclude={"updated_seq"}) == waiting
    assert counted.findall(reviewer.get("/").text) == ["0"]
    page = reviewer.get(f"/hazards/{hazard}").text
    for said in ("撤销销号", "点错了一处", "验收通过并销号"):
        assert said in page, said
    assert decide(reviewer, hazard, "accept_and_close", sure="1").status_code == 303
    assert counted.findall(reviewer.get("/").text) == ["1"]
    supervisor = office.browser(office.hand("督导", Role.SUPERVISOR))
    assert form_of(supervisor.get(f"/hazards/{hazard}").text, "reopen") == {}


def test_a_hazard_says_which_others_it_was_told_apart_from(office: Deployment) -> None:
    other = office.report()
    number = row(office, other).ledger_no
    assert number
    hazard = office.report(distinct_from=[other])
    page = office.browser(office.reviewer).get(f"/hazards/{hazard}").text
    assert f"<dt>不是同一处</dt><dd>{number}</dd>" in page
    assert other not in page
