"""The decisions that a reviewer can take on the web, and which of them are open now."""

from dataclasses import dataclass

from shared import lifecycle
from shared.hazards.history import HazardHistory
from shared.permissions import Action
from shared.vocabulary import EventType
from sync_server.access.policy import Access, Placed


@dataclass(frozen=True, slots=True)
class Choice:
    """One form: the steps it takes, its required fields, whether it needs a reason or a second question."""

    name: str
    steps: tuple[EventType, ...]
    fields: tuple[str, ...] = ()
    grave: bool = False

    @property
    def compares(self) -> bool:
        """Whether two hazards are looked at side by side before the person is sure."""
        return self.steps[0] is EventType.MERGE

    @property
    def reason(self) -> bool:
        return self.steps[0] in lifecycle.NEEDS_REASON


def _one(step: EventType, *fields: str, grave: bool = False) -> Choice:
    return Choice(step.value, (step,), fields, grave)


CHOICES: tuple[Choice, ...] = (
    Choice("accept_and_close", (EventType.ACCEPT, EventType.CLOSE), grave=True),
    _one(EventType.REJECT),
    _one(EventType.REGISTER),
    _one(EventType.ASSIGN, "assignee_unit", "due_date"),
    _one(EventType.TRANSFER, "assignee_unit", "due_date"),
    _one(EventType.EXTEND, "due_date"),
    _one(EventType.RETURN),
    _one(EventType.RECHECK, "result"),
    _one(EventType.RELAPSE, grave=True),
    _one(EventType.REOPEN, grave=True),
    _one(EventType.INVALIDATE, grave=True),
    _one(EventType.MERGE, "merged_into", grave=True),
    _one(EventType.NOTE),
)
_BY_NAME = {choice.name: choice for choice in CHOICES}


def choice_of(name: str) -> Choice | None:
    """The choice of that name, or None."""
    return _BY_NAME.get(name)


def choices(history: HazardHistory, access: Access, on: Placed, after_photos: int = 0) -> list[Choice]:
    """Those open to the person on that hazard, which may be accepted but not closed yet.

    `after_photos`: what `lifecycle.after_photos` counts; confirming one of several statuses needs none.
    """
    if not access.can(Action.DECIDE, on):
        return []
    found = []
    for choice in CHOICES:
        step = choice.steps[0]
        if len(choice.steps) > 1 and history.accepted:
            step = choice.steps[1]
        role = access.role_for(step, on)
        if not lifecycle.refusal(
            step, history, access.person.id, role, after_photos=after_photos, reason="-"
        ):
            found.append(choice)
    return found
