"""A play of undoing: records are to be as if what is undone had never been written, whoever was undone first.

In each play some devices are undone, and what was undone is brought back, in one order; between these steps
each of them writes on many records, on each at another time and with or without having seen the others.
`expected` says what is right by its own merge of what counts.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from shared import merge
from shared.china_time import CHINA_TIME
from shared.merge import from_json
from shared.vocabulary import Role
from sync_server.access.bursts import Bursts
from sync_server.database import campaigns
from sync_server.database.tables import HazardRow, PhotoRow
from sync_server.database.transactions import reading
from tests.support.server import Server, new_id

Step = tuple[str, int]
"""("undo", "withdraw" for the latest undoing or "withdraw_first", the place of the device)."""
Say = tuple[str, dict[str, Any]]
"""The kind of an operation, and its fields."""
SAME: Say = ("edit", {"description": "假", "depth_m": 9.0})
OTHER: Say = ("edit", {"description": "另", "remark": "假"})
EMPTY: Say = ("edit", {"description": None})
DELETE: Say = ("delete", {})
RESTORE: Say = ("restore", {})
SAYS = (SAME, OTHER, EMPTY, DELETE, RESTORE)
PHOTO_SAYS: Sequence[Say] = (("detach", {}), ("attach", {"role": "after"}))
PART_SAYS: Sequence[Say] = (("patrol", {}), ("picture", {}))
"""Work on a record that is no operation of its own: an event of it, a photo of it."""
PHOTO = {"role": "before", "sha256": "ab" * 32, "mime": "image/jpeg", "bytes": 10}
HONEST = -1
KEPT, DISPUTED, DELETED = "kept", "disputed", "deleted"
Values = dict[str, list[Any]]
"""Register → its different values, the shown one last."""


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


def presence(found: dict[str, list[Written]]) -> str:
    """Deleted is what one deletion has seen all of; with a deletion that has not, it is disputed."""
    live = {id(one): one for some in found.values() for one in some}.values()
    deletions = [one for one in found.get("deleted", []) if one.registers["deleted"]]
    if any(all(o in deletions or by.supersedes(o) for o in live) for by in deletions):
        return DELETED
    return DISPUTED if deletions else KEPT


def values(found: dict[str, list[Written]]) -> Values:
    """Without the mark of deletions."""
    said: Values = {}
    for name, writes in found.items():
        for one in writes:
            value = one.registers[name]
            said[name] = [*(other for other in said.get(name, []) if other != value), value]
    return {name: found for name, found in said.items() if name != "deleted"}


def not_empty(said: Values) -> Values:
    return {name: found for name, found in said.items() if found != [None]}


def expected(case: Case, undone: dict[int, list[tuple[int, int]]]) -> tuple[str, Values]:
    """Whether the record is there, and its values. `undone`: place → the stretches of the log.

    Whose maker was undone is deleted unless somebody has worked on it, and keeps the maker's values where
    nobody else wrote any.
    """
    counting = [one for one in case.log if not covers(undone, one)]
    found = heads(counting)
    if case.photo:
        attached = any(one.registers["attached"] for one in found.get("attached", []))
        if not attached:
            return DELETED, {}
        return KEPT, {"role": [found["role"][-1].registers["role"]]}
    if case.log[0] in counting:
        return presence(found), not_empty(values(found))
    made = values(heads([one for one in case.log if one.device == case.log[0].device]))
    return presence(found) if counting else DELETED, not_empty(made | values(found))


def covers(undone: dict[int, list[tuple[int, int]]], one: Written) -> bool:
    return any(after < one.seq <= end for after, end in undone.get(one.by, ()))


class Play:
    """One order of undoing, played on many records at once."""

    def __init__(self, server: Server, steps: Sequence[Step], cases: Sequence[Case]) -> None:
        self.server, self.steps, self.cases = server, steps, cases
        server.state.bursts = Bursts(10_000)
        reviewers = [server.person(f"审核{new_id()}", Role.REVIEWER).id for _ in range(4)]
        self.phones = {
            place: server.phone(f"手机{place}", person)
            for place, person in zip((-1, 0, 1, 2), reviewers, strict=True)
        }
        self.browser = server.browser(name=f"管理{new_id()}")
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
            if step and self.do(*step):
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
        if kind in ("patrol", "picture"):
            return self.part(by, case, kind)
        if case.photo:
            fields = {"hazard": self.hazard, **PHOTO, **fields} if kind == "attach" else fields
        base = self.end() if sees else self.born if case.late else self.known
        type = "photo" if case.photo else "hazard"
        op = self.phones[by].op(fields, record=case.record, kind=kind, type=type)
        return {**op, "base": base, "tip": self.tip(base)}

    def part(self, by: int, case: Case, kind: str) -> dict[str, Any]:
        phone, base = self.phones[by], self.end()
        if kind == "patrol":
            op = phone.event(case.record, "patrol")
        else:
            op = phone.photo(case.record, "before", "cd" * 32)
        return {**op, "base": base, "tip": self.tip(base)}

    def push(self, by: int, ops: Sequence[tuple[Case | None, dict[str, Any]]]) -> None:
        for some in (ops[at : at + 400] for at in range(0, len(ops), 400)):
            results = self.phones[by].push(*(op for _, op in some))
            assert {result["status"] for result in results} <= {"stored"}, results
            for (case, op), result in zip(some, results, strict=True):
                if case:
                    said = registers(op["kind"], op["fields"]) if op["record"] == case.record else {}
                    key = (op["device"], op["n"], op["base"], result["hlc"])
                    case.log.append(Written(by, *key, said, result["seq"]))

    def do(self, what: str, place: int) -> bool:
        """Take a step; whether there was anything to do."""
        device, undone = self.phones[place].device, self.undone.setdefault(place, [])
        sure = {"reason": "撤", "sure": "1"}
        if what == "undo":
            before = self.end()
            path, sure["since"] = f"/devices/{device}/undo", self.since
            if any(
                one.by == place and not covers(self.undone, one) for case in self.cases for one in case.log
            ):
                undone.append((0, before))
        elif undone:
            which = -1 if what == "withdraw" else 0
            path = self.withdrawals(device)[which] + "/withdraw"
            undone.pop(which)
        else:
            return False
        answer = self.browser.post(path, data=sure)
        assert answer.status_code == 200, answer.text
        return True

    def withdrawals(self, device: str) -> list[str]:
        page = self.browser.get(f"/devices/{device}").text
        return [f"/devices/{device}/undoings/{one}" for one in re.findall(r"\?undoing=([-0-9a-f]+)", page)]

    def check(self, when: str) -> None:
        for case, (there, now) in zip(self.cases, held(self.server, self.cases), strict=True):
            wanted_there, wanted = expected(case, self.undone)
            about = (when, case.writes, case.maker)
            if case.late:
                gone = DELETED in (there, wanted_there)
                assert gone or all(wanted[name][-1] in now[name] for name in wanted), about
                continue
            if case.maker != HONEST and (wanted_there, there) == (KEPT, DISPUTED):
                there = KEPT  # somebody worked on it after it was deleted with its maker's work
            assert there == wanted_there, about
            if case.photo:
                assert there == DELETED or now["role"][-1:] == wanted["role"], about
            else:
                assert now == wanted, about


def held(server: Server, cases: Sequence[Case]) -> Iterator[tuple[str, Values]]:
    """What the server has of each record."""
    with reading(server.engine) as session:
        for case in cases:
            row: Any = session.get_one(PhotoRow if case.photo else HazardRow, (server.campaign, case.record))
            state = from_json(row.state)
            said: Values = {}
            for name in {name for live in state.live for name in live.fields} - {"deleted", "attached"}:
                for live in merge.heads(state, name):
                    value = live.fields[name]
                    said[name] = [*(other for other in said.get(name, []) if other != value), value]
            gone = not row.attached if case.photo else row.deleted
            disputed = not case.photo and merge.DELETED in merge.disputes(state)
            yield DELETED if gone else DISPUTED if disputed else KEPT, not_empty(said)


def five_minutes_ago() -> str:
    """That moment as the page takes it."""
    return (datetime.now(CHINA_TIME) - timedelta(minutes=5)).isoformat(timespec="minutes")[:16]
