"""The simulated history of one demo hazard, from the report to acceptance."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from shared.china_time import CHINA_TIME
from shared.hazards.evidence import RECENT
from shared.operations import Kind, RecordType
from shared.vocabulary import AfterPhotoReason, EventType, PhotoRole
from sync_server.demo import waters
from sync_server.demo.cast import Actor, record_id

DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class DemoChange:
    """One saved change. `behind_ms`: how old the data was that its author had seen."""

    at_ms: int
    actor: Actor
    type: str
    kind: Kind
    record: str
    fields: dict[str, Any]
    behind_ms: int = 0


@dataclass(frozen=True, slots=True)
class Scene:
    """The drawings (JPEG) of a water before and after the work."""

    before: bytes
    after: bytes


@dataclass(slots=True)
class HazardStory:
    """One hazard's history while it is being simulated; `now_ms` is the current time in it, `shot_ms` that of
    the last photo.

    `add_photo`: from a drawing and the hazard's id, the fields of its photo (`Album.add_photo`).
    """

    hazard: str
    written: dict[str, Any]
    inspector: Actor
    reviewer: Actor
    scene: Scene
    add_photo: Callable[[bytes, str], dict[str, Any]]
    now_ms: int
    rng: Random
    changes: list[DemoChange] = field(default_factory=list)
    shot_ms: int = 0

    def wait(self, low_days: float, high_days: float) -> None:
        """Let days pass, until some working hour."""
        later = self.now_ms + int(self.rng.uniform(low_days, high_days) * DAY_MS)
        day = datetime.fromtimestamp(later / 1000, CHINA_TIME)
        at = day.replace(
            hour=self.rng.randint(8, 17), minute=self.rng.randint(0, 59), second=0, microsecond=0
        )
        self.now_ms = max(int(at.timestamp() * 1000) + self.rng.randint(0, 59_999), self.now_ms + 60_000)

    def save(self, actor: Actor, type_: str, kind: Kind, record: str, fields: dict[str, Any]) -> None:
        self.now_ms += self.rng.randint(2_000, 40_000)
        self.changes.append(DemoChange(self.now_ms, actor, type_, kind, record, fields))

    def event(self, actor: Actor, step: EventType, **details: Any) -> str:
        record = record_id(self.now_ms, self.rng)
        fields = {"hazard": self.hazard, "event_type": step.value, "at": moment(self.now_ms), **details}
        fields["actor_role"] = actor.role.value
        self.save(actor, RecordType.HAZARD_EVENT, Kind.APPEND, record, fields)
        return record

    def photo(self, role: PhotoRole, drawing: bytes, event: str | None = None) -> None:
        shot = self.add_photo(drawing, self.hazard)
        fields = {**shot, "hazard": self.hazard, "role": role.value, "taken_at": moment(self.now_ms)}
        if event:
            fields["event"] = event
        if place := self.written.get("position"):
            here = {name: place[name] for name in ("lat", "lon")}
            fields["position"] = {**here, "accuracy_m": 8.0, "source": "gnss", "fix_time": fields["taken_at"]}
        fields["source"] = "camera"
        self.shot_ms = self.now_ms
        record = record_id(self.now_ms, self.rng)
        self.save(self.inspector, RecordType.PHOTO, Kind.ATTACH, record, fields)

    def edit(self, actor: Actor, fields: dict[str, Any]) -> None:
        self.save(actor, RecordType.HAZARD, Kind.EDIT, self.hazard, fields)


def moment(at_ms: int) -> str:
    """A time as a device in Dongguan writes it."""
    return datetime.fromtimestamp(at_ms / 1000, CHINA_TIME).isoformat(timespec="seconds")


def tell(story: HazardStory, other_hazard: str | None) -> list[DemoChange]:
    """Everything that happens to the hazard, which may run past the end of the season."""
    story.edit(story.inspector, story.written)
    story.photo(PhotoRole.BEFORE, story.scene.before)
    for _ in _steps(story, other_hazard):
        if story.rng.random() < 0.25:
            story.wait(0.5, 3)
            _patrol(story)
    return story.changes


def _steps(story: HazardStory, other_hazard: str | None) -> Iterator[None]:
    rng, event = story.rng, story.event
    outcome = rng.random()
    story.wait(0.2, 3)
    if outcome < 0.015:
        event(story.reviewer, EventType.INVALIDATE, comment="现场为已回填地块，无积水。")
        return
    if outcome < 0.03 and other_hazard:
        event(story.reviewer, EventType.MERGE, merged_into=other_hazard, comment="与另一处为同一水域。")
        return
    if outcome < 0.045:
        event(story.reviewer, EventType.RETURN, comment="位置不清，请补拍现场照片。")
        return
    event(story.reviewer, EventType.REGISTER)
    yield
    if outcome < 0.06:
        return
    story.wait(0.1, 2)
    unit, due = story.written["responsible_unit"], story.written["due_date"]
    event(story.reviewer, EventType.ASSIGN, assignee_unit=unit, due_date=due)
    yield
    if outcome < 0.11:  # nothing happens: it becomes overdue (逾期)
        return
    if outcome < 0.17:
        story.wait(2, 9)
        event(story.inspector, EventType.CONTROL, measures_done="已拉警戒带，安排专人值守，待枯水期施工。")
        if outcome < 0.15:
            return
        story.wait(15, 40)
    if rng.random() < 0.06:
        story.wait(3, 8)
        later = date.fromisoformat(due) + timedelta(days=rng.randint(10, 25))
        event(story.reviewer, EventType.EXTEND, due_date=later.isoformat(), comment="连日降雨，无法施工。")
    story.wait(3, 24)
    _rectify(story)
    yield
    if outcome < 0.19:
        return
    _submit(story)
    if rng.random() < 0.07:
        story.wait(1, 4)
        event(story.reviewer, EventType.REJECT, comment="围蔽高度不足，救生绳未固定，请整改。")
        story.wait(2, 9)
        _rectify(story)
        _submit(story)
    if outcome < 0.22:
        return
    _accept(story)
    if rng.random() < 0.35:
        story.wait(20, 45)
        if rng.random() < 0.12:
            event(
                story.inspector,
                EventType.RELAPSE,
                comment="围栏被拆开缺口，有儿童戏水痕迹。",
                result="problem",
            )
            if rng.random() < 0.5:
                story.wait(3, 12)
                _rectify(story)
                _submit(story)
                _accept(story)
        else:
            event(story.inspector, EventType.RECHECK, result="normal", comment="设施完好。")


def _patrol(story: HazardStory) -> None:
    seen = story.rng.choices((0, 1, 2, 4), (7, 1, 1, 1))[0]
    details: dict[str, Any] = {
        "result": "problem" if seen else "normal",
        "people_seen": seen,
        "dissuaded": seen,
    }
    if seen:
        details["comment"] = "发现有人靠近水边，已劝离。"
    story.event(story.inspector, EventType.PATROL, **details)


def _rectify(story: HazardStory) -> None:
    repaired = waters.repaired(story.written, story.rng)
    event = story.event(
        story.inspector,
        EventType.RECTIFY,
        measures_done="已补装警示牌、救生圈、救生绳和救生杆，临水一侧加装围蔽。",
        **{name: value for name, value in repaired.items() if name.startswith("kit_")},
    )
    story.photo(PhotoRole.AFTER, story.scene.after, event)
    story.edit(story.inspector, repaired)


def _submit(story: HazardStory) -> None:
    if story.rng.random() < 0.15:
        story.wait(0.2, 1.5)
    minutes = (story.now_ms - story.shot_ms) // 60_000
    details: dict[str, Any] = {"after_age_min": minutes}
    if story.written.get("position"):
        details["after_distance_m"] = 0
    if timedelta(minutes=minutes) > RECENT:
        reason = AfterPhotoReason.TAKEN_EARLIER.value
        details |= {"after_reason": reason, "comment": "整改当天已拍照，次日补报。"}
    story.event(story.inspector, EventType.SUBMIT, **details)


def _accept(story: HazardStory) -> None:
    story.wait(0.5, 6)
    story.event(story.reviewer, EventType.ACCEPT, comment="现场核查合格。")
    story.event(story.reviewer, EventType.CLOSE)
