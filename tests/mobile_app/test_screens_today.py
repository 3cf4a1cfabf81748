"""今日: what waits for the person, in which order, and what the screen says where nothing does."""

from dataclasses import replace
from datetime import timedelta

import pytest

from mobile_app.screens.formatting import distance_words, fix_age_words
from mobile_app.store.database import given_roles
from mobile_app.texts.choice import texts_for
from shared.china_time import day_of
from shared.geo import Bearing
from shared.hazards import sign_code
from shared.records.fix import Fix
from shared.sync.wire import GivenRole
from shared.vocabulary import Direction, EventType, PatrolResult, Role
from tests.support.headless_phone import HeadlessPhone, played
from tests.support.scripted_phone import ScriptedPhone
from tests.support.sky import DENIED, Sky

ZH, EN = texts_for("zh"), texts_for("en")
LATE = "2020-01-01"


def lines(phone: HeadlessPhone) -> list[str]:
    return [key.removeprefix("hazard-") for key in phone.all_keys() if key.startswith("hazard-")]


def at(metres_north: float) -> dict[str, float]:
    """So far north of where the phone is."""
    return {"lat": round(23.0421 + metres_north / 111_320, 6), "lon": 113.7832, "accuracy_m": 8.0}


def days_ago(device: ScriptedPhone, days: int) -> str:
    """An ISO day in China."""
    then = device.clock.wall() - timedelta(days)
    return day_of(then.isoformat())


async def give(device: ScriptedPhone, role: Role, **where: object) -> None:
    await device.open()
    await given_roles.keep(device.database, [GivenRole.model_validate({"role": role, **where})])


async def sync(device: ScriptedPhone) -> None:
    """The phone has synced once."""
    (await device.open()).sync.ended(None, "2026-06-01T08:04:06+08:00")


@played
async def test_the_most_urgent_stand_first_with_their_reasons(device: ScriptedPhone) -> None:
    own, late, returned = [await device.add_hazard(water_name=name) for name in ("己", "迟", "退")]
    closed = await device.add_hazard(water_name="复")
    await device.hear_event(late, EventType.ASSIGN, assignee_unit="村委会", due_date=LATE)
    await device.hear_event(returned, EventType.RETURN, comment="照片看不清")
    await device.hear_event(closed, EventType.CLOSE)
    await device.hear_event(closed, EventType.RECHECK, result=PatrolResult.PROBLEM.value)
    phone = await device.start("/today")
    assert lines(phone) == [returned, closed, late, own]
    for words in ("退回我的 · 1 处", "原因：照片看不清", "复查有问题", f"已逾期 {LATE}", "我上报的，待整改"):
        assert phone.says(words), words
    assert phone.has("new-hazard")


@played
async def test_what_was_not_accepted_comes_back_to_whoever_worked_on_it(device: ScriptedPhone) -> None:
    mine, others = "00000000-0000-7000-8000-00000000aaa1", "00000000-0000-7000-8000-00000000aaa2"
    for hazard in (mine, others):
        found_on = days_ago(device, 0)
        await device.hear_edit(hazard, water_name="黄沙河", town_code="441900003", found_on=found_on)
    await device.services.rectify(mine, {"measures_done": "加高"}, [], submit=False)
    for hazard in (mine, others):
        await device.hear_event(hazard, EventType.SUBMIT)
        await device.hear_event(hazard, EventType.REJECT, comment="护栏太矮")
    phone = await device.start("/today")
    assert lines(phone) == [mine]
    assert phone.says("原因：护栏太矮")


@played
async def test_a_hazard_is_gone_once_it_is_dealt_with(device: ScriptedPhone) -> None:
    hazard = await device.add_hazard()
    await device.hear_event(hazard, EventType.RETURN, comment="补拍")
    await sync(device)
    phone = await device.start("/today")
    assert lines(phone) == [hazard]
    await device.hear_event(hazard, EventType.SUBMIT)
    await phone.settle()
    assert lines(phone) == []
    assert phone.says(ZH.today.none)
    assert phone.says(ZH.today.none_hint)
    assert not phone.has("locate"), "there is nothing to put in order"


@played
async def test_with_a_position_the_nearest_of_the_same_urgency_stand_first(device: ScriptedPhone) -> None:
    far = await device.add_hazard(position=at(3_200))
    unplaced = await device.add_hazard()
    near = await device.add_hazard(position=at(-320))
    late = await device.add_hazard(position=at(9_000), due_date=LATE)
    phone = await device.start("/today")
    assert lines(phone)[0] == late
    assert phone.says(ZH.today.no_fix)
    await phone.tap("locate")
    assert lines(phone) == [late, near, far, unplaced]
    assert phone.says("南 320 米")
    assert phone.says("北 3.2 公里")
    assert phone.says(ZH.today.fix_now)


@played
async def test_a_position_that_a_form_asked_for_serves_here_too(device: ScriptedPhone) -> None:
    await device.add_hazard(position=at(-320))
    phone = await device.start("/new")
    await phone.tap("locate")
    await phone.go("/today")
    assert phone.says("南 320 米")


@played
async def test_without_a_position_it_says_why_and_keeps_its_order(device: ScriptedPhone) -> None:
    device.location.sky = Sky(before=DENIED, allowed=DENIED)
    hazard = await device.add_hazard(position=at(100))
    phone = await device.start("/today")
    await phone.tap("locate")
    assert phone.has("position-problem")
    assert lines(phone) == [hazard]


@played
async def test_more_of_an_urgency_are_shown_when_asked_for(device: ScriptedPhone) -> None:
    for _ in range(12):
        await device.add_hazard()
    phone = await device.start("/today")
    assert len(lines(phone)) == 5
    assert phone.says("再看 5 处")
    await phone.tap("more-own")
    assert len(lines(phone)) == 10
    assert phone.says("再看 2 处")
    await phone.tap("more-own")
    assert len(lines(phone)) == 12
    assert not phone.has("more-own")


@played
async def test_the_way_back_leads_to_where_a_hazard_was_opened(device: ScriptedPhone) -> None:
    hazard = await device.add_hazard(due_date=LATE)
    phone = await device.start("/today")
    await phone.tap(f"hazard-{hazard}")
    await phone.tap("back")
    assert phone.page.route == "/today"
    await phone.go("/")
    await phone.tap(f"hazard-{hazard}")
    await phone.tap("back")
    assert phone.page.route == "/"


@played
async def test_the_way_back_from_an_empty_form_leads_to_where_it_was_opened(device: ScriptedPhone) -> None:
    phone = await device.start("/today")
    await phone.tap("new-hazard")
    await phone.tap("back")
    assert phone.page.route == "/today"
    await phone.tap("new-hazard")
    await phone.write("water_name", "黄沙河")
    await phone.tap("back")
    await phone.tap("leave-keep")
    assert phone.page.route == "/", "there the draft is"
    await phone.tap("new-hazard")
    await phone.tap("back")
    assert phone.page.route == "/"


@played
async def test_own_numbers_open_the_list_of_what_was_reported(device: ScriptedPhone) -> None:
    first, closed, unfounded = [await device.add_hazard() for _ in range(3)]
    await device.hear_edit("", water_name="别人的水库")
    await device.hear_event(closed, EventType.CLOSE)
    await device.hear_event(unfounded, EventType.INVALIDATE, comment="没有水")
    await sync(device)
    phone = await device.start("/today")
    assert phone.says("我上报的 3 处，已销号 1 处")
    await phone.tap("own-open")
    assert set(lines(phone)) == {first, closed, unfounded}
    await phone.go("/today")
    await phone.go("/")
    assert set(lines(phone)) == {first, closed, unfounded}, "it is remembered"
    assert phone.find("found").value == "找到 3 处"
    await phone.tap("clear-filters")
    assert len(lines(phone)) == 4
    assert not phone.has("found")


@played
async def test_who_reported_nothing_has_no_numbers(device: ScriptedPhone) -> None:
    await device.hear_edit("", water_name="别人的水库")
    await sync(device)
    phone = await device.start("/today")
    assert not phone.has("own-numbers")


@played
async def test_before_the_first_sync_it_does_not_say_that_nothing_waits_and_counts_nothing(
    device: ScriptedPhone,
) -> None:
    phone = await device.start("/today")
    assert phone.says(ZH.today.unsynced)
    assert not phone.says(ZH.today.none)
    closed = await device.add_hazard()
    await device.hear_event(closed, EventType.CLOSE)
    await phone.settle()
    assert not phone.has("own-numbers"), "others of their hazards may not be here yet"
    await sync(device)
    await phone.settle()
    assert phone.says(ZH.today.none)
    assert phone.has("own-numbers")


@played
async def test_a_reviewer_is_told_what_to_accept_and_to_register(device: ScriptedPhone) -> None:
    await give(device, Role.REVIEWER)
    reported, handed_in = "00000000-0000-7000-8000-00000000aaa1", "00000000-0000-7000-8000-00000000aaa2"
    for hazard in (reported, handed_in):
        await device.hear_edit(hazard, water_name="黄沙河", town_code="441900003")
    await device.hear_event(handed_in, EventType.SUBMIT)
    phone = await device.start("/today")
    assert lines(phone) == [handed_in, reported]
    assert phone.says(ZH.today.to_accept)
    assert phone.says(ZH.today.to_register)


@played
async def test_what_nobody_patrolled_waits_until_somebody_does(device: ScriptedPhone) -> None:
    long_ago, yesterday = (days_ago(device, days) for days in (100, 0))
    hazard = await device.add_hazard(found_on=long_ago, due_date=LATE, position=at(0))
    await device.add_hazard(found_on=yesterday)
    phone = await device.start("/today")
    assert phone.says("待巡查 · 1 处")
    assert phone.says("100 天没有有效巡查（每 ")
    assert lines(phone).count(hazard) == 2, "its deadline has passed too"
    await phone.go(f"/scan/{sign_code.code_of(hazard)}")
    await phone.tap("result-normal")
    await phone.save()
    await phone.go("/today")
    assert not phone.says("待巡查")
    assert lines(phone).count(hazard) == 1


@played
async def test_what_was_assigned_to_ones_unit_is_listed(device: ScriptedPhone) -> None:
    await give(device, Role.INSPECTOR, unit="道滘水务中心")
    ours = "00000000-0000-7000-8000-00000000aaa1"
    await device.hear_edit(ours, water_name="黄沙河", found_on=days_ago(device, 0))
    await device.hear_event(ours, EventType.ASSIGN, assignee_unit="道滘水務中心")
    phone = await device.start("/today")
    assert lines(phone) == [ours]
    assert phone.says(ZH.today.unit)
    await phone.go("/me")
    assert phone.says("单位：道滘水务中心")


@played
async def test_patrols_are_the_inspectors(device: ScriptedPhone) -> None:
    await device.add_hazard(found_on=days_ago(device, 100))
    await give(device, Role.REVIEWER)
    phone = await device.start("/today")
    assert not phone.says("待巡查")


@played
async def test_a_teacher_finds_home_visits_or_what_to_do(device: ScriptedPhone) -> None:
    await device.add_hazard(due_date=LATE)
    await give(device, Role.TEACHER, school="s1")
    phone = await device.start("/today")
    assert lines(phone) == []
    assert phone.says(ZH.today.no_hazards)
    assert phone.says(ZH.today.no_hazards_hint)
    assert not phone.has("new-hazard")


@pytest.mark.parametrize(
    ("metres", "words"),
    [
        (9, "10 米以内"),
        (11, "东北 10 米"),
        (324, "东北 320 米"),
        (994, "东北 990 米"),
        (996, "东北 1.0 公里"),
    ],
)
def test_distances_are_round(metres: float, words: str) -> None:
    assert distance_words(ZH, Bearing(metres, Direction.NORTH_EAST)) == words


@pytest.mark.parametrize(
    ("age", "zh", "en"),
    [
        (timedelta(seconds=59), "刚才", "just now"),
        (timedelta(minutes=1), "1 分钟前", "1 minute ago"),
        (timedelta(minutes=59), "59 分钟前", "59 minutes ago"),
        (timedelta(hours=1), "1 小时前", "1 hour ago"),
    ],
)
def test_the_age_of_the_position_is_said(age: timedelta, zh: str, en: str) -> None:
    assert zh in fix_age_words(ZH, age)
    assert en in fix_age_words(EN, age)


@played
async def test_a_position_ages_and_an_old_one_is_as_old_as_it_was(device: ScriptedPhone) -> None:
    services = await device.open()
    now = device.clock.wall()
    assert services.today.age == timedelta(0)
    heard = Fix(23.0, 113.7, 8.0, now - timedelta(minutes=9), now - timedelta(minutes=5))
    services.today.fix = heard
    assert timedelta(minutes=5) <= services.today.age < timedelta(minutes=6)
    services.today.fix = replace(heard, old=True)
    assert timedelta(minutes=9) <= services.today.age < timedelta(minutes=10)
