"""Visits of safety education: the list, its sums, one visit, and the files to take away."""

import csv
import io
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import update
from sqlmodel import select

from shared.operations import Kind, RecordType
from shared.permissions import Grant
from shared.vocabulary import PhotoRole, Role
from sync_server.access import grants
from sync_server.access.policy import VISIT
from sync_server.database.tables import FOLDED, CampaignRow, EducationVisitRow
from sync_server.database.transactions import in_transaction, reading
from sync_server.log import refolding
from sync_server.pages.visits import visits_page
from sync_server.queries import visits
from tests.sync_server.deployment import Deployment

HERE, THERE = "441900101", "441900003"
NUMBERS = {"headcount": 40, "households": 12, "leaflets": 50, "letters_issued": 40, "receipts_returned": 30}


def held(office: Deployment, **fields: Any) -> str:
    """A visit; its id."""
    said = {"visit_type": "family", "date": "2026-07-06", "town_code": HERE, "place": "石井小学", **NUMBERS}
    return office.save(RecordType.EDUCATION_VISIT, Kind.EDIT, {**said, **fields})


def in_town(office: Deployment, role: Role, town: str) -> Any:
    hand = office.hand(f"{town}的{role.value}", role)
    in_transaction(
        office.engine,
        lambda s: grants.replace(s, hand.person.id, Grant(role, grants.scope_of_towns([town]))),
    )
    return office.browser(hand)


def numbers(page: str, name: str) -> list[str]:
    """The numbers that stand in the line of the table of sums called `name`."""
    line = page.partition(f'<th scope="row">{name}</th>')[2].partition("</tr>")[0]
    return [cell.partition(">")[2] for cell in line.split("</td>")[:-1] if cell]


def test_the_list_names_its_numbers_as_the_workbook_does(office: Deployment) -> None:
    held(office)
    browser = office.browser(office.reviewer)
    page, workbook = (
        browser.get("/visits").text,
        browser.get("/exports/visits.csv").content.decode("utf-8-sig"),
    )
    assert all(name in workbook for name in ("人数", "户数", "发放份数"))
    for name, columns in {"人数": 1, "人次": 1, "户数": 2, "发放份数": 2}.items():
        assert page.count(f'<th scope="col" class="number">{name}</th>') == columns, name


def test_the_list_is_filtered_and_summed_by_town_place_kind_and_week(office: Deployment) -> None:
    held(office)
    held(office, date="2026-07-12", place="塘边村", visit_type="village", letters_issued=None)
    held(office, date="2026-07-13", town_code=THERE, headcount=None)
    held(office, date=None, town_code=None, place=None, visit_type=None)
    browser = office.browser(office.reviewer)
    page = browser.get("/visits").text
    assert numbers(page, "合计") == ["4", "120", "48", "200", "120", "120", "75.0%"]
    assert numbers(page, "石碣镇") == ["2", "80", "24", "100", "40", "60", "75.0%"]
    assert numbers(browser.get("/visits?by=place").text, "石井小学")[0] == "2"
    assert numbers(browser.get("/visits?by=kind").text, "进村社区")[0] == "1"
    weeks = browser.get("/visits?by=week").text
    assert numbers(weeks, "2026-07-06 – 2026-07-12")[0] == "2"
    assert numbers(weeks, "2026-07-13 – 2026-07-19")[0] == "1"
    assert numbers(weeks, "没有日期")[0] == "1"
    for query, count in (
        (f"town={THERE}", 1),
        ("town=none", 1),
        ("kind=family", 2),
        ("from=2026-07-07&to=2026-07-12", 1),
        (f"town={HERE}&kind=family&to=2026-07-06", 1),
    ):
        assert numbers(browser.get(f"/visits?{query}").text, "合计")[0] == str(count), query


@pytest.mark.parametrize(
    "query",
    [
        "town=1",
        "kind=party",
        "from=2026-02-30",
        "to=20260706",
        "after=x",
        "by=moon",
        "from=１",
        "from=2026-07-02&to=2026-07-01",
    ],
)
def test_what_cannot_be_asked_is_refused_in_a_sentence(office: Deployment, query: str) -> None:
    held(office)
    answer = office.browser(office.reviewer).get(f"/visits?{query}")
    assert (answer.status_code, 'class="lead" role="alert"' in answer.text) == (422, True)


def test_the_latest_stand_first_a_page_at_a_time(office: Deployment, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(visits, "PAGE", 2)
    for day in (3, 1, 2, 3, 5):
        held(office, date=f"2026-07-0{day}", place=f"第{day}天")
    held(office, date=None, place="无日期")
    browser, seen, address = office.browser(office.reviewer), [], "/visits"
    while address:
        page = browser.get(address).text
        seen += [part.partition("<")[0] for part in page.split("<strong>")[1:]]
        address = page.partition('rel="next" href="')[2].partition('"')[0].replace("&amp;", "&")
    assert seen == ["第5天", "第3天", "第3天", "第2天", "第1天", "无日期"]


def test_a_long_table_of_sums_says_what_it_leaves_out(
    office: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(visits_page, "MOST_LINES", 1)
    for place in ("甲", "乙", "乙"):
        held(office, place=place)
    page = office.browser(office.reviewer).get("/visits?by=place").text
    assert "另有 1 行" in page
    assert numbers(page, "乙")[0] == "2"
    assert numbers(page, "合计")[0] == "3"


def test_who_may_see_one_town_sees_its_visits_alone(office: Deployment) -> None:
    mine, theirs = held(office), held(office, town_code=THERE, place="别处")
    browser = in_town(office, Role.REVIEWER, HERE)
    assert numbers(browser.get("/visits").text, "合计")[0] == "1"
    assert [browser.get(f"/visits/{visit}").status_code for visit in (mine, theirs)] == [200, 404]
    assert "别处" not in browser.get("/exports/visits.csv").content.decode()
    assert numbers(browser.get(f"/visits?town={THERE}").text, "合计") == []


def test_a_photo_of_a_visit_in_which_no_program_looked_for_faces_says_so(office: Deployment) -> None:
    visit = held(office)
    said = {"visit": visit, "role": "site", "sha256": "ab" * 32, "mime": "image/jpeg", "bytes": 9}
    office.save(RecordType.PHOTO, Kind.ATTACH, said | {"faces_unchecked": True})
    assert "未查人脸" in office.browser(office.reviewer).get(f"/visits/{visit}").text


def test_a_visit_shows_what_was_said_its_photos_and_the_hazards_that_may_be_seen(office: Deployment) -> None:
    seen, unseen = office.report(water_name="石井塘"), office.report(town_code=THERE, water_name="远塘")
    visit = held(
        office, presenter="陈老师", topics=["drowning", "flood"], hazards=[seen, unseen], feedback="<b>好</b>"
    )
    here, awaited = (
        office.attach(visit, PhotoRole.SITE, here=here, seed=seed, owner="visit")
        for seed, here in enumerate((True, False))
    )
    page = office.browser(office.reviewer).get(f"/visits/{visit}").text
    for said in ("石井小学", "陈老师", "防溺水、防汛", "远塘", f"/hazards/{seen}", "&lt;b&gt;好&lt;/b&gt;"):
        assert said in page
    assert f"/api/v1/photos/{here}/preview" in page
    assert awaited not in page
    browser = in_town(office, Role.REVIEWER, HERE)
    page = browser.get(f"/visits/{visit}").text
    assert "另有 1 处隐患不在" in page
    assert "远塘" not in page
    assert browser.get(f"/api/v1/photos/{here}/preview").status_code == 200
    auditor = office.browser(office.hand("审计", Role.AUDITOR))
    assert "陈老师" not in auditor.get(f"/visits/{visit}").text + auditor.get("/visits").text
    assert auditor.get("/exports/visits.csv").status_code == 403


def test_the_files_hold_what_the_filter_means_in_the_offices_columns(office: Deployment) -> None:
    hazard = office.report()
    held(office, hazards=[hazard], presenter="=1+1", follow_up="3-2")
    held(office, visit_type="village")
    browser = office.browser(office.reviewer)
    answer = browser.get("/exports/visits.csv?kind=family")
    heads, line = csv.reader(io.StringIO(answer.content.decode("utf-8-sig")))
    said = dict(zip(heads, line, strict=True))
    assert (said["序号"], said["日期"], said["人数"], said["回执率"]) == ("1", "2026-07-06", "40", "\t75.0%")
    assert (said["主讲人"], said["后续措施"]) == ("'=1+1", "\t3-2")
    assert said["相关隐患编号"].startswith("DG-")
    book = load_workbook(io.BytesIO(browser.get("/exports/visits.xlsx").content))
    sheet = book.active
    assert sheet is not None
    assert [cell.value for cell in sheet[3]] == heads
    assert sheet.max_row == 5
    assert sheet["A1"].value == "东莞市中小学生安全教育(安全宣传)活动登记表"


def test_deleted_visits_count_nowhere_and_can_still_be_read(office: Deployment) -> None:
    visit = held(office)
    office.save(RecordType.EDUCATION_VISIT, Kind.DELETE, {}, record=visit)
    browser = office.browser(office.reviewer)
    assert "没有符合条件" in browser.get("/visits").text
    assert "已被删除" in browser.get(f"/visits/{visit}").text


def test_visits_of_an_earlier_version_are_folded_anew(office: Deployment) -> None:
    held(office)

    def forget(session: Any) -> None:
        session.execute(update(VISIT).values(visit_type=None, place=None, headcount=None))
        session.execute(update(CampaignRow).values(folded=2))

    in_transaction(office.engine, forget)
    refolding.refold(office.engine)
    with reading(office.engine) as session:
        row = session.exec(select(EducationVisitRow)).one()
        assert (row.visit_type, row.place, row.headcount) == ("family", "石井小学", 40)
        assert session.exec(select(CampaignRow.folded)).one() == FOLDED


def test_a_refused_page_leads_back_to_the_list_it_belongs_to(office: Deployment) -> None:
    reviewer = office.browser(office.reviewer)
    for path, back in {
        "/visits?from=2026-13-45": "/visits",
        "/visits/01a1f1bb-0000-7000-8000-000000000000": "/visits",
        "/hazards/01a1f1bb-0000-7000-8000-000000000000": "/ledger",
        "/quarantine": "/",  # which a reviewer may not see
        "/nowhere/at/all": "/",
    }.items():
        answer = reviewer.get(path, headers={"accept": "text/html"})
        assert answer.status_code >= 400, path
        assert f'<a class="button main" href="{back}">' in answer.text, path


def test_what_has_no_photos_counts_none(office: Deployment) -> None:
    reviewer = office.browser(office.reviewer)
    bare, seen = held(office), held(office)
    office.attach(seen, PhotoRole.SITE, owner="visit")
    assert "已送达" not in reviewer.get(f"/visits/{bare}").text
    assert "已送达 1/1" in reviewer.get(f"/visits/{seen}").text
    assert "已送达" not in reviewer.get(f"/hazards/{office.report()}").text
