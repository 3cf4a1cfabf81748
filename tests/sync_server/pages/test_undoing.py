"""Undoing in every order, from chosen, chance and searched histories; what the page shows of it."""

import itertools
import re
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlmodel import col, select

from shared import merge
from shared.merge import from_json
from shared.vocabulary import Role
from sync_server.commands import undo
from sync_server.database.tables import AuditRow, HazardRow
from sync_server.database.transactions import reading
from sync_server.log import writer
from tests.support.server import Server
from tests.sync_server.pages.undoing_play import (
    DELETE,
    EMPTY,
    HONEST,
    OTHER,
    PART_SAYS,
    PHOTO_SAYS,
    RESTORE,
    SAME,
    SAYS,
    Case,
    Play,
    Step,
    five_minutes_ago,
)

UNDO_0, UNDO_1, UNDO_2 = (("undo", place) for place in range(3))
WITHDRAW_0, WITHDRAW_1, WITHDRAW_2 = (("withdraw", place) for place in range(3))
SHAPES: dict[str, tuple[list[Step], Case]] = {
    "an honest person restores what was deleted with its maker's work, after another's was undone": (
        [UNDO_0, UNDO_2, UNDO_1],
        Case({2: [(1, SAME, True)], HONEST: [(2, RESTORE, True)]}, maker=0),
    ),
    "its maker restores it later": (
        [UNDO_0, UNDO_1, UNDO_2, WITHDRAW_1],
        Case({0: [(3, RESTORE, True)], 1: [(5, SAME, True)], 2: [(1, SAME, False)]}, maker=0, late=True),
    ),
    "an edit after the deletion brings no undone value back": (
        [UNDO_0, UNDO_1, UNDO_2, WITHDRAW_2],
        Case({0: [(5, DELETE, True)], 1: [(0, SAME, True), (3, EMPTY, True)]}, maker=0),
    ),
    "whoever worked on it is undone after its maker": (
        [UNDO_0, UNDO_2, UNDO_1],
        Case({2: [(0, SAME, True)], HONEST: [(2, RESTORE, True)]}, maker=0),
    ),
    "of two deletions each has seen what the other had not": (
        [UNDO_2],
        Case(
            {
                HONEST: [(0, SAME, True)],
                0: [(0, DELETE, True)],
                1: [(0, OTHER, False), (0, DELETE, False)],
                2: [(0, RESTORE, True)],
            }
        ),
    ),
    "the only photo of it is brought back after its maker was undone": (
        [UNDO_1, UNDO_0, WITHDRAW_1, WITHDRAW_0],
        Case({1: [(0, PART_SAYS[1], True)]}, maker=0),
    ),
}


def orders(devices: int) -> list[list[Step]]:
    """Every order in which so many devices are undone and brought back, each once."""
    steps = [(what, place) for place in range(devices) for what in ("undo", "withdraw")]
    return [
        list(order)
        for order in itertools.permutations(steps)
        if all(order.index(("undo", p)) < order.index(("withdraw", p)) for p in range(devices))
    ]


def cases(devices: int, moments: int, count: int, seed: int) -> list[Case]:
    """Records with chance writes: each device writes once or twice, and now and then an honest one."""
    rng, made = Random(seed), []
    for _ in range(count):
        photo = rng.random() < 0.15
        says = PHOTO_SAYS if photo else SAYS
        writes = {
            place: [
                (rng.randrange(moments), rng.choice(says), rng.random() < 0.5)
                for _ in range(rng.choice((1, 1, 2)))
            ]
            for place in range(devices)
        }
        writes[HONEST] = [(rng.randrange(moments), rng.choice(says), True)] if rng.random() < 0.4 else []
        maker = rng.choice((HONEST, HONEST, 0)) if not photo else HONEST
        made.append(Case(writes, maker, photo, not photo and rng.random() < 0.2))
    return made


@st.composite
def searched_cases(draw: st.DrawFn, moments: int) -> Case:
    """A record, and up to two writes on it by each device and an honest one."""
    photo = draw(st.integers(0, 5)) == 0
    says = st.sampled_from(PHOTO_SAYS if photo else SAYS)
    write = st.tuples(st.integers(0, moments - 1), says, st.booleans())
    writes = {place: draw(st.lists(write, max_size=2)) for place in range(HONEST, 3)}
    if not photo:
        for place in draw(st.sets(st.integers(HONEST, 2), max_size=2)):
            writes[place].append((0, draw(st.sampled_from(PART_SAYS)), True))
    return Case(writes, draw(st.integers(HONEST, 1)), photo)


@st.composite
def searched_plays(draw: st.DrawFn) -> tuple[list[Step], list[Case]]:
    """Steps that may undo a device again, for what it wrote since, and withdraw the first or the last."""
    steps = st.tuples(st.sampled_from(["undo", "undo", "withdraw", "withdraw_first"]), st.integers(0, 2))
    taken = draw(st.lists(steps, min_size=1, max_size=7))
    return taken, draw(st.lists(searched_cases(len(taken) + 1), min_size=1, max_size=10))


@pytest.mark.sqlite
@pytest.mark.parametrize(("steps", "case"), SHAPES.values(), ids=SHAPES)
def test_a_shape_that_was_once_wrong(server: Server, steps: list[Step], case: Case) -> None:
    Play(server, steps, [case]).run()


@pytest.mark.sqlite
@settings(
    max_examples=20,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    phases=[Phase.generate],  # a play takes too long to be made smaller; the message names the record
)
@given(searched_plays())
def test_any_history_under_any_undoing(server: Server, play: tuple[list[Step], list[Case]]) -> None:
    Play(server, *play).run()


@pytest.mark.sqlite
@pytest.mark.parametrize("steps", orders(2), ids=str)
def test_two_devices_undone_and_brought_back_in_any_order(server: Server, steps: list[Step]) -> None:
    Play(server, steps, cases(2, 5, 120, 1)).run()


@pytest.mark.sqlite
@pytest.mark.parametrize("steps", Random(5).sample(orders(3), 4), ids=str)
def test_three_devices_undone_and_brought_back(server: Server, steps: list[Step]) -> None:
    Play(server, steps, cases(3, 7, 120, 2)).run()


@pytest.mark.soak
@pytest.mark.sqlite
@pytest.mark.parametrize("steps", orders(3), ids=str)
def test_three_devices_in_any_order(server: Server, steps: list[Step]) -> None:
    Play(server, steps, cases(3, 7, 200, 3)).run()


def text_of(page: str) -> str:
    """What stands on a page, without its marks and with single blanks."""
    return " ".join(re.sub(r"<[^>]*>", " ", page).split())


def test_the_page_names_what_will_change_before_it_does(server: Server) -> None:
    honest, liar = server.phone("李巡查"), server.phone("可疑", server.person("王审核", Role.REVIEWER).id)
    made = honest.op({"water_name": "石井塘", "description": "深", "town_code": "441900003"})
    photo = honest.photo(made["record"], "before", "ab" * 32)
    honest.push(made, photo)
    junk = liar.op({"water_name": "假塘"})
    liar.push(
        liar.op({"description": "假", "remark": "假"}, record=made["record"], base=2),
        liar.op({}, record=photo["record"], type="photo", kind="detach", base=2),
        junk,
    )
    browser, since = server.browser(), five_minutes_ago()
    page = text_of(browser.get(f"/devices/{liar.device}", params={"since": since}).text)
    for line in ("假 → 深", "假 → （空）", "移除 → 保留", "保留 → 删除"):
        assert line in page, page
    assert honest.pull()["next"] == 5, "looking changes nothing"
    said = {"reason": "恶意手机", "sure": "1"}
    done = browser.post(f"/devices/{liar.device}/undo", data={"since": since, **said})
    [undoing] = re.findall(r"\?undoing=([-0-9a-f]+)", done.text)
    assert "恶意手机" in done.text
    again = text_of(browser.get(f"/devices/{liar.device}", params={"since": since}).text)
    assert "不会有任何变化" in again
    page = text_of(browser.get(f"/devices/{liar.device}", params={"undoing": undoing}).text)
    for line in ("深 → 假", "（空） → 假", "保留 → 移除", "删除 → 保留"):
        assert line in page, page
    path = f"/devices/{liar.device}/undoings/{undoing}/withdraw"
    assert browser.post(path, data={"reason": "误判"}).status_code == 422
    assert browser.post(path, data={"reason": " ", "sure": "1"}).status_code == 422
    assert browser.post(path, data={**said, "reason": "误判"}).status_code == 200
    end = honest.pull()["next"]
    assert browser.post(path, data=said).status_code == 200, "an answer was lost"
    assert honest.pull()["next"] == end
    for device, one in ((liar.device, "0" * 36), (honest.device, undoing)):
        assert browser.post(f"/devices/{device}/undoings/{one}/withdraw", data=said).status_code == 404
    with reading(server.engine) as session:
        row = session.get_one(HazardRow, (server.campaign, made["record"]))
        assert (merge.shown(from_json(row.state))["description"], row.photo_count) == ("假", 0)
        assert not session.get_one(HazardRow, (server.campaign, junk["record"])).deleted
        written = session.exec(select(AuditRow.action).where(col(AuditRow.action).contains("undo"))).all()
    assert sorted(written) == ["device_undone", "undoing_withdrawn"]


def test_what_undoing_wrote_is_not_undone_as_if_a_phone_had(server: Server) -> None:
    liar = server.phone("可疑")
    liar.push(liar.op())
    browser, said = server.browser(), {"since": five_minutes_ago(), "reason": "撤", "sure": "1"}
    assert browser.post(f"/devices/{liar.device}/undo", data=said).status_code == 200
    [_, undoing] = liar.pull()["ops"]
    hand = undoing["device"] if "device" in undoing else undoing["op"]["device"]
    assert browser.post(f"/devices/{hand}/undo", data=said).status_code == 404


def test_an_undoing_that_broke_off_is_finished_by_doing_it_again(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(undo, "AT_ONCE", 2)
    liar, other = server.phone("可疑"), server.phone("另一部")
    made = [liar.op() for _ in range(6)]
    liar.push(*made)
    other.push(other.op({"remark": "假"}, record=made[0]["record"], base=6))
    append, calls = writer.append_operations, itertools.count()

    def breaking(*given: Any) -> Any:
        if next(calls) == 1:
            raise RuntimeError
        return append(*given)

    monkeypatch.setattr(writer, "append_operations", breaking)
    browser, said = server.browser(), {"since": five_minutes_ago(), "reason": "撤", "sure": "1"}
    with pytest.raises(RuntimeError):
        browser.post(f"/devices/{liar.device}/undo", data=said)
    assert browser.post(f"/devices/{liar.device}/undo", data=said).status_code == 200
    assert browser.post(f"/devices/{other.device}/undo", data=said).status_code == 200
    with reading(server.engine) as session:
        rows = [session.get_one(HazardRow, (server.campaign, one["record"])) for one in made]
    assert all(row.deleted for row in rows)
