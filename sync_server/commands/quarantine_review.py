"""How an administrator settles a quarantined operation: accept it as received, repair it, or discard it."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from pydantic import ValidationError
from sqlmodel import Session

from shared import clock, problems
from shared.operations import GENESIS, SCHEMA, Kind, Operation, RecordType
from sync_server.access import audit, devices, policy
from sync_server.access.policy import Access
from sync_server.database import campaigns
from sync_server.database.tables import DeviceRow, QuarantineRow
from sync_server.database.timestamps import now_ms, now_text
from sync_server.log import validation, writer
from sync_server.log.log_entry import LogEntry
from sync_server.log.validation import Sender
from sync_server.queries import quarantine

CHANGEABLE = ("record", "type", "kind", "fields")
"""What a repair may change of an operation; the rest says who wrote it, when, and what they had seen."""


def content(row: QuarantineRow) -> dict[str, Any]:
    """The operation as received.

    Raises Problem record_type_restricted and operation_too_large: content that is not kept.
    """
    if not row.raw and row.code == problems.operation_too_large.code:
        raise problems.operation_too_large()
    if not row.raw:
        raise problems.record_type_restricted(type="home_visit")
    came: dict[str, Any] = json.loads(row.raw)
    return came


def try_again(session: Session, access: Access, campaign: str, device: str, n: int) -> None:
    """Accept the operation as received, under its own key, and take it out of quarantine.

    Raises Problem quarantine_settled, not_found, or why it still cannot be accepted.
    """
    row = _waiting(session, access, campaign, device, n)
    _accept_as_received(
        session, access, row, _validated(session, content(row), _sender(session, access, row))
    )


def repair(
    session: Session,
    access: Access,
    campaign: str,
    device: str,
    n: int,
    changed: Mapping[str, Any],
    note: str,
) -> None:
    """Take another operation in its place, its author's but of a device that is made for it.

    `changed`: what of CHANGEABLE is to be. `note` goes to the phone. What can be taken as it came is, where
    nothing was changed. Raises the Problems of `try_again`.
    """
    row = _waiting(session, access, campaign, device, n)
    came, sender = content(row), _sender(session, access, row)
    if all(came.get(name) == changed[name] for name in CHANGEABLE):
        as_it_came = _validated(session, came, sender)
        if as_it_came.problem is None:
            _accept_as_received(session, access, row, as_it_came)
            return
    device_of_repair = devices.of_repair(session, campaign, access.person.id)
    raw = {
        **_seen_by_author(came, row),
        **changed,
        "campaign": campaign,
        "device": device_of_repair,
        "n": 1,
        "author": sender.person,
        "schema": SCHEMA,
    }
    repairer = replace(sender, campaign=campaign, device=device_of_repair)
    _append(session, _validated(session, raw, repairer))
    _settle(session, access, row, "repaired", note)
    _note(session, "quarantine_repaired", access, row, reason=note, instead=[device_of_repair, raw["n"]])


def discard(session: Session, access: Access, campaign: str, device: str, n: int, reason: str) -> None:
    """Discard the operation. Raises Problem reason_missing, quarantine_settled, not_found."""
    if not reason:
        raise problems.reason_missing()
    row = _waiting(session, access, campaign, device, n)
    _settle(session, access, row, "discarded", reason)
    _note(session, "quarantine_discarded", access, row, reason=reason)


def _waiting(session: Session, access: Access, campaign: str, device: str, n: int) -> QuarantineRow:
    campaigns.locked_end(session, campaign)  # nobody else settles or pushes until this is done
    return quarantine.waiting(session, access, campaign, device, n)


def _sender(session: Session, access: Access, row: QuarantineRow) -> Sender:
    """Whose phone it came from, with what they may do now, and the rights of who settles it."""
    device = session.get_one(DeviceRow, (row.campaign, row.device))
    profile = campaigns.profile_of(campaigns.get(session, row.campaign))
    return Sender(row.campaign, row.device, policy.of_person(session, device.person), profile, access)


def _accept_as_received(session: Session, access: Access, row: QuarantineRow, entry: LogEntry) -> None:
    _append(session, entry)
    session.delete(row)
    _note(session, "quarantine_taken", access, row)


def _validated(session: Session, raw: dict[str, Any], sender: Sender) -> LogEntry:
    """The result of validating it now, as a push would."""
    entry = validation.validate(raw, sender)
    validation.validate_against_log(session, sender, [entry])
    return entry


def _append(session: Session, entry: LogEntry) -> None:
    if entry.problem:
        raise entry.problem
    writer.append(session, campaigns.get(session, entry.operation.campaign), [entry], now_ms())


def _seen_by_author(came: Mapping[str, Any], row: QuarantineRow) -> dict[str, Any]:
    """When it was made and what its author had seen, as received; if impossible, when it arrived."""
    received_ms = int(datetime.fromisoformat(row.received_at).timestamp() * 1000)
    said: dict[str, Any] = {
        "base": 0,
        "tip": GENESIS,
        "hlc": clock.stamp(received_ms),
        "made_at": row.received_at,
    }
    whole = {
        **said,
        "campaign": row.campaign,
        "device": row.device,
        "n": 1,
        "record": "0" * 8 + "-0000-0000-0000-" + "0" * 12,
        "type": RecordType.HAZARD,
        "kind": Kind.EDIT,
        "fields": {},
        "author": "0",
    }
    for name in said:
        try:
            Operation.model_validate({**whole, name: came.get(name)})
        except ValidationError:
            continue
        said[name] = came[name]
    said["hlc"] = clock.clamp(said["hlc"], received_ms)
    return said


def _settle(session: Session, access: Access, row: QuarantineRow, how: str, reason: str) -> None:
    """Mark it as "repaired" or "discarded"; its phone gets that result when it sends it again."""
    row.settled, row.reason = how, reason
    row.settled_by, row.settled_at = access.person.id, now_text()
    session.add(row)


def _note(session: Session, action: str, access: Access, row: QuarantineRow, **details: Any) -> None:
    audit.note(
        session,
        action,
        person=access.person.id,
        device=row.device,
        subject=str(row.n),
        code=row.code,
        **details,
    )
