"""What the server says of a person's roles is kept, and the screens offer what those allow."""

from pathlib import Path
from typing import Any

import pytest

from mobile_app.store.database import given_roles
from mobile_app.texts.choice import texts_for
from shared import problems
from shared.operations import GENESIS
from shared.permissions import CITY, Grant, School, Towns
from shared.problems import Problem
from shared.sync.given_roles import described, grants_of
from shared.sync.wire import GivenRole
from shared.vocabulary import EventType, Role
from tests.mobile_app.enrolled_store import CAMPAIGN, DEVICE, ENROLLED
from tests.mobile_app.test_home_visits import ANSWER, KEYS
from tests.support.headless_phone import HeadlessPhone
from tests.support.scripted_phone import POND, ScriptedPhone

pytestmark = pytest.mark.anyio

ZH = texts_for("zh")
SCHOOL, RENAMED = "虎门实验小学", "虎门外语学校"
TEACHER = {"role": "teacher", "school": SCHOOL, "school_name": RENAMED, "classes": ["三(2)班", "三(3)班"]}
INSPECTOR = {"role": "inspector", "towns": ["441900003"]}
AT = {"epoch": "first", "tip": GENESIS, "server_time": "2026-11-29T12:00:00Z", "devices": {}}
PUSH = f"POST /api/v1/campaigns/{CAMPAIGN}/push"
PULL, SNAPSHOT = f"GET /api/v1/campaigns/{CAMPAIGN}/pull", f"GET /api/v1/campaigns/{CAMPAIGN}/snapshot"


async def hear(phone: ScriptedPhone, *roles: dict[str, Any] | None) -> None:
    """Sync with a server that names these roles; None: it is an old one, which names none."""
    services, says = await phone.open(), phone.transport.says
    told = {} if None in roles else {"roles": roles}
    says(SNAPSHOT, 200, {**AT, "records": [], "next": None, "seq": 0})
    says(PULL, 200, {**AT, "ops": [], "next": 0, "more": False, **told})
    if not any(role and "school" in role for role in roles):
        phone.transport.refuses(KEYS, problems.role_forbidden())
    else:
        places = [{"school": SCHOOL, "name": RENAMED, "classes": ["三(2)班", "三(3)班"]}]
        says(KEYS, 200, {**ANSWER, "places": places})
    await services._sync_loop._round()


async def hear_of(phone: ScriptedPhone, *roles: dict[str, Any]) -> None:
    """Have heard of these roles, whatever waits here."""
    assert await given_roles.keep(phone.database, [GivenRole.model_validate(role) for role in roles])


@pytest.fixture
async def phone(tmp_path: Path) -> ScriptedPhone:
    return ScriptedPhone(tmp_path / "phone")


async def test_a_role_that_is_withdrawn_or_given_shows_at_the_next_sync(phone: ScriptedPhone) -> None:
    glass = await phone.start()
    assert glass.has("new-hazard")
    await hear(phone, TEACHER)
    await glass.settle()
    for route, button in (("/", "new-hazard"), ("/visits", "new-visit")):
        await glass.go(route)
        assert not glass.has(button)
        assert glass.says("您现在的角色是教师")
        assert glass.has("new-home-visit")
    await hear(phone, TEACHER, INSPECTOR)
    await glass.settle()
    assert glass.has("new-visit")
    assert not glass.has("cannot-record")
    await hear(phone, INSPECTOR)
    await glass.settle()
    assert not glass.has("new-home-visit")


async def test_the_roles_are_known_after_a_restart_without_a_network(phone: ScriptedPhone) -> None:
    await hear(phone, TEACHER)
    glass = await phone.restart()
    assert not glass.has("new-hazard")
    assert phone.services.access.grants() == (
        Grant(Role.TEACHER, School(SCHOOL, frozenset(TEACHER["classes"]))),
    )


@pytest.mark.parametrize("role", [Role.TEACHER, Role.INSPECTOR])
async def test_with_an_old_server_the_role_of_enrolment_counts(tmp_path: Path, role: Role) -> None:
    person = ENROLLED.person.model_copy(update={"role": role})
    phone = ScriptedPhone(tmp_path / "phone", ENROLLED.model_copy(update={"person": person}))
    await hear(phone, None)
    glass = await phone.start()
    assert glass.has("new-hazard") is (role is Role.INSPECTOR)
    await glass.go("/me")
    assert glass.says(role.zh)
    assert not glass.says(ZH.whole_city)


async def test_what_is_unsent_when_the_role_goes_is_still_sent(phone: ScriptedPhone) -> None:
    hazard = await phone.add_hazard()
    await hear_of(phone, TEACHER)
    result = {"n": 1, "status": "quarantined", "why": {"code": "role_forbidden"}}
    phone.transport.says(PUSH, 200, {**AT, "device": DEVICE, "results": [result], "seq": 0})
    await hear(phone, TEACHER)
    assert [line for line, _ in phone.transport.asked if line.startswith(PUSH)]
    glass = await phone.start(f"/hazards/{hazard}")
    assert glass.says("不能做这一步")
    assert not glass.has("edit")


async def test_nothing_that_would_be_refused_is_saved(phone: ScriptedPhone) -> None:
    hazard = await phone.add_hazard()
    await hear_of(phone, TEACHER)
    saves = (
        phone.services.save_hazard(POND, []),
        phone.services.visits.save({"visit_type": "school", "date": "2026-11-23", "place": "塘边"}),
        phone.services.add_event(hazard, EventType.PATROL, {"result": "normal"}, []),
    )
    for save in saves:
        with pytest.raises(Problem) as refused:
            await save
        assert refused.value.kind is problems.role_forbidden
    assert len(phone.unsent()) == 1


async def test_drafts_of_what_is_not_allowed_any_more_can_be_read(phone: ScriptedPhone) -> None:
    glass = await phone.start("/new")
    await glass.write("water_name", "滘联塘")
    for key in ("town_code", "option-441900003", "water_type-pond"):
        await glass.tap(key)
    await glass.settle(0.6)
    await hear(phone, TEACHER)
    await glass.save()  # the form stays open
    assert glass.says("不能做这一步")
    glass = await phone.restart()
    assert glass.says(ZH.cannot_continue)
    [draft] = phone.services.drafts()
    await glass.tap(f"draft-continue-{draft}")
    assert not glass.has("save")
    assert glass.says("滘联塘")
    await hear(phone, INSPECTOR)
    await glass.go("/")
    assert not glass.says(ZH.cannot_continue)
    await glass.tap(f"draft-continue-{draft}")
    assert glass.find("water_name").value == "滘联塘"


async def test_a_home_visit_in_the_making_stays_when_the_role_goes(phone: ScriptedPhone) -> None:
    await hear(phone, TEACHER)
    glass = await phone.start("/home-visits/new")
    await fill_home_visit(glass)
    await glass.write("content", "讲了山塘")
    await hear(phone, INSPECTOR)
    await glass.go("/home-visits")  # the browser's way back
    await glass.tap("leave-stay")
    assert glass.find("content").value == "讲了山塘"
    await glass.save()
    assert glass.says("您的角色不能做这一步")
    await hear(phone, TEACHER)
    await glass.save()
    assert glass.says(f"{RENAMED} · 三(3)班")


async def test_the_draft_of_a_saved_record_can_be_read_too(phone: ScriptedPhone) -> None:
    hazard = await phone.add_hazard()
    glass = await phone.start(f"/hazards/{hazard}/edit")
    await glass.write("water_name", "滘联塘")
    await glass.settle(0.6)
    await hear_of(phone, TEACHER)
    glass = await phone.restart(f"/hazards/{hazard}")
    [draft] = phone.services.drafts()
    await glass.tap(f"draft-continue-{draft}")
    assert glass.says(ZH.edit_hazard)
    assert glass.says("滘联塘")
    assert not glass.has("save")
    await glass.tap("back")
    assert glass.page.route == f"/hazards/{hazard}"


async def test_who_has_no_role_that_is_known_here_is_told_so(phone: ScriptedPhone) -> None:
    await phone.open()
    await hear_of(phone, {"role": "lifeguard"})
    glass = await phone.start("/new")
    assert glass.says("您现在不能记录")


async def test_an_address_of_a_form_that_is_not_allowed_says_so(phone: ScriptedPhone) -> None:
    await hear(phone, TEACHER)
    glass = await phone.start("/visits/new")
    for route in ("/visits/new", "/visits/next", "/new"):
        await glass.go(route)
        assert glass.has("cannot-record")
        assert not glass.has("save")
    await glass.tap("back")
    assert glass.page.route == "/"


async def test_a_hazard_of_another_town_is_only_looked_at(phone: ScriptedPhone) -> None:
    hazard = await phone.add_hazard(town_code="441900101")
    here = await phone.add_hazard()
    await hear_of(phone, INSPECTOR)
    glass = await phone.start(f"/hazards/{hazard}")
    assert not glass.has("edit")
    assert not glass.has("step-patrol")
    await glass.go(f"/hazards/{here}")
    assert glass.has("edit")
    assert glass.has("step-patrol")


async def test_me_names_every_role_with_its_places(phone: ScriptedPhone) -> None:
    await hear(phone, TEACHER, {"role": "lifeguard"})
    glass = await phone.start("/me")
    assert glass.says(f"教师 · {RENAMED} · 三(2)班、三(3)班")
    assert not glass.has("choose-towns")
    assert glass.says(ZH.about_text)
    await hear(phone, {"role": "supervisor"}, INSPECTOR)
    await glass.settle()
    assert glass.says(f"{Role.SUPERVISOR.zh} · 全市")
    assert glass.has("choose-towns")


async def test_a_renamed_school_has_its_present_name(phone: ScriptedPhone) -> None:
    await hear(phone, TEACHER)
    glass = await phone.start("/home-visits/new")
    assert glass.says(RENAMED)
    assert not glass.says(SCHOOL)
    await fill_home_visit(glass)
    await glass.save()
    assert glass.says(f"{RENAMED} · 三(3)班")
    [visit] = phone.services.home_visits.mine()
    assert visit.school == SCHOOL, "the code stays, by which the server knows it"


async def fill_home_visit(glass: HeadlessPhone) -> None:
    """Everything that must be filled in, for the class 三(3)班."""
    await glass.tap("legal_basis-guardian_consent")
    await glass.tap("consent_how-spoken")
    await glass.tap("class_name")
    await glass.tap("option-三(3)班")
    await glass.write("student_name", "张小明")
    await glass.tap("under_14-true")
    await glass.tap("mode-in_person")
    await glass.tap("reason")
    await glass.tap("option-safety")


def test_grants_are_the_same_after_the_way_to_the_phone() -> None:
    grants = (
        Grant(Role.SUPERVISOR, CITY),
        Grant(Role.INSPECTOR, Towns(frozenset({"441900003", "441900101"}))),
        Grant(Role.TEACHER, School(SCHOOL, frozenset({"三(2)班"}))),
        Grant(Role.SCHOOL_ADMINISTRATOR, School(SCHOOL)),
    )
    told = [one.model_dump_json(exclude_defaults=True) for one in described(grants, {SCHOOL: RENAMED})]
    assert grants_of(map(GivenRole.model_validate_json, told)) == grants
