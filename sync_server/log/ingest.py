"""Stores what a phone pushes: each operation is validated alone, and the valid ones are stored together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from sqlalchemy import func, insert, select
from sqlmodel import Session

from shared import problems
from shared.operations import Stamp
from sync_server.access.bursts import Burst, Remaining
from sync_server.database import campaigns
from sync_server.database.in_values import in_values
from sync_server.database.tables import CampaignRow, DeviceRow, QuarantineRow
from sync_server.database.timestamps import text_of_ms
from sync_server.log import writer
from sync_server.log.log_entry import LogEntry
from sync_server.log.validation import Sender, raw_json, validate_against_log, without_content

_QUARANTINE = QuarantineRow.metadata.tables["quarantine"]
_DEVICE = DeviceRow.metadata.tables["device"].c
MOST_OPERATIONS, MOST_CHARACTERS = 1000, 4 * 2**20
"""How much of one person's phones may wait in quarantine."""
_FULL_FOR_S = 600


@dataclass(slots=True)
class HeldBack:
    """What a person's allowances left on the phone: how many operations, and which of them was used up."""

    burst: Burst | None = None
    operations: int = 0


def ingest(
    session: Session,
    campaign: CampaignRow,
    sender: Sender,
    entries: Sequence[LogEntry],
    received_ms: int,
    remaining: Mapping[Burst, Remaining] | None = None,
    held_back: HeldBack | None = None,
) -> tuple[list[dict[str, Any]], campaigns.End]:
    """Store new operations and quarantine invalid ones.

    Returns a `wire.PushResult` for each, as JSON without nulls, and where the log ends afterwards.

    Operations beyond what is `remaining`, all after them, and those for which the person's part of quarantine
    is full get no result, so they stay on the phone. Raises, with nothing stored, Problem too_many_changes or
    quarantine_full if there would be no result at all, and operation_rewritten when a key comes with other
    content. `held_back` is filled in, also before it raises.
    """
    end = campaigns.locked_end(session, campaign.id)  # what is read below stays true until all is written
    numbers = sorted({entry.number for entry in entries})
    stored = writer.stored(session, sender.campaign, sender.device, [n for n in numbers if n > 0])
    quarantined = _quarantined(session, sender, numbers)
    fresh: dict[int, LogEntry] = {}
    for entry in entries:
        _refuse_rewriting(sender.device, entry, stored, quarantined, fresh)
        if entry.number not in stored and entry.number not in quarantined:
            fresh.setdefault(entry.number, entry)
    validate_against_log(session, sender, list(fresh.values()))
    entries = _within(entries, fresh, remaining or {}, held_back or HeldBack())
    fresh = {entry.number: entry for entry in entries if fresh.get(entry.number) is entry}
    valid = [entry for entry in fresh.values() if not entry.problem]
    end = writer.append(session, campaign, valid, received_ms, end)
    refused = [entry for entry in fresh.values() if entry.problem]
    for entry in _quarantine(session, sender, refused, received_ms):
        del fresh[entry.number]
    known = fresh.keys() | stored.keys() | quarantined.keys()
    if entries and not known.intersection(numbers):
        raise problems.quarantine_full(retry_after_s=_FULL_FOR_S)
    results = [_result(entry, stored, quarantined, fresh) for entry in entries if entry.number in known]
    return results, end


def _within(
    entries: Sequence[LogEntry],
    fresh: Mapping[int, LogEntry],
    remaining: Mapping[Burst, Remaining],
    held_back: HeldBack,
) -> Sequence[LogEntry]:
    held_back.burst, held_back.operations = None, 0
    left = {burst: found.left for burst, found in remaining.items()}
    for place, entry in enumerate(entries):
        if fresh.get(entry.number) is not entry:
            continue
        for burst in entry.bursts:
            if left.get(burst, 1) < 1:
                held_back.burst, held_back.operations = burst, len(entries) - place
                if place == 0:
                    raise problems.too_many_changes(what=burst.value, retry_after_s=remaining[burst].wait_s)
                return entries[:place]
            left[burst] = left.get(burst, 1) - (burst in remaining)
    return entries


def _result(
    entry: LogEntry,
    stored: dict[int, writer.StoredOperation],
    quarantined: dict[int, dict[str, Any]],
    fresh: dict[int, LogEntry],
) -> dict[str, Any]:
    if entry.number in quarantined:
        return {"n": entry.sent_number, **_verdict(quarantined[entry.number])}
    if known := stored.get(entry.number):
        hlc = known.hlc_eff or entry.operation.hlc
        return _stored(entry, "duplicate", Stamp(known.seq, hlc, known.ledger_no, known.base_eff))
    first = fresh[entry.number]
    if first.problem:
        return {"n": entry.sent_number, "status": "quarantined", "why": first.problem.as_json()}
    return _stored(entry, "stored" if first is entry else "duplicate", first.stamp)


def _refuse_rewriting(
    device: str,
    entry: LogEntry,
    stored: dict[int, writer.StoredOperation],
    quarantined: dict[int, dict[str, Any]],
    fresh: dict[int, LogEntry],
) -> None:
    known = stored.get(entry.number)
    twin = fresh.get(entry.number)
    if known is not None:
        same = entry.json == known.wire
    elif entry.number in quarantined:
        same = quarantined[entry.number]["raw"] in ("", raw_json(entry.raw))
    elif twin is not None:
        same = raw_json(twin.raw) == raw_json(entry.raw)
    else:
        return
    if not same:
        raise problems.operation_rewritten(device=device, n=entry.sent_number)


def _quarantined(session: Session, sender: Sender, numbers: Sequence[int]) -> dict[int, dict[str, Any]]:
    columns = _QUARANTINE.c
    rows = session.execute(
        select(columns.n, columns.raw, columns.code, columns.details, columns.settled, columns.reason).where(
            columns.campaign == sender.campaign,
            columns.device == sender.device,
            in_values(session, columns.n, numbers),
        )
    )
    return {row.n: dict(row._mapping) for row in rows}


def _quarantine(
    session: Session, sender: Sender, refused: Sequence[LogEntry], received_ms: int
) -> list[LogEntry]:
    """Store the refused operations; returns those for which there is no room."""
    rows = [
        {
            "campaign": sender.campaign,
            "device": sender.device,
            "n": entry.number,
            "raw": "" if without_content(entry.raw) else raw_json(entry.raw),
            **entry.problem.as_json(),
            "received_at": text_of_ms(received_ms),
        }
        for entry in refused
        if entry.problem
    ]
    if not rows:
        return []
    fitting = _fitting(session, sender, [len(row["raw"]) for row in rows])
    if fitting:
        session.connection().execute(insert(_QUARANTINE), rows[:fitting])
    return list(refused[fitting:])


def _fitting(session: Session, sender: Sender, lengths: Sequence[int]) -> int:
    """How many operations of these lengths the person's part of quarantine still has room for."""
    columns = _QUARANTINE.c
    phones = select(_DEVICE.id).where(_DEVICE.campaign == sender.campaign, _DEVICE.person == sender.person)
    count, held = session.execute(
        select(func.count(), func.coalesce(func.sum(func.length(columns.raw)), 0)).where(
            columns.campaign == sender.campaign,
            columns.device.in_(phones),
            columns.settled.is_(None),
        )
    ).one()
    totals = accumulate(lengths, initial=held)
    next(totals)
    return sum(
        number < MOST_OPERATIONS - count and total <= MOST_CHARACTERS for number, total in enumerate(totals)
    )


def _verdict(row: dict[str, Any]) -> dict[str, Any]:
    """The result for a quarantined operation: why it waits, or how the office settled it."""
    match row["settled"]:
        case "discarded":
            problem = problems.discarded(reason=row["reason"])
        case "repaired":
            problem = problems.repaired(reason=row["reason"])
        case _:
            return {"status": "quarantined", "why": {"code": row["code"], "details": row["details"]}}
    return {"status": row["settled"], "why": problem.as_json()}


def _stored(entry: LogEntry, status: str, stamp: Stamp) -> dict[str, Any]:
    result = {"n": entry.number, "status": status, "seq": stamp.seq, "hlc": stamp.hlc}
    if stamp.ledger_no:
        result["ledger_no"] = stamp.ledger_no
    if stamp.base is not None:
        result["base_eff"] = stamp.base
    return result
