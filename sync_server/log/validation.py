"""Validates incoming operations: first each by itself, then against the log."""

import hashlib
import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import orjson
from pydantic import ValidationError
from sqlmodel import Session

from shared import problems, record_types
from shared.operations import Operation
from shared.problems import Problem
from shared.profiles.profile import Profile
from shared.profiles.registry import DEFAULT
from shared.record_types import RECORD_TYPES
from shared.sync.wire import MAX_OPERATION
from sync_server.access.bursts import Burst
from sync_server.access.policy import Access
from sync_server.log import writer
from sync_server.log.canonical_json import canonical_json
from sync_server.log.checks import town_check
from sync_server.log.checks.lifecycle_check import LifecycleCheck
from sync_server.log.checks.merging_check import MergingCheck
from sync_server.log.checks.photo_check import PhotoCheck
from sync_server.log.checks.record_check import RecordCheck
from sync_server.log.checks.town_check import TownCheck
from sync_server.log.log_entry import LogEntry

_MOST = 2**53
ONE_OPERATION = 1024
"""Characters; a longer operation is taken off the allowance as several."""


@dataclass(frozen=True, slots=True)
class Sender:
    """Who pushes: the token's campaign, the device of all operations, and what its person may do.

    The device is the token's own, or one that it succeeds. `profile`: the campaign's programme. `settler`:
    the person who accepts a quarantined operation; what they may do to others' records is allowed.
    """

    campaign: str
    device: str
    access: Access
    profile: Profile = DEFAULT
    settler: Access | None = None

    @property
    def person(self) -> str:
        return self.access.person.id


def validate(raw: dict[str, Any], sender: Sender) -> LogEntry:
    """Validate an operation without the database."""
    n = raw.get("n")
    entry = LogEntry(raw, sent_number=n if type(n) is int and 0 < n < _MOST else None)
    try:
        entry.read = _read(raw)
        with suppress(ValueError):  # no field holds what has no JSON: `_check` says which
            entry.json = canonical_json(entry.read)
        entry.record = _check(entry.read, sender)
        if not entry.json:
            raise problems.invalid(errors=[{"path": "fields", "reason": "unwritable"}])
    except Problem as problem:
        # With its traceback the problem would keep the entry in a reference cycle until the next collection.
        problem.__traceback__ = problem.__context__ = None
        entry.problem = problem
    # Written out only where it may be too large: a character has at most 4 bytes.
    if (entry.problem or len(entry.json) * 4 > MAX_OPERATION) and _is_too_large(raw):
        entry.problem = problems.operation_too_large(limit=MAX_OPERATION)
    own = raw.get("device") == sender.device and raw.get("campaign") == sender.campaign
    entry.number = entry.sent_number if own and entry.sent_number else _key_of_foreign(raw)
    return entry


def validate_against_log(session: Session, sender: Sender, entries: Sequence[LogEntry]) -> None:
    """Refuse operations that contradict the log.

    A record of another type, a change of others' or settled records, an event that was written before, a step
    that the lifecycle does not allow, a deletion of what others were merged into, photos without end, a
    record or a move outside the sender's scope.
    """
    readable = [entry for entry in entries if not entry.problem]
    campaign = sender.campaign
    types = writer.types_of(session, campaign, list({entry.operation.record for entry in readable}))
    accesses = [sender.access, *([sender.settler] if sender.settler else [])]
    operations = [entry.operation for entry in readable]
    records = RecordCheck(session, campaign, accesses, operations, types, sender.profile.essential)
    steps = LifecycleCheck(session, campaign, accesses, readable)
    mergings = MergingCheck(session, campaign, operations, types)
    places = TownCheck(session, campaign, sender.access, operations)
    # Whoever settles quarantine may accept more: they have looked.
    photos = PhotoCheck(session, campaign, sender.person, [] if sender.settler else operations)
    for entry in readable:
        operation = entry.operation
        known = types.get(operation.record)
        if known not in (None, operation.type):
            entry.problem = problems.record_type_mismatch(type=operation.type, known=known)
        elif refusal := places.refusal(operation) or records.refusal(operation):
            entry.problem = refusal
        elif known and RECORD_TYPES[operation.type].written_once:
            entry.problem = problems.event_written()
        else:
            entry.problem = (
                steps.refusal(operation) or mergings.refusal(operation) or photos.refusal(operation)
            )
        if entry.problem is None:
            more = len(entry.json) // ONE_OPERATION
            entry.bursts = (*records.bursts(operation), *[Burst.OPERATIONS] * more)
            records.include(operation)
            types[operation.record] = operation.type
            steps.include(operation)
            mergings.include(operation)
            photos.include(operation)


def restricted(raw: dict[str, Any]) -> bool:
    """Whether it is about a type of record whose content is not kept."""
    kind = raw.get("type")
    return isinstance(kind, str) and kind in record_types.RESTRICTED


def without_content(raw: dict[str, Any]) -> bool:
    """Whether quarantine keeps only the fact that it came."""
    return restricted(raw) or _is_too_large(raw)


def _is_too_large(raw: dict[str, Any]) -> bool:
    try:
        return len(orjson.dumps(raw)) > MAX_OPERATION
    except TypeError:  # a lone surrogate
        return len(raw_json(raw)) > MAX_OPERATION


def raw_json(raw: dict[str, Any]) -> str:
    """One canonical text of what arrived, whatever it is, that `json.loads` can read.

    A lone surrogate is escaped, and a number beyond a double is written as Infinity.
    """
    with suppress(TypeError):  # a lone surrogate
        text = orjson.dumps(raw, option=orjson.OPT_SORT_KEYS).decode()
        if "null" not in text or orjson.loads(text) == raw:  # orjson makes null of an infinite number
            return text
    return json.dumps(raw, sort_keys=True, separators=(",", ":"))


def _read(raw: dict[str, Any]) -> Operation:
    if restricted(raw):
        raise problems.record_type_restricted(type=raw["type"])
    if type(raw.get("schema")) is int and raw["schema"] != 1:
        raise problems.schema_unknown(schema=raw["schema"])
    try:
        return Operation.model_validate(raw, by_alias=True, by_name=False)
    except ValidationError as error:
        raise record_types.problem_of(error) from None


def _check(operation: Operation, sender: Sender) -> Any:
    if operation.campaign != sender.campaign:
        raise problems.campaign_foreign()
    if operation.device != sender.device:
        raise problems.device_foreign()
    if operation.author != sender.person:
        raise problems.author_foreign()
    record = record_types.check_fields(operation, sender.profile.model(operation.type))
    town_check.check_role(operation, sender.access)
    return record


def _key_of_foreign(raw: dict[str, Any]) -> int:
    """A negative key for an operation without a valid one, the same whenever the same content comes."""
    return -int.from_bytes(hashlib.sha256(raw_json(raw).encode()).digest()[:6]) - 1
