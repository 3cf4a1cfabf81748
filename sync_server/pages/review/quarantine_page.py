"""Operations in quarantine, for the administrator to repair, try again or discard."""

import contextlib
import json
from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from fastapi import Path as PathParameter
from sqlmodel import Session

from shared import problems
from shared.operations import Kind, RecordType
from shared.problem_texts import sentence
from shared.problems import Problem
from shared.profiles.profile import Profile
from shared.profiles.registry import field_label
from shared.record_types import RESTRICTED
from sync_server.access.policy import Access
from sync_server.commands import quarantine_review
from sync_server.database import campaigns
from sync_server.database.tables import QuarantineRow
from sync_server.database.transactions import in_transaction, reading
from sync_server.deps import EngineDep, QuarantineSettler, campaign_of
from sync_server.pages import saved
from sync_server.pages.filter_dependency import minute
from sync_server.pages.forms import Given, text_in
from sync_server.pages.rendering import page, words_for
from sync_server.pages.review import repair_form
from sync_server.pages.values import value_words
from sync_server.queries import people_lists, quarantine
from sync_server.queries.quarantine import SetAside
from sync_server.texts.words import Texts

router = APIRouter(prefix="/quarantine")
SHOWN, SETTLED = 50, 50
_LONGEST = 4000
_IDS = {"hazard", "event", "visit", "hazards", "at", "actor_role", "sha256", "original_sha256", "mime"}
_TYPES = [kind for kind in RecordType if kind not in RESTRICTED]
Way = Callable[[Session, str], None]
Number = Annotated[int, PathParameter(gt=-(2**53), lt=2**53)]


@router.get("")
def quarantine_page(
    request: Request,
    access: QuarantineSettler,
    engine: EngineDep,
    number: Annotated[int, Query(alias="page", ge=1, le=100_000)] = 1,
) -> Response:
    """The operations in quarantine, the latest first, page by page; and what was settled last."""
    words = words_for(request)
    with reading(engine) as session:
        register = campaign_of(session, request)
        campaign, profile = register.id, campaigns.profile_of(register)
        skip = (number - 1) * SHOWN
        waiting = quarantine.listed(session, access, campaign, SHOWN + 1, settled=False, skip=skip)
        settled = quarantine.listed(session, access, campaign, SETTLED, settled=True)
        names = people_lists.people_names(session)
    said = {"taken": words.was_taken, "repaired": words.was_repaired, "discarded": words.was_discarded}
    return page(
        request,
        "quarantine.html",
        access,
        said=said.get(saved.what(request), ""),
        items=[_line(kept, names, profile, words) for kept in waiting[:SHOWN]],
        previous=f"/quarantine?page={number - 1}" if number > 1 else "",
        next=f"/quarantine?page={number + 1}" if len(waiting) > SHOWN else "",
        settled=[_line(kept, names, profile, words) for kept in settled],
    )


@router.get("/{device}/{n}")
def item_page(
    request: Request, access: QuarantineSettler, engine: EngineDep, device: str, n: Number
) -> Response:
    """One of them, with the ways to settle it."""
    return _item(request, access, engine, device, n)


@router.post("/{device}/{n}/again")
def again(request: Request, access: QuarantineSettler, engine: EngineDep, device: str, n: Number) -> Response:
    """Try to accept it as received."""

    def work(session: Session, campaign: str) -> None:
        quarantine_review.try_again(session, access, campaign, device, n)

    return _settled(request, access, engine, (device, n), work, "taken")


@router.post("/{device}/{n}/discard")
def discard(
    request: Request, access: QuarantineSettler, engine: EngineDep, device: str, n: Number, form: Given
) -> Response:
    """Discard it, with a reason."""
    reason = text_in(form, "reason", 1000)

    def work(session: Session, campaign: str) -> None:
        quarantine_review.discard(session, access, campaign, device, n, reason)

    return _settled(request, access, engine, (device, n), work, "discarded")


@router.post("/{device}/{n}/repair")
def repair(
    request: Request, access: QuarantineSettler, engine: EngineDep, device: str, n: Number, form: Given
) -> Response:
    """Accept it with the changes of the form."""
    note = text_in(form, "note", 1000)
    with reading(engine) as session:
        register = campaign_of(session, request)
        campaign, profile = register.id, campaigns.profile_of(register)
        came = quarantine_review.content(quarantine.waiting(session, access, campaign, device, n))
    changed: dict[str, Any] = {}

    def work(session: Session, campaign: str) -> None:
        changed.update(repair_form.changed(came, form, profile, words_for(request)))
        repair_form.ask_about_position(came, changed, sure=bool(form.get("sure")))
        quarantine_review.repair(session, access, campaign, device, n, changed, note)

    return _settled(request, access, engine, (device, n), work, "repaired", changed)


def _settled(
    request: Request,
    access: Access,
    engine: EngineDep,
    key: tuple[str, int],
    way: Way,
    done: str,
    changed: dict[str, Any] | None = None,
) -> Response:
    """Settle it; a failure is shown on its page, unless it is settled already."""
    try:
        in_transaction(engine, lambda session: way(session, campaign_of(session, request).id))
    except Problem as problem:
        if problem.kind in (problems.quarantine_settled, problems.not_found):
            raise
        return _item(request, access, engine, *key, problem=problem, changed=changed)
    return saved.go_to("/quarantine", done)


def _item(
    request: Request,
    access: Access,
    engine: EngineDep,
    device: str,
    n: int,
    *,
    problem: Problem | None = None,
    changed: dict[str, Any] | None = None,
) -> Response:
    words = words_for(request)
    with reading(engine) as session:
        register = campaign_of(session, request)
        campaign, profile = register.id, campaigns.profile_of(register)
        quarantine.waiting(session, access, campaign, device, n)
        kept = quarantine.one(session, access, campaign, device, n)
    row = kept.row
    came = {**json.loads(row.raw), **(changed or {})} if row.raw else None
    lines, rest = repair_form.inputs(came, profile, words) if came else ([], {})
    return page(
        request,
        "quarantine_item.html",
        access,
        status=problem.kind.status if problem else 200,
        item=_line(kept, {}, profile, words),
        sentence=sentence(problem.code, problem.details, words.code) if problem else None,
        doubtful=problem is not None and problem.kind is problems.position_doubtful,
        problem_fields=_wrong(problem.details if problem else row.details),
        came=came and {name: str(came.get(name, "")) for name in quarantine_review.CHANGEABLE},
        lines=lines,
        rest=json.dumps(rest, ensure_ascii=False, indent=1) if rest else "",
        types=[(kind.value, words.record_types[kind]) for kind in _TYPES],
        kinds=[(kind.value, words.kinds[kind]) for kind in Kind],
    )


def _line(kept: SetAside, names: dict[str, str], profile: Profile, words: Texts) -> dict[str, Any]:
    row = kept.row
    ways = {"repaired": words.way_repaired, "discarded": words.way_discarded}
    return {
        "href": f"/quarantine/{row.device}/{row.n}",
        "at": minute(row.received_at),
        "device": kept.device or row.device,
        "person": kept.owner or "",
        "n": row.n,
        "code": row.code,
        "sentence": sentence(row.code, row.details, words.code),
        "said": _in_words(row, profile, words),
        "raw": _readable(row.raw),
        "settled": ways.get(row.settled or "", ""),
        "reason": row.reason,
        "settled_by": names.get(row.settled_by or "", ""),
        "settled_at": minute(row.settled_at),
    }


def _in_words(row: QuarantineRow, profile: Profile, words: Texts) -> str:
    """What it is about and what it writes, as far as this version knows the fields."""
    withheld = "home_visit" if row.code == problems.record_type_restricted.code else ""
    came = json.loads(row.raw) if row.raw else {"type": withheld}
    model = repair_form.model_of(came, profile)
    kind, act = str(came.get("type", ""))[:40], str(came.get("kind", ""))[:40]
    about = words.record_types.get(kind) or (kind and words.unknown_type.format(name=kind))
    act = next((words.kinds[one] for one in Kind if one.value == act), "") or (
        act and words.unknown_change.format(name=act)
    )
    facts = []
    for name, value in repair_form.fields_of(came).items():
        if model and name in model.model_fields and name not in _IDS:
            said = value_words(words).written(model, name, value)[:80]
            facts.append(said if name == "event_type" else f"{field_label(name, words.code)}: {said}")
    return " · ".join(filter(None, [about, act, *facts[:6]]))


def _wrong(details: dict[str, Any]) -> list[str]:
    """The fields at which a problem points."""
    errors = details.get("errors")
    listed = errors if isinstance(errors, list) else []
    return [str(error.get("path")).removeprefix("fields.").split(".")[0] for error in listed]


def _readable(raw: str) -> str:
    with contextlib.suppress(ValueError, RecursionError):
        raw = json.dumps(json.loads(raw), ensure_ascii=False, indent=1) if raw else ""
    return raw[:_LONGEST]
