"""疑似同一处: what two phones without a network reported each, and what reviewers say of it."""

import re
import uuid

import pytest

from shared import merge
from shared.operations import Kind, RecordType
from shared.vocabulary import EventType, Status
from sync_server.commands import decisions
from sync_server.queries import same_places
from tests.sync_server.deployment import Deployment
from tests.sync_server.pages.test_decisions import row

HERE = {"lat": 23.0421, "lon": 113.7832}
BESIDE = {"lat": 23.043, "lon": 113.7832}


def test_a_pair_is_listed_until_it_is_told_apart(office: Deployment) -> None:
    one = office.report(water_name="横坑鱼塘", position=HERE)
    office.happen(one, EventType.REGISTER, by=office.reviewer)
    two = office.report(water_name="后山水库", position=BESIDE)
    office.report(water_name="石井塘", position={"lat": 23.1, "lon": 113.7})
    browser = office.browser(office.reviewer)
    page = browser.get("/same-places").text
    assert "相距 100 米、位置相近" in page
    assert page.count(f'href="/hazards/{two}"') == 1
    assert "石井塘" not in page
    for _ in range(2):
        answer = browser.post("/same-places/apart", data={"hazard": two, "other": one})
        assert answer.status_code == 303
    assert "已记下" in browser.get("/same-places").text
    assert "没有疑似同一处" in browser.get("/same-places").text
    assert "不是同一处" in browser.get(f"/hazards/{two}").text


def test_what_a_phone_told_apart_is_not_asked_again(office: Deployment) -> None:
    one = office.report(water_name="横坑鱼塘", position=HERE)
    office.report(water_name="横坑水塘", position=HERE, distinct_from=[one])
    assert "没有疑似同一处" in office.browser(office.reviewer).get("/same-places").text


def test_telling_apart_forgets_nothing_and_says_when_both_are_full(
    office: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decisions, "_MOST_APART", 2)
    others = [office.report(water_name=name, position=HERE) for name in ("后山水库", "石井塘")]

    def full(name: str) -> str:
        return office.report(water_name=name, position=HERE, distinct_from=others)

    one, two, third = full("横坑鱼塘"), office.report(water_name="横坑水塘", position=HERE), full("横坑山塘")
    browser = office.browser(office.reviewer)

    def tell(hazard: str, other: str) -> int:
        data = {"hazard": hazard, "other": other}
        return browser.post("/same-places/apart", data=data).status_code

    def apart(hazard: str) -> list[str]:
        return list(merge.shown(merge.from_json(row(office, hazard).state)).get("distinct_from") or ())

    before = apart(one)
    assert [tell(one, two), tell(two, one), tell(two, third)] == [303, 303, 303]
    assert (apart(one), apart(two)) == (before, [one, third])
    refused = browser.post("/same-places/apart", data={"hazard": one, "other": third})
    assert (refused.status_code, "每处最多2处" in refused.text) == (409, True)
    assert apart(one) == before


def test_what_a_phone_named_at_random_keeps_nobody_from_telling_apart(office: Deployment) -> None:
    there = [office.report(water_name="石井塘", position={"lat": 23.1, "lon": 113.7})]
    gone = [office.report(water_name="横坑2号鱼塘", position=HERE)]
    office.save(RecordType.HAZARD, Kind.DELETE, {}, record=gone[0])
    named = [*there, *gone, *(str(uuid.uuid4()) for _ in range(48))]
    one, two = (office.report(water_name="横坑鱼塘", position=HERE, distinct_from=named) for _ in range(2))
    browser = office.browser(office.reviewer)
    answer = browser.post("/same-places/apart", data={"hazard": one, "other": two})
    assert answer.status_code == 303
    assert merge.shown(merge.from_json(row(office, one).state))["distinct_from"] == [two]
    assert "没有疑似同一处" in browser.get("/same-places").text


def test_pairs_that_were_told_apart_hide_no_others(
    office: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Anybody may report several at one place and tell them apart from each other."""
    monkeypatch.setattr(same_places, "_READ_AT_ONCE", 3)
    one = office.report(water_name="横坑鱼塘", position=HERE)
    two = office.report(water_name="横坑水塘", position=HERE)
    there, apart = {"lat": 23.1, "lon": 113.7}, list[str]()
    for _ in range(6):
        apart.append(office.report(water_name="石井塘", position=there, distinct_from=apart or None))
    page = office.browser(office.reviewer).get("/same-places").text
    assert (page.count(f'href="/hazards/{one}"'), page.count(f'href="/hazards/{two}"')) == (1, 1)
    assert not [hazard for hazard in apart if hazard in page]


def test_a_pair_is_compared_and_merged(office: Deployment) -> None:
    one = office.report(water_name="横坑1号鱼塘")
    office.happen(one, EventType.REGISTER, by=office.reviewer)
    two = office.report(water_name="横坑一号魚塘")
    browser = office.browser(office.reviewer)
    page = browser.get("/same-places").text
    [form] = re.findall(
        r'<form method="post" action="(/hazards/[^"]+/decisions)">(.*?)</form>', page, re.DOTALL
    )
    inputs = dict(re.findall(r'name="(\w+)" value="([^"]*)"', form[1]))
    compared = browser.post(form[0], data=inputs)
    assert "核对合并" in compared.text
    assert browser.post(form[0], data={**inputs, "sure": "1"}).status_code == 303
    assert row(office, two).status == Status.MERGED
    assert "没有疑似同一处" in browser.get("/same-places").text


def test_inspectors_do_not_decide(office: Deployment) -> None:
    assert office.browser(office.inspector).get("/same-places").status_code == 403
