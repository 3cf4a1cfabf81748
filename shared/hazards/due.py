"""Which hazards wait for a person on a day, and how urgently."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from enum import IntEnum

from shared import permissions
from shared.hazards.patrol_plan import Level, PatrolPlan
from shared.lifecycle import ALLOWED_FROM
from shared.permissions import Grant, step_action
from shared.vocabulary import EventType, Role, Status

SOON = timedelta(days=7)
"""A deadline is near if it is at most this far away."""


class Urgency(IntEnum):
    """Why a hazard waits for a person, the most urgent first."""

    SENT_BACK = 1  # 退回 or 验收不通过 of what the person reported or rectified
    RELAPSE_DUE = 2  # a 复查 found a problem, and nobody has said 反弹 yet
    OVERDUE = 3
    DUE_SOON = 4
    TO_ACCEPT = 5
    TO_REGISTER = 6
    UNIT = 7  # assigned to the unit that the person works for, and still to be rectified
    PATROL = 8  # besides any other reason: see `needs_patrol`
    OWN = 9  # reported by the person, and still to be rectified


STEPS: dict[Urgency, EventType] = {
    Urgency.SENT_BACK: EventType.RECTIFY,
    Urgency.RELAPSE_DUE: EventType.RELAPSE,
    Urgency.OVERDUE: EventType.RECTIFY,
    Urgency.DUE_SOON: EventType.RECTIFY,
    Urgency.TO_ACCEPT: EventType.ACCEPT,
    Urgency.TO_REGISTER: EventType.REGISTER,
    Urgency.UNIT: EventType.RECTIFY,
    Urgency.PATROL: EventType.PATROL,
    Urgency.OWN: EventType.RECTIFY,
}
"""Urgency → the step that the hazard waits for. It waits only for people who may take this step there."""

RECTIFIABLE = ALLOWED_FROM[EventType.RECTIFY]
"""待整改: open, and not yet handed in for acceptance."""


@dataclass(frozen=True, slots=True)
class DueFacts:
    """What the rule needs of a hazard: `author` reported it, `rectifiers` worked on it since the last 反弹.

    `deadline`: see `deadline`. `sent_back`: its status came about by 退回 or 验收不通过. `seen_on`: as
    `patrol_plan.seen_on` has it. `unit`: the `units.key` of that to which it was assigned.
    """

    status: Status
    town_code: str | None
    author: str
    rectifiers: Collection[str] = ()
    deadline: str | None = None
    sent_back: bool = False
    relapse_due: bool = False
    level: Level = None
    seen_on: str | None = None
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks: a person's id, their grants, the ISO day in China, and the `units.key` of their unit."""

    person: str
    grants: tuple[Grant, ...]
    today: str
    unit: str = ""

    @property
    def soon(self) -> str:
        """The last ISO day on which a deadline is near."""
        return last_soon_day(self.today)

    def may(self, urgency: Urgency, town: str | None = None) -> bool:
        """Whether the person may do what such hazards wait for: in a town, or anywhere."""
        if urgency is Urgency.UNIT and not self.unit:
            return False
        return permissions.permits(self._grants(urgency), step_action(STEPS[urgency]), town=town)

    def towns(self, urgency: Urgency) -> frozenset[str] | None:
        """The towns in which the person may do it, None for every town, if they may do it at all."""
        return permissions.towns_of(self._grants(urgency), step_action(STEPS[urgency]))

    def _grants(self, urgency: Urgency) -> tuple[Grant, ...]:
        """To patrol is the inspectors' duty, though others may."""
        duty = urgency is Urgency.PATROL
        return tuple(grant for grant in self.grants if not duty or grant.role is Role.INSPECTOR)


def last_soon_day(today: str) -> str:
    """The last ISO day on which a deadline is near on the ISO day `today`."""
    return (date.fromisoformat(today) + SOON).isoformat()


def deadline(status: Status, due_date: str | None) -> str | None:
    """The ISO day by which a hazard must be rectified; None where it has none or is past rectifying."""
    return due_date[:10] if due_date and status in RECTIFIABLE else None


def is_overdue(deadline: str | None, today: str) -> bool:
    """Whether a `deadline` has passed on the ISO day `today`: a hazard has until the end of its day."""
    return deadline is not None and deadline < today


def urgency(hazard: DueFacts, viewer: Viewer) -> Urgency | None:
    """The most urgent reason why a hazard waits for the person, but for a 巡查; None where it does not."""
    reasons = (one for one in Urgency if _applies(one, hazard, viewer))
    return next((one for one in reasons if viewer.may(one, hazard.town_code)), None)


def needs_patrol(hazard: DueFacts, plan: PatrolPlan, viewer: Viewer) -> bool:
    """Whether a hazard waits for a 巡查 by the person, whatever else it waits for."""
    due = plan.is_due(hazard.level, hazard.seen_on, viewer.today)
    return due and viewer.may(Urgency.PATROL, hazard.town_code)


def _applies(reason: Urgency, hazard: DueFacts, viewer: Viewer) -> bool:
    own, worked_on = hazard.author == viewer.person, viewer.person in hazard.rectifiers
    match reason:
        case Urgency.SENT_BACK:
            return hazard.sent_back and (own or worked_on)
        case Urgency.RELAPSE_DUE:
            return hazard.relapse_due
        case Urgency.OVERDUE:
            return is_overdue(hazard.deadline, viewer.today)
        case Urgency.DUE_SOON:
            return hazard.deadline is not None and viewer.today <= hazard.deadline <= viewer.soon
        case Urgency.TO_ACCEPT:
            return hazard.status is Status.PENDING_ACCEPTANCE and not worked_on
        case Urgency.TO_REGISTER:
            return hazard.status is Status.REPORTED
        case Urgency.UNIT:
            return hazard.unit == viewer.unit and hazard.status in RECTIFIABLE
        case Urgency.PATROL:
            return False
        case Urgency.OWN:
            return own and hazard.status in RECTIFIABLE
