"""What phones bring rests on evidence: the log takes no step that the lifecycle does not allow."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pytest

from shared import merge
from shared.vocabulary import Role
from sync_server.access.policy import SYSTEM
from sync_server.database import campaigns
from sync_server.database.tables import HazardRow, PhotoRow
from sync_server.database.transactions import reading
from sync_server.log.checks import lifecycle_check
from sync_server.queries import hazards, progress
from tests.support.server import Server, TestPhone
from tests.sync_server.pages.undoing_play import five_minutes_ago

BEFORE, AFTER = "b" * 64, "a" * 64


@pytest.fixture
def reviewer(server: Server) -> TestPhone:
    return server.phone(person=server.person("审核", Role.REVIEWER).id)


def hazard_of(phone: TestPhone) -> str:
    hazard = phone.op()
    phone.push(hazard)
    return str(hazard["record"])


def finished(phone: TestPhone, hazard: str) -> list[dict[str, Any]]:
    return [
        phone.event(hazard, "rectify"),
        phone.photo(hazard, "after", AFTER),
        phone.event(hazard, "submit"),
    ]


def closed(phone: TestPhone, reviewer: TestPhone) -> str:
    hazard = hazard_of(phone)
    phone.push(*finished(phone, hazard))
    at(reviewer)
    reviewer.push(reviewer.event(hazard, "accept"), reviewer.event(hazard, "close"))
    return hazard


def codes(results: Sequence[dict[str, Any]]) -> list[str | None]:
    return [result.get("why", {}).get("code") for result in results]


def at(phone: TestPhone) -> None:
    """Let the phone pull."""
    phone.seen = phone.pull()["next"]


def row(server: Server, hazard: str) -> HazardRow:
    with reading(server.engine) as session:
        return hazards.get(session, SYSTEM, server.campaign, hazard)


def counted(server: Server) -> int:
    with reading(server.engine) as session:
        return progress.of(session, SYSTEM, campaigns.get(session, server.campaign), 2026).net


@pytest.mark.parametrize("given", [(), ("rectify",), ("after",), ("rectify", "before")])
def test_a_submission_without_work_and_a_photo_of_it_is_not_taken(
    server: Server, phone: TestPhone, reviewer: TestPhone, given: tuple[str, ...]
) -> None:
    hazard = hazard_of(phone)
    made = {
        "rectify": lambda: phone.event(hazard, "rectify"),
        "after": lambda: phone.photo(hazard, "after", AFTER),
        "before": lambda: phone.photo(hazard, "before", BEFORE),
    }
    results = phone.push(*(made[one]() for one in given), phone.event(hazard, "submit"))
    assert codes(results)[-1] == ("after_photo_missing" if "rectify" in given else "rectification_missing")
    results = reviewer.push(reviewer.event(hazard, "accept"), reviewer.event(hazard, "close"))
    assert codes(results) == ["step_not_open", "step_not_open"]
    assert row(server, hazard).status != "closed"
    assert counted(server) == 0


@pytest.mark.parametrize("later", [False, True])
def test_the_photo_from_before_the_work_is_no_evidence_of_it(
    server: Server, phone: TestPhone, later: bool
) -> None:
    hazard = hazard_of(phone)
    before, rectify = phone.photo(hazard, "before", BEFORE), phone.event(hazard, "rectify")
    if later:
        phone.push(before)
        at(phone)
    same, submit = phone.photo(hazard, "after", BEFORE), phone.event(hazard, "submit")
    results = phone.push(*([] if later else [before]), rectify, same, submit)
    assert codes(results)[-1] == "after_photo_missing"
    assert codes(phone.push(phone.photo(hazard, "after", AFTER), phone.event(hazard, "submit"))) == [
        None,
        None,
    ]


@pytest.mark.parametrize("pushes", [1, 2])
@pytest.mark.parametrize("edit", [{"role": "after"}, {"role": "after", "sha256": "c" * 64}])
def test_a_photo_from_before_the_work_becomes_no_evidence_by_an_edit(
    server: Server, phone: TestPhone, edit: dict[str, str], pushes: int
) -> None:
    hazard = hazard_of(phone)
    before = phone.photo(hazard, "before", BEFORE)
    edited = phone.op({**before["fields"], **edit}, type="photo", kind="attach", record=before["record"])
    work = [phone.event(hazard, step) for step in ("rectify", "submit")]
    if pushes > 1:
        assert codes(phone.push(before, edited)) == [None, None]
        assert codes(phone.push(*work)) == [None, "after_photo_missing"]
    else:
        assert codes(phone.push(before, edited, *work)) == [None, None, None, "after_photo_missing"]
    after = [phone.photo(hazard, "after", AFTER), phone.event(hazard, "submit")]
    assert codes(phone.push(*after)) == [None, None]
    assert row(server, hazard).status == "pending_acceptance"


def test_what_a_photo_showed_before_is_known_though_it_is_another_hazards_now(
    server: Server, phone: TestPhone
) -> None:
    hazard, elsewhere = hazard_of(phone), hazard_of(phone)
    before = phone.photo(hazard, "before", BEFORE)
    moved = {**before["fields"], "hazard": elsewhere}
    again = {"type": "photo", "kind": "attach", "record": before["record"]}
    assert codes(phone.push(before)) == [None]
    assert codes(phone.push(phone.op(moved, **again))) == [None]
    work = [
        phone.event(hazard, "rectify"),
        phone.photo(hazard, "after", BEFORE),
        phone.event(hazard, "submit"),
    ]
    assert codes(phone.push(*work)) == [None, None, "after_photo_missing"]
    assert codes(phone.push(phone.photo(hazard, "after", AFTER), phone.event(hazard, "submit"))) == [None] * 2


@pytest.mark.parametrize("pushes", [1, 2])
def test_a_photo_of_before_is_no_evidence_on_the_hazard_that_it_is_moved_to(
    server: Server, phone: TestPhone, pushes: int
) -> None:
    hazard, elsewhere = hazard_of(phone), hazard_of(phone)
    before = phone.photo(elsewhere, "before", BEFORE)
    phone.push(before)
    here = {**before["fields"], "hazard": hazard, "role": "after"}
    moved = phone.op(here, type="photo", kind="attach", record=before["record"])
    work = [phone.event(hazard, "rectify"), phone.event(hazard, "submit")]
    results = phone.push(moved, *work) if pushes == 1 else [*phone.push(moved), *phone.push(*work)]
    assert codes(results) == [None, None, "after_photo_missing"]


def test_what_a_photo_showed_before_is_known_though_it_is_gone_or_was_not_seen(
    server: Server, phone: TestPhone
) -> None:
    hazard = hazard_of(phone)
    before = phone.photo(hazard, "before", BEFORE)
    phone.push(before)
    twin = server.phone(person=phone.person)  # it claims to have seen nothing
    same, rectify, submit = (
        twin.photo(hazard, "after", BEFORE),
        twin.event(hazard, "rectify"),
        twin.event(hazard, "submit"),
    )
    assert codes(twin.push(same, rectify, submit)) == [None, None, "after_photo_missing"]
    detach = phone.op({}, type="photo", kind="detach", record=before["record"])
    assert codes(phone.push(detach)) == [None]
    assert codes(twin.push(twin.event(hazard, "submit"))) == ["after_photo_missing"]


def test_nobody_takes_evidence_away_by_recording_its_bytes_as_something_else(
    server: Server, phone: TestPhone
) -> None:
    hazard = hazard_of(phone)
    rectify, photo, submit = finished(phone, hazard)
    assert codes(phone.push(rectify, photo)) == [None, None]
    other = server.phone()
    at(other)
    assert codes(other.push(other.photo(hazard, "before", AFTER))) == [None]
    at(phone)
    off = phone.op({}, type="photo", kind="detach", record=photo["record"])
    anew, submit = phone.photo(hazard, "after", AFTER), phone.event(hazard, "submit")
    assert codes(phone.push(off, anew, submit)) == [None, None, None]


def test_attaching_a_photo_again_makes_no_evidence_of_work_since_the_relapse(
    phone: TestPhone, reviewer: TestPhone
) -> None:
    hazard = hazard_of(phone)
    rectify, photo, submit = finished(phone, hazard)
    phone.push(rectify, photo, submit)
    at(reviewer)
    reviewer.push(reviewer.event(hazard, "accept"), reviewer.event(hazard, "close"))
    at(phone)
    again = [
        phone.event(hazard, "relapse", comment="又坏了"),
        phone.event(hazard, "rectify"),
        phone.op(photo["fields"], type="photo", kind="attach", record=photo["record"]),
        phone.event(hazard, "submit"),
    ]
    assert codes(phone.push(*again)) == [None, None, None, "after_photo_missing"]


def test_work_with_its_photo_is_taken_in_one_push_and_counts_once_accepted(
    server: Server, phone: TestPhone, reviewer: TestPhone
) -> None:
    hazard = closed(phone, reviewer)
    assert row(server, hazard).first_closed_on
    assert counted(server) == 1


def test_a_detached_photo_and_one_from_before_the_relapse_are_no_evidence(
    server: Server, phone: TestPhone, reviewer: TestPhone
) -> None:
    hazard = hazard_of(phone)
    rectify, photo, submit = finished(phone, hazard)
    detach = phone.op({}, type="photo", kind="detach", record=photo["record"])
    submit["n"], detach["n"] = detach["n"], submit["n"]
    assert codes(phone.push(rectify, photo, detach, submit)) == [None, None, None, "after_photo_missing"]
    again = closed(phone, reviewer)
    at(phone)
    results = phone.push(
        phone.event(again, "relapse", comment="又坏了"),
        phone.event(again, "submit"),
        phone.event(again, "rectify"),
        phone.event(again, "submit"),
    )
    assert codes(results) == [None, "rectification_missing", None, "after_photo_missing"]
    assert (row(server, again).status, counted(server)) == ("in_progress", 0)


def test_who_was_offline_is_judged_by_what_they_had_seen(
    server: Server, phone: TestPhone, reviewer: TestPhone
) -> None:
    hazard = hazard_of(phone)
    at(phone)
    work = finished(phone, hazard)
    reviewer.push(reviewer.event(hazard, "control"))
    assert codes(phone.push(*work)) == [None, None, None]
    found = row(server, hazard)
    assert (found.status, found.concurrent_statuses) == ("pending_acceptance", ["controlled"])


def test_work_on_what_was_settled_meanwhile_waits_for_the_office(
    server: Server, phone: TestPhone, reviewer: TestPhone
) -> None:
    hazard = hazard_of(phone)
    at(phone)
    rectify, photo, submit = finished(phone, hazard)
    reviewer.push(reviewer.event(hazard, "invalidate", comment="现场无水"))
    assert codes(phone.push(rectify, photo, submit)) == ["record_settled", None, "rectification_missing"]
    assert (row(server, hazard).status, row(server, hazard).conflicts) == ("invalid", 0)
    browser = server.browser()
    for step in (rectify, submit):
        answer = browser.post(f"/quarantine/{phone.device}/{step['n']}/again")
        assert answer.status_code == 303, answer.text
    assert row(server, hazard).status == "pending_acceptance", "with both, an administrator has a say"


@pytest.mark.parametrize("step", ["report", "rectify", "control", "submit"])
def test_who_claims_to_have_seen_nothing_takes_nothing_out_of_the_count(
    server: Server, phone: TestPhone, reviewer: TestPhone, step: str
) -> None:
    hazard = closed(phone, reviewer)
    assert counted(server) == 1
    liar = server.phone()
    [code] = codes(liar.push(liar.event(hazard, step)))
    assert code == ("rectification_missing" if step == "submit" else "record_settled")
    found = row(server, hazard)
    assert (found.status, found.concurrent_statuses, found.conflicts) == ("closed", [], 0)
    assert counted(server) == 1


def test_an_acceptance_of_what_was_there_is_taken_though_more_came_meanwhile(
    server: Server, phone: TestPhone, reviewer: TestPhone
) -> None:
    hazard = hazard_of(phone)
    phone.push(*finished(phone, hazard))
    at(reviewer)
    decision = [reviewer.event(hazard, "accept"), reviewer.event(hazard, "close")]
    other = server.phone(person=server.person("另一审核", Role.REVIEWER).id)
    at(other)
    other.push(other.event(hazard, "reject", comment="围蔽不牢"))
    assert codes(reviewer.push(*decision)) == [None, None]
    assert row(server, hazard).status == "in_progress"  # and 已销号, which nobody has confirmed yet
    assert counted(server) == 0


def test_nobody_accepts_their_own_work_by_claiming_not_to_have_seen_it(
    server: Server, phone: TestPhone, reviewer: TestPhone
) -> None:
    hazard = hazard_of(phone)
    phone.push(*finished(phone, hazard))
    twin = server.phone(person=reviewer.person)
    at(twin)
    reviewer.push(reviewer.event(hazard, "rectify"))
    assert codes(twin.push(twin.event(hazard, "accept"))) == ["acceptor_is_rectifier"]


def test_a_step_without_the_reason_that_it_needs_is_not_taken(phone: TestPhone, reviewer: TestPhone) -> None:
    hazard = closed(phone, reviewer)
    at(phone)
    assert codes(phone.push(phone.event(hazard, "relapse"))) == ["reason_missing"]


def test_whoever_claims_to_have_seen_another_log_has_seen_only_what_they_did(
    server: Server, phone: TestPhone
) -> None:
    hazard = hazard_of(phone)
    other = server.phone()
    claim = {"base": 900, "tip": "f" * 16}
    assert codes(other.push(other.event(hazard, "submit") | claim)) == ["rectification_missing"]
    own = [operation | claim for operation in finished(other, hazard)]
    assert codes(other.push(*own)) == [None, None, None]


def test_mergings_never_lead_back(server: Server, phone: TestPhone, reviewer: TestPhone) -> None:
    one, two, third = (hazard_of(phone) for _ in range(3))

    def merge(what: str, into: str | None) -> dict[str, Any]:
        return reviewer.event(what, "merge", **({"merged_into": into} if into else {}))

    results = reviewer.push(merge(one, two), merge(two, one), merge(third, third), merge(third, None))
    assert codes(results) == [None, *["merge_target_gone"] * 3]
    reviewer.push(reviewer.event(third, "invalidate", comment="无水"))
    unknown = str(phone.op()["record"])
    assert codes(reviewer.push(merge(two, third), merge(two, unknown))) == ["merge_target_gone"] * 2
    gone = reviewer.op({}, kind="delete", record=third)
    assert codes(reviewer.push(gone, merge(two, third)))[1] == "merge_target_gone"
    assert [row(server, hazard).status for hazard in (one, two)] == ["merged", "reported"]


def test_merging_takes_nothing_out_of_the_count_and_can_be_taken_back(
    server: Server, phone: TestPhone, reviewer: TestPhone
) -> None:
    done, fresh, other = closed(phone, reviewer), hazard_of(phone), closed(phone, reviewer)
    at(reviewer)
    away = reviewer.event(done, "merge", merged_into=fresh)
    assert codes(reviewer.push(away)) == ["merge_takes_away"]
    assert counted(server) == 2
    before = row(server, done).model_dump(exclude={"updated_seq"})
    assert codes(reviewer.push(reviewer.event(done, "merge", merged_into=other))) == [None]
    assert (row(server, done).status, counted(server)) == ("merged", 1)
    assert codes(reviewer.push(reviewer.event(done, "register"))) == [None]
    assert row(server, done).model_dump(exclude={"updated_seq"}) == before
    assert counted(server) == 2


def test_what_others_are_merged_into_is_not_deleted(
    server: Server, phone: TestPhone, reviewer: TestPhone
) -> None:
    stays, one, two = (hazard_of(phone) for _ in range(3))

    def merge(what: str) -> dict[str, Any]:
        return reviewer.event(what, "merge", merged_into=stays)

    def deletion(by: TestPhone, what: str = stays) -> dict[str, Any]:
        return by.op({}, record=what, kind="delete")

    at(reviewer)
    assert codes(reviewer.push(merge(one), deletion(reviewer))) == [None, "merged_hazards_here"]
    assert codes(reviewer.push(merge(two))) == [None]
    at(phone)
    patrol = phone.event(one, "patrol")
    assert codes(phone.push(patrol, deletion(phone))) == [None, "merged_hazards_here"]
    assert not row(server, stays).deleted
    at(reviewer)
    assert codes(reviewer.push(reviewer.event(one, "register"), deletion(reviewer))) == [
        None,
        "merged_hazards_here",
    ]
    other = hazard_of(phone)
    again = reviewer.event(one, "merge", merged_into=other)
    assert codes(reviewer.push(again, deletion(reviewer, two), deletion(reviewer))) == [None] * 3
    assert row(server, stays).deleted
    assert codes(reviewer.push(deletion(reviewer, other))) == ["merged_hazards_here"]


def test_what_was_merged_into_a_deleted_hazard_comes_back_after_it(
    server: Server, phone: TestPhone, reviewer: TestPhone
) -> None:
    stays, one = hazard_of(phone), hazard_of(phone)

    def op(what: str, kind: str, **fields: Any) -> dict[str, Any]:
        return reviewer.op(fields, record=what, kind=kind)

    at(reviewer)
    merge = reviewer.event(one, "merge", merged_into=stays)
    assert codes(reviewer.push(merge, op(one, "delete"), op(stays, "delete"))) == [None] * 3
    browser = server.browser(name="审核二", role=Role.REVIEWER)
    answer = browser.post(f"/deleted/hazard/{one}")
    assert (answer.status_code, "请先恢复那处" in answer.text) == (409, True)
    at(reviewer)
    refused = reviewer.push(op(one, "restore"), op(one, "edit", remark="还在"))
    assert codes(refused) == ["merged_into_deleted"] * 2
    assert row(server, one).deleted
    at(reviewer)
    assert codes(reviewer.push(op(stays, "restore"), op(one, "restore"))) == [None] * 2
    assert codes(reviewer.push(op(stays, "delete"))) == ["merged_hazards_here"]
    assert codes(reviewer.push(op(one, "delete"), op(stays, "delete"))) == [None] * 2
    for hazard in (stays, one):
        assert browser.post(f"/deleted/hazard/{hazard}").status_code == 303
    assert not row(server, one).deleted
    assert codes(reviewer.push(reviewer.event(one, "register"))) == [None]
    at(reviewer)
    assert codes(reviewer.push(op(one, "delete"), op(stays, "delete"), op(one, "restore"))) == [None] * 3


def test_undoing_leaves_no_merged_hazard_without_the_one_that_stays_unsaid(
    server: Server, phone: TestPhone, reviewer: TestPhone
) -> None:
    """Undone is a deletion of the merged one, then a restoring of the one that stays."""
    liar = server.phone("可疑", server.person("审核二", Role.REVIEWER).id)
    stays, one = hazard_of(phone), hazard_of(phone)
    browser, sure = server.browser(), {"since": five_minutes_ago(), "reason": "撤", "sure": "1"}
    reviewer.push(reviewer.event(one, "merge", merged_into=stays))
    at(liar)
    liar.push(liar.op({}, record=one, kind="delete"))
    at(reviewer)
    reviewer.push(reviewer.op({}, record=stays, kind="delete"))
    page = browser.post(f"/devices/{liar.device}/undo", data=sure)
    assert (row(server, one).deleted, row(server, stays).deleted) == (False, True)
    assert f"/hazards/{one}" in page.text
    other = server.phone("也可疑", server.person("审核三", Role.REVIEWER).id)
    at(other)
    other.push(other.op({}, record=stays, kind="restore"))
    page = browser.post(f"/devices/{other.device}/undo", data=sure)
    assert not row(server, stays).deleted
    assert f"/hazards/{stays}" in page.text


def test_a_deadline_before_the_finding_and_a_year_outside_the_register_are_not_taken(
    phone: TestPhone, reviewer: TestPhone
) -> None:
    hazard = hazard_of(phone)
    impossible = reviewer.event(hazard, "assign", assignee_unit="村委会", due_date="2001-01-01")
    [result] = reviewer.push(impossible)
    assert result["why"] == {
        "code": "deadline_impossible",
        "details": {"due_date": "2001-01-01", "found_on": "2026-06-01"},
    }
    assigned = reviewer.event(hazard, "assign", assignee_unit="村委会", due_date="2026-07-01")
    moved = reviewer.event(hazard, "extend", comment="改期", due_date="2020-01-01")
    assert codes(reviewer.push(assigned, moved)) == [None, "deadline_impossible"]
    years = [phone.op({"water_name": "塘", "year": year}) for year in (2000, 2100, 2026)]
    assert codes(phone.push(*years)) == ["year_impossible", "year_impossible", None]


def test_a_note_sets_no_deadline_and_nobody_finds_a_hazard_next_year(
    server: Server, phone: TestPhone
) -> None:
    hazard = hazard_of(phone)
    phone.push(phone.event(hazard, "note", comment="改期", due_date="2100-12-31"))
    assert row(server, hazard).due_date is None
    later = (date.today() + timedelta(days=60)).isoformat()  # noqa: DTZ011, a day more or less is no matter
    assert codes(phone.push(phone.op({"found_on": later}, record=hazard))) == ["finding_impossible"]


def test_one_person_takes_only_so_many_steps_on_a_hazard(
    server: Server, phone: TestPhone, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lifecycle_check, "MOST_STEPS", 3)
    hazard = hazard_of(phone)
    phone.push(*(phone.event(hazard, "patrol") for _ in range(5)))
    assert codes(phone.push(*(phone.event(hazard, "control") for _ in range(4)))) == [
        *[None] * 3,
        "too_many_steps",
    ]
    again = phone.push(phone.event(hazard, "rectify"), phone.event(hazard, "note", comment="还在"))
    assert codes(again) == ["too_many_steps", None]
    other = server.phone()
    assert codes(other.push(other.event(hazard, "rectify"))) == [None], "only their own steps count"


def test_one_push_takes_only_so_many_steps_that_rest_on_the_photos_of_a_hazard(
    phone: TestPhone, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each looks at all of its photos, of which anybody may add thousands."""
    looked: list[int] = []

    def look(_: Sequence[Any], photos: Sequence[Any]) -> Sequence[Any]:
        looked.append(len(photos))
        return ()

    monkeypatch.setattr(lifecycle_check, "MOST_ON_EVIDENCE", 2)
    monkeypatch.setattr(lifecycle_check, "finished_photos", look)
    hazard, other = hazard_of(phone), hazard_of(phone)
    phone.push(phone.event(hazard, "rectify"), phone.photo(hazard, "before", BEFORE))
    asked = [phone.event(hazard, "submit") for _ in range(4)]
    assert codes(phone.push(*asked, phone.event(other, "submit"))) == [
        *["after_photo_missing"] * 2,
        *["too_many_steps"] * 2,
        "rectification_missing",
    ]
    assert len(looked) <= 4, "by what was seen, and by what is"
    assert codes(phone.push(phone.event(hazard, "submit"))) == ["after_photo_missing"]


@pytest.mark.parametrize(
    "how",
    [
        *({"role": "before"}, {"sha256": BEFORE}, {"role": "site", "sha256": BEFORE}),
        {"original_sha256": BEFORE, "mock_location": True},
    ],
)
def test_evidence_that_a_stolen_phone_spoiled_is_back_once_that_is_undone(
    server: Server, phone: TestPhone, how: dict[str, Any]
) -> None:
    hazard = hazard_of(phone)
    photo = phone.photo(hazard, "after", AFTER)
    phone.push(phone.photo(hazard, "before", BEFORE), phone.event(hazard, "rectify"), photo)
    thief = server.phone("被偷的手机", phone.person)
    at(thief)
    spoiled = {"type": "photo", "kind": "attach", "record": photo["record"]}
    assert codes(thief.push(thief.op({**photo["fields"], **how}, **spoiled))) == [None]
    at(phone)
    assert codes(phone.push(phone.event(hazard, "submit"))) == ["after_photo_missing"]
    said = {"since": five_minutes_ago(), "reason": "手机被偷", "sure": "1"}
    assert server.browser().post(f"/devices/{thief.device}/undo", data=said).status_code == 200
    at(phone)
    assert codes(phone.push(phone.event(hazard, "submit"))) == [None]
    assert row(server, hazard).status == "pending_acceptance"
    with reading(server.engine) as session:
        kept = session.get_one(PhotoRow, (server.campaign, photo["record"]))
        shown = {name: value for name, value in merge.shown(merge.from_json(kept.state)).items() if value}
    assert shown == {**photo["fields"], merge.ATTACHED: True}


def test_a_photo_that_is_called_something_else_is_attached_anew_as_what_it_is(phone: TestPhone) -> None:
    hazard = hazard_of(phone)
    photo = phone.photo(hazard, "after", AFTER)
    renamed = {**photo["fields"], "role": "site"}
    phone.push(
        phone.event(hazard, "rectify"),
        photo,
        phone.op(renamed, type="photo", kind="attach", record=photo["record"]),
    )
    assert codes(phone.push(phone.event(hazard, "submit"))) == ["after_photo_missing"]
    anew = phone.photo(hazard, "after", AFTER)
    assert codes(phone.push(anew, phone.event(hazard, "submit"))) == [None, None]
