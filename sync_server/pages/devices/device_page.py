"""One phone, for the administrator: what it has done, undoing what it wrote, and withdrawing that.

What would change is shown before anything is done.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi import Path as PathParameter
from sqlmodel import Session

from shared import problems
from shared.china_time import CHINA_TIME
from shared.operations import Kind, RecordType
from shared.plural import plural
from shared.problem_texts import sentence
from shared.problems import Problem
from shared.profiles.profile import Profile
from shared.profiles.registry import field_label
from shared.record_types import ATTACHMENT, RECORD_TYPES
from sync_server.access.policy import Access
from sync_server.commands import undo
from sync_server.commands.undo import Preview, Undone, UndoRequest
from sync_server.commands.undo_plan import Change, Presence
from sync_server.database import campaigns
from sync_server.database.timestamps import text_of
from sync_server.database.transactions import reading
from sync_server.deps import DeviceManager, EngineDep, campaign_of
from sync_server.pages.devices.devices_page import bursts_of, copied_said, waiting_there
from sync_server.pages.filter_dependency import minute
from sync_server.pages.rendering import page, words_for
from sync_server.pages.values import value_words
from sync_server.queries import device_work, hazards, people_lists, undoings
from sync_server.texts.words import Texts

router = APIRouter(prefix="/devices")
_MOST_NAMED, _MOST_CHANGES = 200, 100
DevicePath = Annotated[str, PathParameter(max_length=40)]
Since = Annotated[str, Query(max_length=30)]
Reason = Annotated[str, Form(max_length=1000)]
Sure = Annotated[str, Form(max_length=10)]


@router.get("/{device}")
def device_page(
    request: Request,
    access: DeviceManager,
    engine: EngineDep,
    device: DevicePath,
    since: Since = "",
    undoing: Annotated[str, Query(max_length=36)] = "",
) -> Response:
    """What one phone has done, and what would change if that since a moment in China's time were undone, or
    one undoing withdrawn."""
    return _device(request, access, engine, UndoRequest(device, since, undoing))


@router.post("/{device}/undo")
def undo_device(
    request: Request,
    access: DeviceManager,
    engine: EngineDep,
    device: DevicePath,
    since: Annotated[str, Form(max_length=30)] = "",
    reason: Reason = "",
    sure: Sure = "",
) -> Response:
    """Undo everything that it wrote since a moment, as operations on the log."""
    return _apply(request, access, engine, UndoRequest(device, since), reason, sure)


@router.post("/{device}/undoings/{undoing}/withdraw")
def withdraw(
    request: Request,
    access: DeviceManager,
    engine: EngineDep,
    device: DevicePath,
    undoing: Annotated[str, PathParameter(max_length=36)],
    reason: Reason = "",
    sure: Sure = "",
) -> Response:
    """Let what an undoing took away count again."""
    return _apply(request, access, engine, UndoRequest(device, undoing=undoing), reason, sure)


def _apply(
    request: Request, access: Access, engine: EngineDep, asked: UndoRequest, reason: str, sure: str
) -> Response:
    try:
        if not sure:
            raise problems.invalid(errors=[{"path": "sure", "reason": "not_confirmed"}])
        with reading(engine) as session:
            campaign = campaign_of(session, request).id
        done = undo.apply(engine, access, campaign, _in_database(asked), reason.strip())
    except Problem as problem:
        if problem.kind is problems.not_found:
            raise
        return _device(request, access, engine, asked, problem=problem)
    return _device(request, access, engine, replace(asked, undoing=""), done=done)


def _in_database(asked: UndoRequest) -> UndoRequest:
    """What was asked for, with its moment as the database keeps it. Raises Problem invalid."""
    return asked if asked.undoing else replace(asked, since=_moment(asked.since))


def _moment(since: str) -> str:
    """The moment of a form, in China's time, as the database keeps it. Raises Problem invalid."""
    try:
        moment = datetime.fromisoformat(since)
        if not 2000 <= moment.year <= 2100:
            raise ValueError(since)
    except ValueError:
        raise problems.invalid(errors=[{"path": "since", "reason": "no_moment"}]) from None
    return text_of(moment if moment.tzinfo else moment.replace(tzinfo=CHINA_TIME))


def _device(
    request: Request,
    access: Access,
    engine: EngineDep,
    asked: UndoRequest,
    *,
    problem: Problem | None = None,
    done: Undone | None = None,
) -> Response:
    words, device, valid = words_for(request), asked.device, asked.since
    if valid:
        try:
            _moment(valid)
        except Problem as found:
            problem, valid = problem or found, ""
    with reading(engine) as session:
        row = campaign_of(session, request)
        campaign, profile = row.id, campaigns.profile_of(row)
        work = device_work.of_device(session, access, campaign, device, _moment(valid) if valid else "")
        names = people_lists.people_names(session)
        touched = sorted((done.left | done.hazards) - {""})[:_MOST_NAMED] if done else []
        look = hazards.several(session, access, campaign, touched)
        preview = Preview([], False)
        if asked.undoing or (valid and not done):
            preview = undo.preview(session, access, campaign, _in_database(replace(asked, since=valid)))
        changes = _changes(session, access, campaign, profile, preview.changes[:_MOST_CHANGES], words)
        noted = undoings.all_noted(session, access, campaign).noted
    counts: list[dict[str, Any]] = [
        {
            "what": words.record_types.get(type, type),
            "kind": words.kinds.get(Kind(kind), kind),
            "count": count,
        }
        for type, kind, count in work.counts
    ]
    return page(
        request,
        "device.html",
        access,
        status=problem.kind.status if problem else 200,
        sentence=sentence(problem.code, problem.details, words.code) if problem else None,
        device=work.row,
        waiting=waiting_there(work.row, words),
        bursts=bursts_of(work.row, words),
        copied=copied_said(work.row, words),
        owner=names.get(work.row.person, ""),
        seen=minute(work.row.last_seen_at),
        first=minute(work.first),
        last=minute(work.last),
        counts=counts,
        quarantined=work.quarantined,
        since=valid,
        done=plural(words.undone, done.operations) if done else "",
        look=[{"id": row.id, "name": row.ledger_no or row.water_name or row.id} for row in look],
        changes=changes,
        more_changes=preview.more or len(preview.changes) > _MOST_CHANGES,
        chosen=asked.undoing,
        undoings=[
            {
                "id": one.id,
                "at": minute(one.at),
                "since": minute(one.since),
                "by": names.get(one.person, ""),
                "reason": one.reason,
                "withdrawn": minute(one.withdrawn) if one.withdrawn else "",
            }
            for one in noted
            if one.device == device
        ],
    )


def _changes(
    session: Session,
    access: Access,
    campaign: str,
    profile: Profile,
    changes: Sequence[Change],
    words: Texts,
) -> list[dict[str, Any]]:
    """Record by record what it is now and will be."""
    named = [change.record for change in changes if change.type == RecordType.HAZARD]
    rows = {row.id: row for row in hazards.several(session, access, campaign, named)}
    found = []
    for change in changes:
        row = rows.get(change.record)
        name = (row.ledger_no or row.water_name if row else None) or change.record[:8]
        found.append(
            {
                "type": words.record_types.get(change.type, change.type),
                "href": f"/hazards/{change.record}" if row else "",
                "name": name,
                "lines": list(_lines(change, profile, words)),
            }
        )
    return found


def _lines(change: Change, profile: Profile, words: Texts) -> Iterable[dict[str, str]]:
    now, then = change.presence
    if now is not then:
        photo = RECORD_TYPES[change.type].operations == ATTACHMENT
        said = {
            Presence.KEPT: words.keep_it,
            Presence.DISPUTED: words.conflicts,
            Presence.DELETED: words.kinds[Kind.DETACH] if photo else words.delete_it,
        }
        yield {"field": "", "now": said[now], "then": said[then]}
    model, say = profile.model(change.type), value_words(words)
    for name, (present, wanted) in change.registers.items():
        if present == wanted:
            continue
        texts = [
            " / ".join(say.written(model, name, value) or words.nothing_there for value in values)
            for values in (present, wanted)
        ]
        yield {"field": field_label(name, words.code) or name, "now": texts[0], "then": texts[1]}
