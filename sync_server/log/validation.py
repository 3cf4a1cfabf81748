"""Whether an operation that arrives can be taken: what it says itself, then what the log says to it."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from pydantic import ValidationError
from sqlmodel import Session

from shared import problems
from shared.operations import Operation, RecordType
from shared.problems import Problem
from shared.profiles.profile import Profile
from shared.profiles.registry import DEFAULT
from shared.records import models
from sync_server.access.policy import Access
from sync_server.log import review, writer
from sync_server.log.canonical_json import canonical_json
from sync_server.log.town_check import TownCheck

_MOST = 2**53


@dataclass(frozen=True, slots=True)
class Sender:
    """Who pushes: the campaign of a token, the device that all operations are of, and what its person may do.

    The device is the token's own, or one that it succeeds. `profile`: the campaign's programme.
    """

    campaign: str
    device: str
    access: Access
    profile: Profile = DEFAULT

    @property
    def person(self) -> str:
        return self.access.person.id


@dataclass(slots=True)
class Judged:
    """One operation of a push. `n` is its key on the device; negative where what came has none of ours."""

    raw: dict[str, Any]
    n: int
    shown_n: int | None
    operation: Operation | None = None
    wire: str = ""
    record: Any = None
    why: Problem | None = None


def validate(raw: dict[str, Any], sender: Sender) -> Judged:
    """What can be said of an operation without the database: it is possible, or why not."""
    n = raw.get("n")
    judged = Judged(raw, 0, n if type(n) is int and 0 < n < _MOST else None)
    try:
        judged.operation = _read(raw)
        judged.wire = canonical_json(judged.operation)
        judged.record = _check(judged.operation, sender)
    except Problem as why:
        judged.why = why
    own = raw.get("device") == sender.device and raw.get("campaign") == sender.campaign
    judged.n = judged.shown_n if own and judged.shown_n else _key_of_foreign(raw)
    return judged


def validate_against_log(session: Session, sender: Sender, fresh: Sequence[Judged]) -> None:
    """Refuse what the log speaks against.

    A record of another type, an event that was written before, self-acceptance, a record or a move out of the
    sender's scope.
    """
    readable = [(judged, judged.operation) for judged in fresh if judged.operation and not judged.why]
    campaign = sender.campaign
    types = writer.types_of(session, campaign, list({operation.record for _, operation in readable}))
    acceptance = review.Acceptance(session, campaign)
    places = TownCheck(session, campaign, sender.access, [operation for _, operation in readable])
    for judged, operation in readable:
        known = types.get(operation.record)
        if known not in (None, operation.type.value):
            judged.why = problems.record_type_mismatch(type=operation.type.value, known=known)
        elif refusal := places.refusal(operation):
            judged.why = refusal
        elif operation.type is RecordType.HAZARD_EVENT:
            judged.why = problems.event_written() if known else acceptance.why_not(operation)
        if judged.why is None:
            types[operation.record] = operation.type.value


def restricted(raw: dict[str, Any]) -> bool:
    """Whether it is about a record whose content is not kept."""
    kind = raw.get("type")
    return isinstance(kind, str) and kind in models.RESTRICTED


def text_as_it_came(raw: dict[str, Any]) -> str:
    """The one text of what arrived, whatever it is."""
    return orjson.dumps(raw, option=orjson.OPT_SORT_KEYS).decode()


def _read(raw: dict[str, Any]) -> Operation:
    if restricted(raw):
        raise problems.record_type_restricted(type=raw["type"])
    if type(raw.get("schema")) is int and raw["schema"] != 1:
        raise problems.schema_unknown(schema=raw["schema"])
    try:
        return Operation.model_validate(raw)
    except ValidationError as error:
        raise models.problem_of(error) from None


def _check(operation: Operation, sender: Sender) -> Any:
    if operation.campaign != sender.campaign:
        raise problems.campaign_foreign()
    if operation.device != sender.device:
        raise problems.device_foreign()
    if operation.author != sender.person:
        raise problems.author_foreign()
    record = models.check_fields(operation, sender.profile.model(operation.type))
    review.check_role(operation, sender.access)
    return record


def _key_of_foreign(raw: dict[str, Any]) -> int:
    """A key for what has none of its own: negative, and the same whenever the same comes again."""
    return -int.from_bytes(hashlib.sha256(text_as_it_came(raw).encode()).digest()[:6]) - 1
