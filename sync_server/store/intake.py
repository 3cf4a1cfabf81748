"""Taking in what a phone pushes: each operation is judged alone, and all that is good is stored at once."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from pydantic import ValidationError
from sqlalchemy import insert, select
from sqlmodel import Session

from shared import problems, records
from shared.operations import Operation, RecordType, Stamp
from shared.problems import Problem
from shared.vocabulary import Role
from sync_server.store import campaigns, log, review
from sync_server.store.among import among
from sync_server.store.moments import text_of_ms
from sync_server.store.tables import CampaignRow, QuarantineRow
from sync_server.store.wire_text import text_of

_QUARANTINE = QuarantineRow.metadata.tables["quarantine"]
_MOST = 2**53


@dataclass(frozen=True, slots=True)
class Sender:
    """Who pushes: the campaign and person that a token stands for, and the device that all operations are of.

    That is the token's own, or one that it succeeds.
    """

    campaign: str
    device: str
    person: str
    role: Role


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


def judge(raw: dict[str, Any], sender: Sender) -> Judged:
    """What can be said of an operation without the database: it is possible, or why not."""
    n = raw.get("n")
    judged = Judged(raw, 0, n if type(n) is int and 0 < n < _MOST else None)
    try:
        judged.operation = _read(raw)
        judged.wire = text_of(judged.operation)
        judged.record = _check(judged.operation, sender)
    except Problem as why:
        judged.why = why
    own = raw.get("device") == sender.device and raw.get("campaign") == sender.campaign
    judged.n = judged.shown_n if own and judged.shown_n else _key_of_foreign(raw)
    return judged


def take(
    session: Session, campaign: CampaignRow, sender: Sender, pushed: Sequence[Judged], received_ms: int
) -> list[dict[str, Any]]:
    """Store what is new, keep the impossible aside; one `wire.PushResult` each, as JSON without its nulls.

    Raises Problem operation_rewritten, with nothing stored, when a key comes with other content.
    """
    campaigns.locked_end(session, campaign.id)  # what is read below stays true until all is written
    ns = sorted({judged.n for judged in pushed})
    on_log = log.kept(session, sender.campaign, sender.device, [n for n in ns if n > 0])
    aside = _aside(session, sender, ns)
    fresh: dict[int, Judged] = {}
    for judged in pushed:
        _refuse_rewriting(judged, on_log, aside, fresh)
        if judged.n not in on_log and judged.n not in aside:
            fresh.setdefault(judged.n, judged)
    _judge_by_log(session, campaign, list(fresh.values()))
    good = [(judged, judged.operation) for judged in fresh.values() if judged.operation and not judged.why]
    stamps = log.append(
        session,
        campaign,
        [operation for _, operation in good],
        received_ms,
        [log.Known(judged.wire, judged.record) for judged, _ in good],
    )
    given = {judged.n: stamp for (judged, _), stamp in zip(good, stamps, strict=True)}
    _keep_aside(session, sender, [judged for judged in fresh.values() if judged.why], received_ms)
    results: list[dict[str, Any]] = []
    for judged in pushed:
        stamp, status = given.get(judged.n), "stored"
        if judged.n in on_log and judged.operation:
            known = on_log[judged.n]
            hlc = known.hlc_eff or judged.operation.hlc
            stamp = Stamp(known.seq, hlc, known.ledger_no, known.base_eff)
            status = "duplicate"
        elif fresh.get(judged.n) is not judged and stamp:
            status = "duplicate"
        if stamp:
            results.append(_stored(judged.n, status, stamp))
        else:
            kept = aside.get(judged.n)
            verdict = _verdict(kept) if kept else {"status": "quarantined", "why": _why(fresh[judged.n])}
            results.append({"n": judged.shown_n, **verdict})
    return results


def _read(raw: dict[str, Any]) -> Operation:
    if _restricted(raw):
        raise problems.record_type_restricted(type=raw["type"])
    if type(raw.get("schema")) is int and raw["schema"] != 1:
        raise problems.schema_unknown(schema=raw["schema"])
    try:
        return Operation.model_validate(raw)
    except ValidationError as error:
        raise records.problem_of(error) from None


def _restricted(raw: dict[str, Any]) -> bool:
    kind = raw.get("type")
    return isinstance(kind, str) and kind in records.RESTRICTED


def _check(operation: Operation, sender: Sender) -> Any:
    if operation.campaign != sender.campaign:
        raise problems.campaign_foreign()
    if operation.device != sender.device:
        raise problems.device_foreign()
    if operation.author != sender.person:
        raise problems.author_foreign()
    record = records.check_fields(operation)
    review.check_role(operation, sender.role)
    return record


def _judge_by_log(session: Session, campaign: CampaignRow, fresh: Sequence[Judged]) -> None:
    """Set aside what the log speaks against.

    A record of another type, an event that was written before, self-acceptance.
    """
    readable = [(judged, judged.operation) for judged in fresh if judged.operation and not judged.why]
    types = log.types_of(session, campaign.id, list({operation.record for _, operation in readable}))
    acceptance = review.Acceptance(session, campaign.id)
    for judged, operation in readable:
        known = types.get(operation.record)
        if known not in (None, operation.type.value):
            judged.why = problems.record_type_mismatch(type=operation.type.value, known=known)
        elif operation.type is RecordType.HAZARD_EVENT:
            judged.why = problems.event_written() if known else acceptance.why_not(operation)
        if judged.why is None:
            types[operation.record] = operation.type.value


def _refuse_rewriting(
    judged: Judged, on_log: dict[int, log.Kept], aside: dict[int, dict[str, Any]], fresh: dict[int, Judged]
) -> None:
    known = on_log.get(judged.n)
    twin = fresh.get(judged.n)
    if known is not None:
        same = judged.wire == known.wire
    elif judged.n in aside:
        same = aside[judged.n]["raw"] in ("", _text(judged.raw))
    elif twin is not None:
        same = _text(twin.raw) == _text(judged.raw)
    else:
        return
    if not same:
        raise problems.operation_rewritten(n=judged.shown_n)


def _aside(session: Session, sender: Sender, ns: Sequence[int]) -> dict[int, dict[str, Any]]:
    columns = _QUARANTINE.c
    rows = session.execute(
        select(columns.n, columns.raw, columns.code, columns.details, columns.settled, columns.reason).where(
            columns.campaign == sender.campaign,
            columns.device == sender.device,
            among(session, columns.n, ns),
        )
    )
    return {row.n: dict(row._mapping) for row in rows}


def _keep_aside(session: Session, sender: Sender, refused: Sequence[Judged], received_ms: int) -> None:
    if not refused:
        return
    received_at = text_of_ms(received_ms)
    session.connection().execute(
        insert(_QUARANTINE),
        [
            {
                "campaign": sender.campaign,
                "device": sender.device,
                "n": judged.n,
                "raw": "" if _restricted(judged.raw) else _text(judged.raw),
                **_why(judged),
                "received_at": received_at,
            }
            for judged in refused
        ],
    )


def _verdict(kept: dict[str, Any]) -> dict[str, Any]:
    """What is said of an operation in quarantine: still why, or how the office settled it."""
    match kept["settled"]:
        case "discarded":
            said = problems.discarded(reason=kept["reason"])
        case "repaired":
            said = problems.repaired(reason=kept["reason"])
        case _:
            return {"status": "quarantined", "why": {"code": kept["code"], "details": kept["details"]}}
    return {"status": kept["settled"], "why": said.as_json()}


def _stored(n: int, status: str, stamp: Stamp) -> dict[str, Any]:
    result = {"n": n, "status": status, "seq": stamp.seq, "hlc": stamp.hlc}
    if stamp.ledger_no:
        result["ledger_no"] = stamp.ledger_no
    if stamp.base is not None:
        result["base_eff"] = stamp.base
    return result


def _why(judged: Judged) -> dict[str, Any]:
    if judged.why is None:
        raise ValueError(judged.n)
    return judged.why.as_json()


def _text(raw: dict[str, Any]) -> str:
    return orjson.dumps(raw, option=orjson.OPT_SORT_KEYS).decode()


def _key_of_foreign(raw: dict[str, Any]) -> int:
    """A key for what has none of its own: negative, and the same whenever the same comes again."""
    return -int.from_bytes(hashlib.sha256(_text(raw).encode()).digest()[:6]) - 1
