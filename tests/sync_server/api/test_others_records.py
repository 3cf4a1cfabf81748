"""Who may delete, move or rewrite what, as the log insists; and how much of it at once."""

import time
from collections import Counter
from typing import Any

import pytest
from sqlalchemy import event

from shared.vocabulary import Role
from sync_server.access import bursts
from sync_server.access.bursts import Burst, Bursts
from sync_server.access.policy import SYSTEM
from sync_server.database.transactions import reading
from sync_server.queries import hazards
from tests.support.server import Server, TestPhone, new_id

HERE, THERE = "441900003", "441900101"


@pytest.fixture
def inspector(server: Server) -> TestPhone:
    return server.phone("李巡查")


@pytest.fixture
def other(server: Server) -> TestPhone:
    return server.phone("陈巡查")


@pytest.fixture
def reviewer(server: Server) -> TestPhone:
    return server.phone("审核", server.person("王审核", Role.REVIEWER).id)


def why(phone: TestPhone, *ops: dict[str, Any]) -> list[str]:
    """What became of each operation: "stored", or why it is quarantined."""
    return [result["why"]["code"] if "why" in result else result["status"] for result in phone.push(*ops)]


def reported(phone: TestPhone) -> str:
    """A hazard that a phone has reported; its id."""
    made = phone.op()
    assert why(phone, made) == ["stored"]
    return str(made["record"])


def deletion(phone: TestPhone, record: str, kind: str = "delete") -> dict[str, Any]:
    return phone.op({}, record=record, kind=kind)


def edit(phone: TestPhone, record: str, **fields: Any) -> dict[str, Any]:
    return phone.op(fields, record=record)


def struck_off(inspector: TestPhone, reviewer: TestPhone) -> str:
    """A hazard that was rectified with photos, accepted and struck off."""
    hazard = reported(inspector)
    photos = [inspector.photo(hazard, role, new_id().replace("-", "") * 2) for role in ("before", "after")]
    steps = [inspector.event(hazard, step) for step in ("rectify", "submit")]
    assert why(inspector, *photos, *steps) == ["stored"] * 4
    for step in ("accept", "close"):
        assert why(reviewer, caught_up(reviewer).event(hazard, step)) == ["stored"]
    return hazard


def caught_up(phone: TestPhone) -> TestPhone:
    """The phone, once it has seen the whole log."""
    phone.seen = phone.pull()["next"]
    return phone


def test_an_inspector_deletes_only_what_is_theirs_alone(
    inspector: TestPhone, other: TestPhone, reviewer: TestPhone
) -> None:
    mine, foreign, worked_on, photographed = (
        reported(inspector),
        reported(other),
        reported(inspector),
        reported(inspector),
    )
    other.push(other.event(worked_on, "patrol"), other.photo(photographed, "site", "ab" * 32))
    assert why(
        inspector, *(deletion(inspector, one) for one in (mine, foreign, worked_on, photographed))
    ) == [
        "stored",
        *["record_of_others"] * 3,
    ]
    assert why(inspector, deletion(inspector, mine, "restore")) == ["stored"]
    assert why(reviewer, *(deletion(reviewer, one) for one in (mine, foreign))) == ["stored", "stored"]
    assert why(inspector, deletion(inspector, mine, "restore")) == ["record_of_others"]
    assert why(reviewer, deletion(reviewer, mine, "restore")) == ["stored"]


@pytest.mark.parametrize(("type", "field"), [("hazard", "remark"), ("education_visit", "place")])
def test_what_a_reviewer_deleted_comes_back_by_no_edit_of_a_phone_that_had_not_seen_it(
    server: Server, inspector: TestPhone, other: TestPhone, reviewer: TestPhone, type: str, field: str
) -> None:
    made = inspector.op({field: "塘", "town_code": HERE}, type=type)
    later = edit(other, made["record"], **{field: "改"}) | {"type": type}
    assert why(inspector, made) == ["stored"]
    end = caught_up(reviewer).seen
    assert why(reviewer, deletion(reviewer, made["record"]) | {"type": type}) == ["stored"]
    unseen = edit(inspector, made["record"], **{field: "又改"}) | {"type": type, "base": end}
    unseen["tip"] = inspector.tip(end)
    assert why(inspector, unseen) == ["record_removed"]
    caught_up(other)
    assert why(other, later) == ["record_removed"]
    assert why(other, edit(other, made["record"], **{field: "改"}) | {"type": type}) == ["record_removed"]
    browser = server.browser()
    assert "审核人已经删除" in browser.get("/quarantine").text
    assert made["record"] in browser.get("/deleted").text
    assert browser.post(f"/quarantine/{inspector.device}/{unseen['n']}/again").status_code == 303
    assert made["record"] not in browser.get("/deleted").text
    assert why(other, edit(other, made["record"], **{field: "再改"}) | {"type": type}) == ["stored"]


def test_an_edit_brings_back_what_its_own_maker_deleted_and_what_may_be_restored(
    server: Server, inspector: TestPhone, other: TestPhone, reviewer: TestPhone
) -> None:
    mine, foreign = reported(inspector), reported(other)
    concurrent = edit(other, mine, description="深")
    assert why(inspector, deletion(inspector, mine)) == ["stored"]
    assert why(other, concurrent) == ["stored"]
    assert why(reviewer, deletion(caught_up(reviewer), foreign)) == ["stored"]
    assert why(reviewer, edit(reviewer, foreign, description="浅")) == ["stored"]
    conflicts = server.browser(Role.REVIEWER, "王审").get("/conflicts").text
    assert mine in conflicts
    assert foreign in conflicts


def test_what_was_made_in_the_same_push_may_be_deleted_in_it(inspector: TestPhone) -> None:
    made = inspector.op()
    assert why(inspector, made, deletion(inspector, made["record"])) == ["stored", "stored"]


def test_an_inspector_fills_in_what_is_open_and_moves_only_their_own(
    inspector: TestPhone, other: TestPhone, reviewer: TestPhone
) -> None:
    mine, foreign = reported(inspector), reported(other)
    assert why(inspector, edit(inspector, foreign, depth_m=1.5, town_code=HERE)) == ["stored"]
    assert why(inspector, edit(inspector, mine, town_code=THERE)) == ["stored"]
    assert why(inspector, edit(inspector, foreign, town_code=THERE)) == ["record_of_others"]
    assert why(reviewer, edit(reviewer, foreign, town_code=THERE)) == ["stored"]


@pytest.mark.parametrize("empty", [None, " "])
def test_an_inspector_corrects_what_others_wrote_but_empties_only_their_own(
    server: Server, inspector: TestPhone, other: TestPhone, reviewer: TestPhone, empty: str | None
) -> None:
    whole = {"water_name": "石井塘", "water_type": "pond", "town_code": HERE, "description": "无护栏"}
    mine, foreign = inspector.op(whole), other.op(whole)
    assert why(inspector, mine) + why(other, foreign) == ["stored", "stored"]
    record = foreign["record"]
    assert why(inspector, edit(inspector, record, water_name="石井塘(南)", description=empty)) == ["stored"]
    for name in ("water_name", *(("water_type", "position", "town_code") if empty is None else ())):
        assert why(inspector, edit(inspector, record, depth_m=1.0, **{name: empty})) == ["record_of_others"]
    assert why(inspector, edit(inspector, mine["record"], water_name=empty)) == ["stored"]
    with reading(server.engine) as session:
        row = hazards.get(session, SYSTEM, server.campaign, record)
    assert (row.water_name, row.water_type, row.town_code) == ("石井塘(南)", "pond", HERE)
    assert why(reviewer, edit(caught_up(reviewer), record, water_name=empty)) == ["stored"]


def test_a_long_operation_counts_as_several(inspector: TestPhone, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(bursts.ALLOWANCES, Burst.OPERATIONS, bursts.Allowance(4, 1))
    long = inspector.op({"description": "深" * 1000, "remark": "深" * 1000})
    assert why(inspector, long, inspector.op(), inspector.op()) == ["stored", "stored"]


def test_emptying_fields_is_limited_like_deleting(
    inspector: TestPhone, other: TestPhone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(bursts.ALLOWANCES, Burst.DELETIONS, bursts.Allowance(2, 1))
    foreign = reported(other)
    emptied = [edit(inspector, foreign, description=None) for _ in range(3)]
    assert why(inspector, *emptied) == ["stored", "stored"]
    assert inspector.post(emptied[2]).status_code == 429
    assert why(inspector, edit(inspector, foreign, description="又写上")) == ["stored"]


def test_what_is_struck_off_is_rewritten_by_reviewers_only(
    inspector: TestPhone, other: TestPhone, reviewer: TestPhone
) -> None:
    hazard = struck_off(inspector, reviewer)
    for phone in (caught_up(inspector), caught_up(other)):
        assert why(phone, edit(phone, hazard, water_name="别处", town_code=THERE)) == ["record_settled"]
        assert why(phone, deletion(phone, hazard)) == ["record_settled"]
    assert why(other, other.event(hazard, "recheck", result="normal")) == ["stored"]
    assert why(reviewer, edit(caught_up(reviewer), hazard, water_name="石井塘(北)")) == ["stored"]
    relapse = caught_up(other).event(hazard, "relapse", comment="围栏倒了")
    assert why(other, relapse, edit(other, hazard, description="围栏倒了")) == ["stored", "stored"]


def test_photos_are_taken_off_and_put_elsewhere_by_those_who_took_them(
    inspector: TestPhone, other: TestPhone, reviewer: TestPhone
) -> None:
    hazard, elsewhere = reported(inspector), reported(other)
    photo = inspector.photo(hazard, "before", "cd" * 32)
    inspector.push(photo)
    taken_off = {"type": "photo", "kind": "detach", "record": photo["record"]}
    moved = {**photo["fields"], "hazard": elsewhere}
    assert why(other, other.op({}, **taken_off)) == ["record_of_others"]
    assert why(other, other.op(moved, **{**taken_off, "kind": "attach"})) == ["record_of_others"]
    assert why(inspector, inspector.op({}, **taken_off)) == ["stored"]


def test_evidence_that_was_judged_is_not_replaced(
    server: Server, inspector: TestPhone, reviewer: TestPhone
) -> None:
    hazard, elsewhere = reported(inspector), reported(inspector)
    photo = inspector.photo(hazard, "after", "ab" * 32)
    again = {"type": "photo", "kind": "attach", "record": photo["record"]}
    assert (
        why(inspector, photo, inspector.op({**photo["fields"], "hazard": elsewhere}, **again))
        == ["stored"] * 2
    )
    with reading(server.engine) as session:
        counts = [
            hazards.get(session, SYSTEM, server.campaign, one).photo_count for one in (hazard, elsewhere)
        ]
    assert counts == [0, 1], "the hazard that a photo left does not count it"
    assert why(inspector, inspector.op(photo["fields"], **again)) == ["stored"]
    steps = [inspector.event(hazard, step) for step in ("rectify", "submit")]
    fresh = inspector.photo(hazard, "after", "ef" * 32)
    assert why(inspector, steps[0], fresh, steps[1]) == ["stored"] * 3
    judged = {**again, "record": fresh["record"]}
    assert why(inspector, inspector.op({**fresh["fields"], "sha256": "cd" * 32}, **judged)) == [
        "record_settled"
    ]
    assert why(inspector, inspector.op({**fresh["fields"], "hazard": elsewhere}, **judged)) == [
        "record_settled"
    ]
    assert why(inspector, inspector.op(fresh["fields"], **judged)) == ["stored"], "the same says nothing new"
    assert why(inspector, inspector.photo(hazard, "after", "ba" * 32)) == ["stored"], "another may be added"


def test_a_photo_that_is_there_already_becomes_no_evidence_of_what_is_settled(
    inspector: TestPhone, reviewer: TestPhone
) -> None:
    hazard, elsewhere = reported(inspector), reported(inspector)
    photo = inspector.photo(hazard, "after", "ab" * 32)
    spare = inspector.photo(elsewhere, "after", "cd" * 32)
    early = {"type": "photo", "kind": "attach", "record": new_id()}  # it would be the first one of its role
    assert why(inspector, inspector.op({}, **{**early, "kind": "detach"}), spare) == ["stored"] * 2
    rectify, submit = (inspector.event(hazard, step) for step in ("rectify", "submit"))
    assert why(inspector, rectify, photo, submit) == ["stored"] * 3
    judged = {**early, "record": photo["record"]}
    relabelled = {**photo["fields"], "role": "other"}
    for _ in ("pending", "closed"):
        for fields, change in (
            (relabelled, judged),
            ({**spare["fields"], "hazard": hazard}, {**early, "record": spare["record"]}),
            ({**spare["fields"], "hazard": hazard}, early),
        ):
            assert why(inspector, inspector.op(fields, **change)) == ["record_settled"]
        assert why(inspector, inspector.op(photo["fields"], **judged)) == ["stored"]
        steps = [caught_up(reviewer).event(hazard, step) for step in ("accept", "close")]
        why(reviewer, *steps)
    assert why(reviewer, caught_up(reviewer).op(relabelled, **judged)) == ["stored"]


def test_what_is_refused_so_is_listed_and_can_be_taken_by_the_office(
    server: Server, inspector: TestPhone, other: TestPhone
) -> None:
    foreign = reported(other)
    refused = deletion(inspector, foreign)
    assert why(inspector, refused) == ["record_of_others"]
    browser = server.browser()
    assert "别人" in browser.get("/quarantine").text
    assert browser.post(f"/quarantine/{inspector.device}/{refused['n']}/again").status_code == 303
    assert why(inspector, refused) == ["duplicate"]


def test_a_week_without_network_comes_in_at_once(inspector: TestPhone) -> None:
    hazards = [inspector.op() for _ in range(500)]
    done = [inspector.event(hazard["record"], "patrol") for hazard in hazards]
    for some in (hazards, done, [edit(inspector, hazard["record"], depth_m=1.0) for hazard in hazards]):
        assert Counter(why(inspector, *some)) == {"stored": 500}


def test_a_burst_of_deletions_is_taken_in_part_and_the_rest_later(
    server: Server, inspector: TestPhone, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [time.monotonic()]
    server.state.bursts = Bursts(now=lambda: clock[0])
    made = [inspector.op() for _ in range(200)]
    inspector.push(*made)
    gone = [deletion(inspector, one["record"]) for one in made]
    most = bursts.ALLOWANCES[Burst.DELETIONS].most
    assert why(inspector, *gone) == ["stored"] * most
    answer = inspector.post(*gone[most:])
    assert (answer.status_code, answer.json()["code"]) == (429, "too_many_changes")
    assert answer.json()["details"]["what"] == "deletions"
    assert 0 < int(answer.headers["Retry-After"]) <= 3600 / bursts.ALLOWANCES[Burst.DELETIONS].per_hour + 1
    twin = server.phone("同一人的另一部", inspector.person)
    assert twin.post(deletion(twin, made[-1]["record"])).status_code == 429, "it is the person's allowance"
    assert why(inspector, *gone[:most]) == ["duplicate"] * most, "what is there already costs nothing"
    clock[0] += 3601
    later = why(inspector, *gone[most:])
    assert later == ["stored"] * bursts.ALLOWANCES[Burst.DELETIONS].per_hour


def test_an_administrator_sees_what_was_refused_for_a_burst(
    server: Server, inspector: TestPhone, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin = server.browser(Role.ADMINISTRATOR)
    monkeypatch.setitem(bursts.ALLOWANCES, Burst.DELETIONS, bursts.Allowance(3, 1))
    made = [inspector.op() for _ in range(8)]
    inspector.push(*made)
    assert "太多" not in admin.get(f"/devices/{inspector.device}").text
    gone = [deletion(inspector, one["record"]) for one in made]
    assert why(inspector, *gone) == ["stored"] * 3
    assert "1 次；最近 20" in admin.get(f"/devices/{inspector.device}").text
    assert inspector.post(*gone[3:]).status_code == 429
    page = admin.get(f"/devices/{inspector.device}").text
    assert "2 次；最近 20" in page
    assert "删除太多，5 条操作留在手机上" in page
    assert "删除太多" in admin.get("/devices").text
    assert why(inspector, edit(inspector, made[7]["record"], depth_m=1.0)) == ["stored"]
    assert "2 次" in admin.get(f"/devices/{inspector.device}").text, "what is taken adds nothing"


def test_patrols_and_notes_are_limited_and_other_steps_are_not(
    server: Server, inspector: TestPhone, other: TestPhone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(bursts.ALLOWANCES, Burst.NOTES, bursts.Allowance(3, 1))
    one, two = reported(inspector), reported(inspector)
    said = [inspector.event(one if n % 2 else two, "note" if n % 3 else "patrol") for n in range(5)]
    assert why(inspector, *said) == ["stored"] * 3
    answer = inspector.post(said[3])
    assert (answer.status_code, answer.json()["details"]["what"]) == (429, "notes")
    assert "巡查和备注太多" in server.browser().get("/devices").text
    assert why(inspector, inspector.event(one, "rectify")) == ["stored"]
    assert why(other, other.event(one, "patrol")) == ["stored"]


def test_ten_thousand_made_up_hazards_do_not_come_in_at_once(
    inspector: TestPhone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(bursts.ALLOWANCES, Burst.NEW_RECORDS, bursts.Allowance(30, 10))
    assert why(inspector, *(inspector.op() for _ in range(40))) == ["stored"] * 30
    assert inspector.post(inspector.op()).status_code == 429
    known = edit(inspector, inspector.pull()["ops"][0]["record"], depth_m=2.0)
    assert why(inspector, known) == ["stored"], "other work goes on"


def test_new_devices_are_limited_and_cost_a_push_nothing(server: Server, inspector: TestPhone) -> None:
    def statements(phone: TestPhone, op: dict[str, Any]) -> int:
        counted: list[str] = []

        def count(*given: Any) -> None:
            counted.append(given[2])

        event.listen(server.engine, "before_cursor_execute", count)
        assert why(phone, op) == ["stored"]
        event.remove(server.engine, "before_cursor_execute", count)
        return len(counted)

    def successor(phone: TestPhone) -> TestPhone | None:
        answer = server.client.post("/api/v1/device", headers=phone.headers)
        if answer.status_code != 201:
            assert (answer.status_code, answer.json()["code"]) == (429, "too_many_devices")
            assert int(answer.headers["Retry-After"]) > 0
            return None
        said = answer.json()
        return TestPhone(
            server.client, phone.campaign, said["device"], phone.person, said["token"], phone.epoch
        )

    few = successor(inspector)
    assert few
    old = inspector.op()
    cost = statements(few, old)
    last, made = few, 1
    while (next_one := successor(last)) is not None:
        last, made = next_one, made + 1
    assert made == 20
    another = inspector.op()
    assert statements(last, another) == cost
    assert statements(last, last.op()) <= cost
