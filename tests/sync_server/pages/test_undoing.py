"""Undoing in every order: records are as if what is undone had never been written, whoever was undone first.

In each play some devices are undone, and what was undone is brought back, in one order; between these steps
each of them writes on many records, on each at another time and with or without having seen the others.
"""

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest
from sqlmodel import col, select

from shared import merge
from shared.china_time import CHINA_TIME
from shared.merge import from_json
from shared.vocabulary import Role
from sync_server.access.bursts import Bursts
from sync_server.commands import undo
from sync_server.database import campaigns
from sync_server.database.tables import AuditRow, HazardRow, PhotoRow
from sync_server.database.transactions import reading
from sync_server.log import writer
from tests.support.server import Server, new_id

Step = tuple[str, int]
"""("undo" or "withdraw", the place of the device)."""
Say = tuple[str, dict[str, Any]]
"""The kind of an operation, and its fields."""
SAME: Say = ("edit", {"description": "假", "depth_m": 9.0})
OTHER: Say = ("edit", {"description": "另", "remark": "假"})
EMPTY: Say = ("edit", {"description": None})
DELETE: Say = ("delete", {})
RESTORE: Say = ("restore", {})
SAYS = (SAME, OTHER, EMPTY, DELETE, RESTORE)
PHOTO_SAYS: Sequence[Say] = (("detach", {}), ("attach", {"role": "after"}))
PHOTO = {"role": "before", "sha256": "ab" * 32, "mime": "image/jpeg", "bytes": 10}
HONEST = -1


@dataclass
class Written:
    """An operation on the log."""

    by: int
    device: str
    number: int
    base: int
    hlc: str
    registers: dict[str, Any]
    seq: int = 0

    def supersedes(self, other: "Written") -> bool:
        return other.seq <= self.base or (other.device == self.device and other.number < self.number)


@dataclass
class Case:
    """One record: who writes what when, whether they see what is there, and who makes it.

    `late`: those who do not see the others have not seen what undoing wrote either, and contradict it.
    """

    writes: dict[int, list[tuple[int, Say, bool]]]
    maker: int = HONEST
    photo: bool = False
    late: bool = False
    record: str = field(default_factory=new_id)
    log: list[Written] = field(default_factory=list)


def registers(kind: str, fields: dict[str, Any]) -> dict[str, Any]:
    marks = {
        "delete": {"deleted": True},
        "restore": {"deleted": False},
        "attach": {"attached": True},
        "detach": {"attached": False},
    }
    return {**fields, **marks.get(kind, {})}


def heads(log: Sequence[Written]) -> dict[str, list[Written]]:
    """Register → its writes that no other write of it has seen, the shown one last."""
    found: dict[str, list[Written]] = {}
    for name in {name for one in log for name in one.registers}:
        of_it = [one for one in log if name in one.registers]
        left = [one for one in of_it if not any(o is not one and o.supersedes(one) for o in of_it)]
        found[name] = sorted(left, key=lambda one: (one.hlc, one.device, one.number))
    return found


def is_deleted(found: dict[str, list[Written]]) -> bool:
    live = {id(one): one for some in found.values() for one in some}.values()
    deletions = [one for one in found.get("deleted", []) if one.registers["deleted"]]
    return any(all(o in deletions or by.supersedes(o) for o in live) for by in deletions)


def values(found: dict[str, list[Written]]) -> dict[str, list[Any]]:
    """Register → its different values, the shown one last; without those that are empty."""
    said: dict[str, list[Any]] = {}
    for name, writes in found.items():
        for one in writes:
            value = one.registers[name]
            said[name] = [*(other for other in said.get(name, []) if other != value), value]
    return {name: found for name, found in said.items() if name != "deleted" and found != [None]}


def expected(case: Case, undone: dict[int, list[tuple[int, int]]]) -> tuple[bool, dict[str, list[Any]]]:
    """Whether the record is deleted, and its values. `undone`: place → the stretches of the log."""
    counting = [one for one in case.log if not any(a < one.seq <= b for a, b in undone.get(one.by, ()))]
    found = heads(counting)
    if case.photo:
        attached = any(one.registers["attached"] for one in found.get("attached", []))
        role = found["role"][-1].registers["role"] if attached else None
        return not attached, {"role": [role]} if attached else {}
    if case.log[0] in counting:
        return is_deleted(found), values(found)
    if not counting:
        return True, {}
    made = values(heads([one for one in case.log if one.device == case.log[0].device]))
    return is_deleted(found), {name: made[name] for name in made if name not in found} | values(found)


class Play:
    """One order of undoing, played on many records at once."""

    def __init__(self, server: Server, steps: Sequence[Step], cases: Sequence[Case]) -> None:
        self.server, self.steps, self.cases = server, steps, cases
        server.state.bursts = Bursts(10_000)
        reviewers = [server.person(f"审核{place}", Role.REVIEWER).id for place in range(4)]
        self.phones = {
            place: server.phone(f"手机{place}", person)
            for place, person in zip((-1, 0, 1, 2), reviewers, strict=True)
        }
        self.browser = server.browser()
        self.since = five_minutes_ago()
        self.born = self.known = 0
        self.tips: dict[int, str] = {}
        self.undone: dict[int, list[tuple[int, int]]] = {}

    def run(self) -> None:
        owner = self.phones[HONEST].op()
        self.push(HONEST, [(None, owner)])
        self.hazard = owner["record"]
        for by in self.phones:
            self.push(by, [(case, self.birth(case)) for case in self.cases if case.maker == by])
        self.born = self.known = self.end()
        for moment, step in enumerate([*self.steps, None]):
            for by in self.phones:
                ops = [
                    (case, self.op(by, case, say, sees))
                    for case in self.cases
                    for when, say, sees in case.writes.get(by, [])
                    if when == moment
                ]
                self.push(by, ops)
            if step:
                self.do(*step)
                self.known = self.end()
                self.check(f"after {self.steps[: moment + 1]}")

    def end(self) -> int:
        with reading(self.server.engine) as session:
            return campaigns.head(session, self.server.campaign)

    def tip(self, base: int) -> str:
        if base not in self.tips:
            page = self.phones[HONEST].pull(since=base - 1, limit=1)
            assert page["next"] == base
            self.tips[base] = page["tip"]
        return self.tips[base]

    def birth(self, case: Case) -> dict[str, Any]:
        phone = self.phones[case.maker]
        if case.photo:
            said = {"hazard": self.hazard, **PHOTO}
            return phone.op(said, type="photo", kind="attach", record=case.record)
        return phone.op({"water_name": "塘", "description": "深"}, record=case.record)

    def op(self, by: int, case: Case, say: Say, sees: bool) -> dict[str, Any]:
        kind, fields = say
        if case.photo:
            fields = {"hazard": self.hazard, **PHOTO, **fields} if kind == "attach" else fields
        base = self.end() if sees else self.born if case.late else self.known
        type = "photo" if case.photo else "hazard"
        op = self.phones[by].op(fields, record=case.record, kind=kind, type=type)
        return {**op, "base": base, "tip": self.tip(base)}

    def push(self, by: int, ops: Sequence[tuple[Case | None, dict[str, Any]]]) -> None:
        for some in (ops[at : at + 400] for at in range(0, len(ops), 400)):
            results = self.phones[by].push(*(op for _, op in some))
            assert {result["status"] for result in results} <= {"stored"}, results
            for (case, op), result in zip(some, results, strict=True):
                if case:
                    said = registers(op["kind"], op["fields"])
                    key = (op["device"], op["n"], op["base"], result["hlc"])
                    case.log.append(Written(by, *key, said, result["seq"]))

    def do(self, what: str, place: int) -> None:
        device = self.phones[place].device
        sure = {"reason": "撤", "sure": "1"}
        if what == "undo":
            before = self.end()
            path, sure["since"] = f"/devices/{device}/undo", self.since
            self.undone.setdefault(place, []).append((0, before))
        else:
            path = self.withdrawals(device)[-1] + "/withdraw"
            self.undone[place].pop()
        answer = self.browser.post(path, data=sure)
        assert answer.status_code == 200, answer.text

    def withdrawals(self, device: str) -> list[str]:
        page = self.browser.get(f"/devices/{device}").text
        return [f"/devices/{device}/undoings/{one}" for one in re.findall(r"\?undoing=([-0-9a-f]+)", page)]

    def check(self, when: str) -> None:
        for case, (deleted, now) in zip(self.cases, held(self.server, self.cases), strict=True):
            gone, wanted = expected(case, self.undone)
            about = (when, case.writes, case.maker)
            if case.late:
                assert gone or deleted or all(wanted[name][-1] in now[name] for name in wanted), about
                continue
            assert deleted == gone, about
            if case.photo:
                assert gone or now["role"][-1:] == wanted["role"], about
            elif not (gone and case.maker != HONEST):
                assert now == wanted, about


def held(server: Server, cases: Sequence[Case]) -> Iterator[tuple[bool, dict[str, list[Any]]]]:
    """What the server has of each record."""
    with reading(server.engine) as session:
        for case in cases:
            row: Any = session.get_one(PhotoRow if case.photo else HazardRow, (server.campaign, case.record))
            state = from_json(row.state)
            said: dict[str, list[Any]] = {}
            for name in {name for live in state.live for name in live.fields} - {"deleted", "attached"}:
                for live in merge.heads(state, name):
                    value = live.fields[name]
                    said[name] = [*(other for other in said.get(name, []) if other != value), value]
            now = {name: found for name, found in said.items() if found != [None]}
            yield (not row.attached if case.photo else row.deleted), now


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


def five_minutes_ago() -> str:
    return (datetime.now(CHINA_TIME) - timedelta(minutes=5)).isoformat(timespec="minutes")[:16]


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
