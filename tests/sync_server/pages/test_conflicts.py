"""What people contradict each other in, on the web: shown field by field, settled by choosing or writing."""

import re
from typing import Any

import pytest
from fastapi.testclient import TestClient

from shared import merge
from shared.operations import Kind, RecordType
from shared.records.models import Hazard
from shared.vocabulary import DefectType, EventType, PhotoRole, Role, Status
from sync_server.access.policy import SYSTEM
from sync_server.database import campaigns
from sync_server.database.transactions import reading
from sync_server.queries import conflicts, hazards
from tests.sync_server.deployment import Deployment, form_of

VISIT = RecordType.EDUCATION_VISIT
DEFECTS = [term.value for term in DefectType]
GOOD, MISSING, DAMAGED = {"state": "good"}, {"state": "missing"}, {"state": "damaged", "count": 2}
HERE, THERE = {"lat": 23.02, "lon": 113.75, "accuracy_m": 8.0}, {"lat": 23.03, "lon": 113.75}
BETWEEN = {"lat": 23.025, "lon": 113.751235, "source": "typed"}


def torn(office: Deployment, known: str = "", /, **values: tuple[Any, Any]) -> str:
    """A hazard of which the inspector and the reviewer wrote `values` without seeing each other's."""
    hazard = known or office.report()
    with reading(office.engine) as session:
        base = campaigns.head(session, office.campaign)
    for place, hand in enumerate((office.inspector, office.reviewer)):
        said = {name: pair[place] for name, pair in values.items()}
        office.save(RecordType.HAZARD, Kind.EDIT, said, record=hazard, base=base, by=hand)
    return hazard


def shown(office: Deployment, record: str, kind: RecordType = RecordType.HAZARD) -> dict[str, Any]:
    with reading(office.engine) as session:
        row = conflicts.get(session, SYSTEM, office.campaign, kind, record)
    return merge.shown(merge.from_json(row.state))


def disputed(office: Deployment, hazard: str) -> set[str]:
    with reading(office.engine) as session:
        return set(conflicts.disputes(hazards.get(session, SYSTEM, office.campaign, hazard)))


def forms(page: str, field: str) -> list[dict[str, str]]:
    """The forms that settle a field: those that choose first, the one that writes last."""
    found = []
    for form in re.findall(r'<form method="post" action="/conflicts/.*?</form>', page, re.S):
        hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form))
        if hidden["field"] == field:
            found.append(hidden)
    return found


def settle(browser: TestClient, record: str, form: dict[str, Any], kind: str = "hazard") -> str:
    """Send a form, confirm what it says will be written; where that led to."""
    asking = browser.post(f"/conflicts/{kind}/{record}", data=form)
    assert asking.status_code == 200, asking.text
    hidden = re.findall(r'<input type="hidden" name="([\w.]+)" value="([^"]*)"', asking.text)
    sure: dict[str, Any] = {name: [value for key, value in hidden if key == name] for name, _ in hidden}
    answer = browser.post(f"/conflicts/{kind}/{record}", data=sure)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def test_a_conflict_says_who_when_where_and_both_values(office: Deployment) -> None:
    hazard = torn(office, depth_m=(2.5, 3.0), kit_sign=({"state": "missing"}, {"state": "good", "count": 2}))
    office.attach(hazard, PhotoRole.BEFORE, seed=1)
    reviewer = office.browser(office.reviewer)
    for path in ("/conflicts", f"/hazards/{hazard}"):
        page = reviewer.get(path).text
        words = (
            "水深(米)",
            "2.5",
            "警示牌",
            "缺失",
            "完好 × 2",
            "李巡查的手机",
            "王审核的手机",
            "手机时间",
            "收到时间",
        )
        for word in words:
            assert word in page, (path, word)
        assert "/thumb" in page, path
        assert len(forms(page, "depth_m")) == 3


def test_the_list_holds_what_is_in_conflict_by_town_and_page(office: Deployment) -> None:
    office.report(water_name="没有冲突的塘")
    for n in range(21):
        torn(office, office.report(water_name=f"第{n}塘"), depth_m=(1, 2))
    torn(office, office.report(water_name="石龙塘", town_code="441900102"), depth_m=(1, 2))
    reviewer = office.browser(office.reviewer)
    page = reviewer.get("/conflicts").text
    assert "共 22 处" in page
    assert page.index("石龙塘") < page.index("第20塘")
    assert "没有冲突的塘" not in page
    following = re.search(r'rel="next" href="([^"]+)"', page)
    assert following
    assert "第0塘" in reviewer.get(following.group(1).replace("&amp;", "&")).text
    assert "石龙塘" not in reviewer.get("/conflicts?town=441900101").text
    assert '<span class="count-chip">22</span>' in reviewer.get("/ledger").text
    assert "count-chip" not in office.browser(office.inspector).get("/ledger").text


def test_choosing_a_value_ends_the_conflict(office: Deployment) -> None:
    hazard = torn(office, depth_m=(2.5, 3.0))
    reviewer = office.browser(office.reviewer)
    first = forms(reviewer.get("/conflicts?town=441900101").text, "depth_m")[0]
    assert "将写为：2.5" in reviewer.post(f"/conflicts/hazard/{hazard}", data=first).text
    assert disputed(office, hazard) == {"depth_m"}  # nothing is written before it is confirmed
    where = settle(reviewer, hazard, first)
    assert where == "/conflicts?town=441900101"
    assert "冲突已解决" in reviewer.get(where).text
    assert shown(office, hazard)["depth_m"] == 2.5
    assert disputed(office, hazard) == set()


def test_a_conflict_is_not_called_resolved_while_another_field_is_in_dispute(office: Deployment) -> None:
    hazard = torn(office, depth_m=(2.5, 3.0), address=("村口", "村尾"))
    reviewer = office.browser(office.reviewer)
    first = forms(reviewer.get("/conflicts").text, "depth_m")[0]
    page = reviewer.get(settle(reviewer, hazard, first)).text
    assert "已选定。这条记录还有其他内容存在冲突。" in page
    assert "冲突已解决" not in page
    last = forms(page, "address")[0]
    assert "冲突已解决" in reviewer.get(settle(reviewer, hazard, last)).text


@pytest.mark.parametrize(
    ("field", "values", "said", "written"),
    [
        ("water_name", ("甲塘", "乙塘"), {"value": " 丙塘 "}, "丙塘"),
        ("description", ("甲", "乙"), {"value": "第一行\n第二行"}, "第一行\n第二行"),
        ("depth_m", (1, 2), {"value": "3.25"}, 3.25),
        ("school_distance_m", (100, 200), {"value": "150"}, 150),
        ("due_date", ("2026-07-01", "2026-08-01"), {"value": "2026-07-15"}, "2026-07-15"),
        ("water_type", ("pond", "creek"), {"value": "river"}, "river"),
        ("town_code", ("441900101", "441900102"), {"value": "441900003"}, "441900003"),
        ("on_route", (True, False), {"value": ""}, None),
        ("defect_types", (DEFECTS[:1], DEFECTS[1:2]), {"value": DEFECTS[1:3]}, DEFECTS[1:3]),
        ("kit_ring", (GOOD, MISSING), {"value.state": "damaged", "value.count": "2"}, DAMAGED),
        ("position", (HERE, THERE), {"value.lat": "23.025", "value.lon": "113.7512345678"}, BETWEEN),
    ],
)
def test_another_value_can_be_written(
    office: Deployment, field: str, values: tuple[Any, Any], said: dict[str, Any], written: Any
) -> None:
    hazard = torn(office, **{field: values})
    reviewer = office.browser(office.reviewer)
    form = forms(reviewer.get(f"/hazards/{hazard}").text, field)[-1]
    assert settle(reviewer, hazard, {**form, **said}) == f"/hazards/{hazard}"
    assert disputed(office, hazard) == set()
    found = shown(office, hazard)[field]
    assert getattr(Hazard.model_validate({field: found}), field) == getattr(
        Hazard.model_validate({field: written}), field
    )


def test_positions_say_how_far_they_lie_apart(office: Deployment) -> None:
    torn(office, position=(HERE, THERE))
    page = office.browser(office.reviewer).get("/conflicts").text
    assert re.search("相距 110[78] 米", page)
    assert "<svg" in page


def test_what_cannot_be_is_said_with_its_input_and_nothing_is_written(office: Deployment) -> None:
    hazard = torn(office, depth_m=(1, 2))
    reviewer = office.browser(office.reviewer)
    form = forms(reviewer.get("/conflicts").text, "depth_m")[-1]
    for said in ("-1", "nan", "1e999", "深", "9" * 4000, "\0"):
        answer = reviewer.post(f"/conflicts/hazard/{hazard}", data={**form, "value": said, "sure": "1"})
        assert answer.status_code == 422, said
        assert 'role="alert"' in answer.text
        assert 'name="value"' in answer.text
    assert disputed(office, hazard) == {"depth_m"}


def test_a_conflict_settled_twice_says_so_and_the_first_stands(office: Deployment) -> None:
    hazard = torn(office, depth_m=(1, 2))
    reviewer, other = office.browser(office.reviewer), office.browser(office.administrator)
    one, two, _ = forms(reviewer.get("/conflicts").text, "depth_m")
    settle(reviewer, hazard, one)
    late = other.post(f"/conflicts/hazard/{hazard}", data={**two, "sure": "1"})
    assert late.status_code == 409
    assert "刚刚有了变化" in late.text
    assert 'href="/conflicts"' in late.text
    again = reviewer.post(f"/conflicts/hazard/{hazard}", data={**one, "sure": "1"})
    assert again.status_code == 303  # the same button twice
    assert shown(office, hazard)["depth_m"] == 1


def test_what_arrived_since_the_page_was_shown_stays_visible(office: Deployment) -> None:
    hazard = torn(office, depth_m=(1, 2))
    reviewer = office.browser(office.reviewer)
    form = forms(reviewer.get(f"/hazards/{hazard}").text, "depth_m")[-1]
    office.save(RecordType.HAZARD, Kind.EDIT, {"depth_m": 9}, record=hazard, base=1, by=office.administrator)
    where = settle(reviewer, hazard, {**form, "value": "5"})
    assert "又有人填了不同的内容" in reviewer.get(where).text
    assert disputed(office, hazard) == {"depth_m"}
    page = reviewer.get("/conflicts").text
    assert "<strong>9</strong>" in page
    assert "<strong>5</strong>" in page


def test_a_deletion_while_others_wrote_is_told_in_words_and_settled_either_way(office: Deployment) -> None:
    reviewer = office.browser(office.reviewer)
    for place, gone in ((0, True), (1, False)):
        hazard = office.report(water_name=f"塘{place}")
        with reading(office.engine) as session:
            base = campaigns.head(session, office.campaign)
        office.save(RecordType.HAZARD, Kind.DELETE, {}, record=hazard, base=base, by=office.reviewer)
        edit = {"depth_m": 3}
        office.save(RecordType.HAZARD, Kind.EDIT, edit, record=hazard, base=base, by=office.inspector)
        page = reviewer.get(f"/hazards/{hazard}").text
        assert "<h3>删除</h3>" in page
        assert "<strong>保留</strong>" in page
        form = forms(page, "deleted")[0 if gone else -1]
        settle(reviewer, hazard, form)
        with reading(office.engine) as session:
            row = hazards.get(session, SYSTEM, office.campaign, hazard)
        assert (row.deleted, row.conflicts) == (gone, 0)


def test_what_others_are_merged_into_is_kept_whatever_is_chosen(office: Deployment) -> None:
    hazard, doubled = office.report(water_name="塘"), office.report(water_name="塘")
    with reading(office.engine) as session:
        base = campaigns.head(session, office.campaign)
    office.save(RecordType.HAZARD, Kind.EDIT, {"depth_m": 3}, record=hazard, base=base)
    office.save(RecordType.HAZARD, Kind.DELETE, {}, record=hazard, base=base, by=office.reviewer)
    office.happen(doubled, EventType.MERGE, office.reviewer, merged_into=hazard)
    reviewer = office.browser(office.reviewer)
    form = forms(reviewer.get(f"/hazards/{hazard}").text, "deleted")[0]
    answer = reviewer.post(f"/conflicts/hazard/{hazard}", data={**form, "sure": "1"})
    assert answer.status_code == 409
    assert "已并入这处" in answer.text
    with reading(office.engine) as session:
        row = hazards.get(session, SYSTEM, office.campaign, hazard)
    assert (row.deleted, row.conflicts) == (False, 1)


def relapsed_while_closed(office: Deployment) -> str:
    """销号 by the reviewer, 反弹 by the inspector, neither having seen the other."""
    hazard = office.rectified()
    office.happen(hazard, EventType.ACCEPT, office.reviewer)
    office.happen(hazard, EventType.CLOSE, office.reviewer)
    with reading(office.engine) as session:
        base = campaigns.head(session, office.campaign) - 1
    said = {
        "hazard": hazard,
        "event_type": EventType.RELAPSE.value,
        "at": "2026-05-28T20:00:00Z",
        "comment": "围蔽又倒了",
    }
    office.save(RecordType.HAZARD_EVENT, Kind.APPEND, said, base=base)
    return hazard


@pytest.mark.parametrize(
    ("step", "status"), [("accept_and_close", Status.CLOSED), ("relapse", Status.RELAPSED)]
)
def test_a_closing_and_a_relapse_at_once_show_both_until_a_step_says_what_holds(
    office: Deployment, step: str, status: Status
) -> None:
    hazard = relapsed_while_closed(office)
    reviewer = office.browser(office.reviewer)
    listed = reviewer.get("/conflicts").text
    for word in ("已销号", "反弹", "围蔽又倒了", "李巡查的手机", "王审核的手机"):
        assert word in listed
    assert f"/hazards/{hazard}?open={step}#decide" in listed
    page = reviewer.get(f"/hazards/{hazard}?open={step}").text
    assert "<details open>" in page
    form = {**form_of(page, step), "sure": "1", "comment": "到现场看过"}
    assert reviewer.post(f"/hazards/{hazard}/decisions", data=form).status_code == 303
    with reading(office.engine) as session:
        row = hazards.get(session, SYSTEM, office.campaign, hazard)
    assert (row.status, row.concurrent_statuses, row.conflicts) == (status, [], 0)
    assert row.first_closed_on
    assert "没有互相矛盾的内容" in reviewer.get("/conflicts").text


def test_visits_are_settled_too(office: Deployment) -> None:
    visit = office.save(VISIT, Kind.EDIT, {"place": "中心小学", "town_code": "441900101", "headcount": 40})
    for hand, headcount in ((office.inspector, 41), (office.reviewer, 42)):
        office.save(VISIT, Kind.EDIT, {"headcount": headcount}, record=visit, base=1, by=hand)
    reviewer = office.browser(office.reviewer)
    form = forms(reviewer.get("/conflicts").text, "headcount")[-1]
    where = settle(reviewer, visit, {**form, "value": "43"}, VISIT.value)
    assert where == "/conflicts"
    assert shown(office, visit, VISIT)["headcount"] == 43


def test_who_may_not_settle_settles_nothing_and_auditors_see_masked(office: Deployment) -> None:
    hazard = torn(office, phone=("13812345678", "13912345678"))
    inspector = office.browser(office.inspector)
    assert "13812345678" in inspector.get("/conflicts").text
    page = office.browser(office.hand("审计", Role.AUDITOR)).get("/conflicts").text
    assert "138****5678" in page
    assert "13812345678" not in page
    assert '<form method="post" action="/conflicts/' not in page
    form = forms(office.browser(office.reviewer).get("/conflicts").text, "phone")[0]
    assert inspector.post(f"/conflicts/hazard/{hazard}", data={**form, "sure": "1"}).status_code == 403
    assert office.browser(None).post(f"/conflicts/hazard/{hazard}", data=form).status_code == 303
    assert disputed(office, hazard) == {"phone"}


def test_hostile_forms_are_refused(office: Deployment) -> None:
    hazard = torn(office, depth_m=(1, 2))
    reviewer = office.browser(office.reviewer)
    form = forms(reviewer.get("/conflicts").text, "depth_m")[0]
    bad: list[tuple[str, dict[str, str]]] = [
        (f"hazard/{hazard}", {**form, "base": "x"}),
        (f"hazard/{hazard}", {**form, "base": "-1"}),
        (f"hazard/{hazard}", {**form, "base": "9" * 16}),
        (f"hazard/{hazard}", {}),
        (f"hazard/{hazard}", {**form, "field": "no_such"}),
        (f"hazard/{hazard}", {**form, "field": "deleted", "chosen": ""}),
        (f"hazard/{hazard}", {**form, "chosen": "x" * 4000}),
        (f"hazard/{hazard}", {**form, "chosen": "0000000000000000 1"}),
        (f"hazard/{hazard}", {**form, "chosen": "ab " + "9" * 30}),
        ("hazard/none", form),
        (f"education_visit/{hazard}", {**form, "field": "place"}),
        (f"home_visit/{hazard}", form),
        (f"photo/{hazard}", form),
    ]
    for path, said in bad:
        answer = reviewer.post(f"/conflicts/{path}", data={**said, "sure": "1"})
        assert 400 <= answer.status_code < 500, (path, said)
    for query in ("?town=1", "?after=x", "?before=WzEsMl0"):
        assert reviewer.get(f"/conflicts{query}").status_code == 422, query
    away = reviewer.post(f"/conflicts/hazard/{hazard}", data={**form, "sure": "1", "back": "//evil.example"})
    assert away.headers["location"] == "/"


def test_a_time_is_named_by_where_it_was_written(office: Deployment) -> None:
    hazard = torn(office, depth_m=(2.5, 3.0))
    reviewer = office.browser(office.reviewer)
    assert "网页填写时间" not in reviewer.get("/conflicts").text
    settle(reviewer, hazard, forms(reviewer.get("/conflicts").text, "depth_m")[0])
    office.save(RecordType.HAZARD, Kind.EDIT, {"depth_m": 4.0}, record=hazard, base=1)
    page = reviewer.get(f"/hazards/{hazard}").text
    for said, device in (("网页填写时间", "网页"), ("手机时间", "李巡查的手机")):
        assert re.search(rf"{device}</p>\s*<dl class=\"when\"><div><dt>{said}</dt>", page), said


def test_coordinates_in_each_others_place_are_exchanged_and_a_far_place_is_asked_about(
    office: Deployment,
) -> None:
    hazard = torn(office, position=(HERE, THERE))
    reviewer = office.browser(office.reviewer)
    form = forms(reviewer.get(f"/hazards/{hazard}").text, "position")[-1]
    address = f"/conflicts/hazard/{hazard}"
    swapped = {**form, "value.lat": "113.752", "value.lon": "23.021"}
    for sure in ({}, {"sure": "1"}):
        asked = reviewer.post(address, data={**swapped, **sure})
        assert asked.status_code == 422
        assert "经纬度好像写反了：纬度应为 23.021000，经度应为 113.752000" in asked.text
        given = dict(re.findall(r'name="(value\.\w+)"[^>]*value="([^"]*)"', asked.text))
        assert {name: float(text) for name, text in given.items()} == {
            "value.lat": 23.021,
            "value.lon": 113.752,
        }
    assert disputed(office, hazard) == {"position"}
    far = reviewer.post(address, data={**form, "value.lat": "32.021", "value.lon": "113.752"})
    assert (far.status_code, "不在东莞附近" in far.text, "将写为" in far.text) == (200, True, True)
    near = reviewer.post(address, data={**form, **given})
    assert "不在东莞附近" not in near.text
    settle(reviewer, hazard, {**form, **given})
    assert shown(office, hazard)["position"]["lat"] == 23.021


@pytest.mark.parametrize(
    ("field", "values", "impossible", "possible"),
    [
        ("year", (2025, 2026), "2100", "2024"),
        ("found_on", ("2026-05-01", "2026-05-02"), "2099-01-01", "2026-05-03"),
        ("due_date", ("2026-07-01", "2026-07-02"), "2001-01-01", "2026-07-03"),
    ],
)
def test_an_impossible_year_or_day_is_refused_at_its_input(
    office: Deployment, field: str, values: tuple[Any, Any], impossible: str, possible: str
) -> None:
    hazard = torn(office, office.report(found_on="2026-05-01"), **{field: values})
    reviewer = office.browser(office.reviewer)
    form = forms(reviewer.get(f"/hazards/{hazard}").text, field)[-1]
    for sure in ({}, {"sure": "1"}):
        refused = reviewer.post(f"/conflicts/hazard/{hazard}", data={**form, "value": impossible, **sure})
        assert refused.status_code == 422
        assert re.search(r'role="alert"[\s\S]*name="value"', refused.text)
    assert disputed(office, hazard) == {field}
    settle(reviewer, hazard, {**form, "value": possible})
    assert str(shown(office, hazard)[field]) == possible
