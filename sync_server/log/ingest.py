"""Taking in what a phone pushes: each operation is judged alone, and all that is good is stored at once."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import insert, select
from sqlmodel import Session

from shared import problems
from shared.operations import Stamp
from sync_server.database import campaigns
from sync_server.database.in_values import in_values
from sync_server.database.tables import CampaignRow, QuarantineRow
from sync_server.database.timestamps import text_of_ms
from sync_server.log import writer
from sync_server.log.validation import Judged, Sender, restricted, text_as_it_came, validate_against_log

_QUARANTINE = QuarantineRow.metadata.tables["quarantine"]


def ingest(
    session: Session, campaign: CampaignRow, sender: Sender, pushed: Sequence[Judged], received_ms: int
) -> list[dict[str, Any]]:
    """Store what is new, keep the impossible aside; one `wire.PushResult` each, as JSON without its nulls.

    Raises Problem operation_rewritten, with nothing stored, when a key comes with other content.
    """
    campaigns.locked_end(session, campaign.id)  # what is read below stays true until all is written
    ns = sorted({judged.n for judged in pushed})
    on_log = writer.kept(session, sender.campaign, sender.device, [n for n in ns if n > 0])
    aside = _aside(session, sender, ns)
    fresh: dict[int, Judged] = {}
    for judged in pushed:
        _refuse_rewriting(judged, on_log, aside, fresh)
        if judged.n not in on_log and judged.n not in aside:
            fresh.setdefault(judged.n, judged)
    validate_against_log(session, sender, list(fresh.values()))
    good = [(judged, judged.operation) for judged in fresh.values() if judged.operation and not judged.why]
    stamps = writer.append(
        session,
        campaign,
        [operation for _, operation in good],
        received_ms,
        [writer.Known(judged.wire, judged.record) for judged, _ in good],
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


def _refuse_rewriting(
    judged: Judged, on_log: dict[int, writer.Kept], aside: dict[int, dict[str, Any]], fresh: dict[int, Judged]
) -> None:
    known = on_log.get(judged.n)
    twin = fresh.get(judged.n)
    if known is not None:
        same = judged.wire == known.wire
    elif judged.n in aside:
        same = aside[judged.n]["raw"] in ("", text_as_it_came(judged.raw))
    elif twin is not None:
        same = text_as_it_came(twin.raw) == text_as_it_came(judged.raw)
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
            in_values(session, columns.n, ns),
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
                "raw": "" if restricted(judged.raw) else text_as_it_came(judged.raw),
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
