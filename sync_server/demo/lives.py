"""What happens to a made-up hazard after it was found: the steps of the loop, as far as the season goes."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from shared.china_time import CHINA_TIME
from shared.operations import Kind, RecordType
from shared.vocabulary import EventType, PhotoRole
from sync_server.demo import waters
from sync_server.demo.cast import Hand, record_id

DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class Deed:
    """One thing somebody saved. `behind_ms`: how old the state of things was that they had before them."""

    at_ms: int
    hand: Hand
    type: RecordType
    kind: Kind
    record: str
    fields: dict[str, Any]
    behind_ms: int = 0


@dataclass(frozen=True, slots=True)
class Scene:
    """The drawn photos of one hazard, by sha256, and what is said of them."""

    before: dict[str, Any]
    after: dict[str, Any]


@dataclass(slots=True)
class Life:
    """One hazard's life in the writing; `now_ms` is where it stands."""

    hazard: str
    written: dict[str, Any]
    inspector: Hand
    reviewer: Hand
    scene: Scene
    now_ms: int
    rng: Random
    deeds: list[Deed] = field(default_factory=list)

    def wait(self, low_days: float, high_days: float) -> None:
        """Let working days pass, and come back at an hour of work."""
        later = self.now_ms + int(self.rng.uniform(low_days, high_days) * DAY_MS)
        day = datetime.fromtimestamp(later / 1000, CHINA_TIME)
        at = day.replace(
            hour=self.rng.randint(8, 17), minute=self.rng.randint(0, 59), second=0, microsecond=0
        )
        self.now_ms = max(int(at.timestamp() * 1000) + self.rng.randint(0, 59_999), self.now_ms + 60_000)

    def save(self, hand: Hand, type_: RecordType, kind: Kind, record: str, fields: dict[str, Any]) -> None:
        self.now_ms += self.rng.randint(2_000, 40_000)
        self.deeds.append(Deed(self.now_ms, hand, type_, kind, record, fields))

    def event(self, hand: Hand, step: EventType, **said: Any) -> str:
        record = record_id(self.now_ms, self.rng)
        fields = {"hazard": self.hazard, "event_type": step.value, "at": moment(self.now_ms), **said}
        fields["actor_role"] = hand.role.value
        self.save(hand, RecordType.HAZARD_EVENT, Kind.APPEND, record, fields)
        return record

    def photo(self, role: PhotoRole, shot: dict[str, Any], event: str | None = None) -> None:
        fields = {**shot, "hazard": self.hazard, "role": role.value, "taken_at": moment(self.now_ms)}
        if event:
            fields["event"] = event
        fields["source"] = "camera"
        record = record_id(self.now_ms, self.rng)
        self.save(self.inspector, RecordType.PHOTO, Kind.ATTACH, record, fields)

    def edit(self, hand: Hand, fields: dict[str, Any]) -> None:
        self.save(hand, RecordType.HAZARD, Kind.EDIT, self.hazard, fields)


def moment(at_ms: int) -> str:
    """A moment as a device in Dongguan writes it."""
    return datetime.fromtimestamp(at_ms / 1000, CHINA_TIME).isoformat(timespec="seconds")


def live(life: Life, other_hazard: str | None) -> list[Deed]:
    """Everything that happens to the hazard, without end; the season cuts it off."""
    life.edit(life.inspector, life.written)
    life.photo(PhotoRole.BEFORE, life.scene.before)
    for _ in _steps(life, other_hazard):
        if life.rng.random() < 0.25:
            life.wait(0.5, 3)
            _patrol(life)
    return life.deeds


def _steps(life: Life, other_hazard: str | None) -> Iterator[None]:
    rng, event = life.rng, life.event
    fate = rng.random()
    life.wait(0.2, 3)
    if fate < 0.015:
        event(life.reviewer, EventType.INVALIDATE, comment="现场为已回填地块，无积水。")
        return
    if fate < 0.03 and other_hazard:
        event(life.reviewer, EventType.MERGE, merged_into=other_hazard, comment="与另一处为同一水域。")
        return
    if fate < 0.045:
        event(life.reviewer, EventType.RETURN, comment="位置不清，请补拍现场照片。")
        return
    event(life.reviewer, EventType.REGISTER)
    yield
    if fate < 0.06:
        return
    life.wait(0.1, 2)
    unit, due = life.written["responsible_unit"], life.written["due_date"]
    event(life.reviewer, EventType.ASSIGN, assignee_unit=unit, due_date=due)
    yield
    if fate < 0.11:  # nobody moves: 逾期 in time
        return
    if fate < 0.17:
        life.wait(2, 9)
        event(life.inspector, EventType.CONTROL, measures_done="已拉警戒带，安排专人值守，待枯水期施工。")
        if fate < 0.15:
            return
        life.wait(15, 40)
    if rng.random() < 0.06:
        life.wait(3, 8)
        later = date.fromisoformat(due) + timedelta(days=rng.randint(10, 25))
        event(life.reviewer, EventType.EXTEND, due_date=later.isoformat(), comment="连日降雨，无法施工。")
    life.wait(3, 24)
    _rectify(life)
    yield
    if fate < 0.19:
        return
    _submit(life)
    if rng.random() < 0.07:
        life.wait(1, 4)
        event(life.reviewer, EventType.REJECT, comment="围蔽高度不足，救生绳未固定，请整改。")
        life.wait(2, 9)
        _rectify(life)
        _submit(life)
    if fate < 0.22:
        return
    _accept(life)
    if rng.random() < 0.35:
        life.wait(20, 45)
        if rng.random() < 0.12:
            event(
                life.inspector,
                EventType.RELAPSE,
                comment="围栏被拆开缺口，有儿童戏水痕迹。",
                result="problem",
            )
            if rng.random() < 0.5:
                life.wait(3, 12)
                _rectify(life)
                _submit(life)
                _accept(life)
        else:
            event(life.inspector, EventType.RECHECK, result="normal", comment="设施完好。")


def _patrol(life: Life) -> None:
    seen = life.rng.choices((0, 1, 2, 4), (7, 1, 1, 1))[0]
    said: dict[str, Any] = {"result": "problem" if seen else "normal", "people_seen": seen, "dissuaded": seen}
    if seen:
        said["comment"] = "发现有人靠近水边，已劝离。"
    life.event(life.inspector, EventType.PATROL, **said)


def _rectify(life: Life) -> None:
    better = waters.mended(life.written, life.rng)
    event = life.event(
        life.inspector,
        EventType.RECTIFY,
        measures_done="已补装警示牌、救生圈、救生绳和救生杆，临水一侧加装围蔽。",
        **{name: value for name, value in better.items() if name.startswith("kit_")},
    )
    life.photo(PhotoRole.AFTER, life.scene.after, event)
    life.edit(life.inspector, better)


def _submit(life: Life) -> None:
    life.wait(0, 1.5)
    life.event(life.inspector, EventType.SUBMIT)


def _accept(life: Life) -> None:
    life.wait(0.5, 6)
    life.event(life.reviewer, EventType.ACCEPT, comment="现场核查合格。")
    life.event(life.reviewer, EventType.CLOSE)
