"""存在冲突: every record with conflicts, and settling one field of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel
from sqlmodel import Session
from starlette.datastructures import FormData

from shared import merge, problems
from shared.forms.typed_position import position_doubt
from shared.operations import RecordType
from shared.permissions import Action
from shared.problem_texts import sentence
from shared.problems import Problem
from shared.profiles.profile import Profile
from shared.towns import town_name
from shared.vocabulary import EducationVisitType, Status
from sync_server.access.masking import mask_for
from sync_server.access.policy import Access
from sync_server.commands import decisions
from sync_server.database import campaigns
from sync_server.database.tables import HazardRow
from sync_server.database.timestamps import today
from sync_server.database.transactions import in_transaction, reading
from sync_server.deps import ConflictSettler, EngineDep, SignedIn, campaign_of
from sync_server.pages import saved
from sync_server.pages.field_inputs import checked, input_of, value_of
from sync_server.pages.filter_dependency import Asked
from sync_server.pages.forms import Given, number_in, text_in
from sync_server.pages.rendering import local_path, page, words_for
from sync_server.pages.review import conflict_view
from sync_server.pages.review.conflict_view import ConflictView, Row
from sync_server.queries import conflicts, hazards
from sync_server.queries.filters import NOWHERE, Filter
from sync_server.texts.languages import label
from sync_server.texts.words import Texts

router = APIRouter(prefix="/conflicts")
SIZE = 20
_VISITS = 50
_PARTS = ("value", "value.state", "value.count", "value.lat", "value.lon")
_SAID_AT_THE_INPUT = (
    *(problems.invalid, problems.unknown_field, problems.position_swapped),
    *(problems.year_impossible, problems.finding_impossible, problems.deadline_impossible),
)
_FIRST = ("base", "field", "chosen", "back")


@router.get("")
def conflicts_page(
    request: Request,
    access: SignedIn,
    engine: EngineDep,
    asked: Asked,
    after: str | None = None,
    before: str | None = None,
) -> Response:
    """One page of the records in conflict, by last change; visits come before the first hazards."""
    words, asked = words_for(request), Filter(town=asked.town, disputed=True)
    town = None if asked.town == NOWHERE else asked.town
    with reading(engine) as session:
        campaign = campaign_of(session, request).id
        found = hazards.page(
            session, access, campaign, asked, today(), after=after or None, before=before or None, size=SIZE
        )
        total = hazards.count(session, access, campaign, asked, today())
        visits = conflicts.visits(session, access, campaign, town, _VISITS) if asked.town != NOWHERE else []
        around = conflict_view.gather(session, access, campaign, [*visits, *found.rows])
    view = ConflictView(words, access, around)
    rows: Sequence[Row] = found.rows if found.before else [*visits, *found.rows]
    query = f"town={asked.town}" if asked.town else ""
    return page(
        request,
        "conflicts.html",
        access,
        asked=asked,
        total=total + len(visits),
        records=[_record(row, view, f"/conflicts?{query}".rstrip("?")) for row in rows],
        may_review=access.can(Action.SETTLE_CONFLICTS),
        masked=mask_for(access).on,
        said=said_of(saved.what(request), words),
        previous=f"/conflicts?{query}&before={found.before}" if found.before else None,
        next=f"/conflicts?{query}&after={found.after}" if found.after else None,
    )


@router.post("/{kind}/{record}")
def settle(
    request: Request, access: ConflictSettler, engine: EngineDep, kind: str, record: str, form: Given
) -> Response:
    """First show what will be written, then, once confirmed, write it.

    An invalid value shows its input again.
    """
    with reading(engine) as session:
        register = campaign_of(session, request)
        campaign, profile = register.id, campaigns.profile_of(register)
    asked = _asked(profile, kind, record, form)
    try:
        with reading(engine) as session:
            value = _value(session, access, campaign, asked, form)
        if not form.get("sure"):
            return _confirming(request, access, asked, form, value)

        def work(session: Session) -> None:
            campaigns.locked_end(session, campaign)  # what is chosen stays in dispute until it is written
            decisions.settle(
                session,
                access,
                campaign,
                (asked.kind, record),
                asked.register,
                _value(session, access, campaign, asked, form),
                base=asked.base,
            )

        in_transaction(engine, work)
    except Problem as problem:
        if asked.chosen is None and problem.kind in _SAID_AT_THE_INPUT:
            return _confirming(request, access, asked, form, None, problem)
        raise
    with reading(engine) as session:
        left = conflicts.disputes(conflicts.get(session, access, campaign, asked.kind, record))
    done = "settle_more" if asked.register in left else "settle_next" if left else "settle"
    return saved.go_to(asked.back, done)


def said_of(done: str, words: Texts) -> str:
    """The message about a settled conflict, "" for any other code."""
    said = {"settle": words.settled, "settle_more": words.settled_more, "settle_next": words.settled_next}
    return said.get(done, "")


@dataclass(frozen=True, slots=True)
class _Settling:
    """What a form wants: one field of a record as the page at `base` showed it, chosen or written."""

    kind: str
    record: str
    register: str
    model: type[BaseModel]
    base: int
    chosen: tuple[str, int] | None
    back: str


def _asked(profile: Profile, kind: str, record: str, form: FormData) -> _Settling:
    if kind not in (RecordType.HAZARD.value, RecordType.EDUCATION_VISIT.value):
        raise problems.not_found()
    what, register = RecordType(kind), text_in(form, "field", 60)
    device, _, n = text_in(form, "chosen", 40).partition(" ")
    chosen = (device, int(n)) if n.isascii() and n.isdecimal() else None
    model = profile.model(what)
    if register not in model.model_fields and (register != merge.DELETED or chosen is None):
        raise problems.invalid(errors=[{"path": "field", "reason": "unknown_value"}])
    back = local_path(text_in(form, "back", 400) or "/conflicts")
    return _Settling(what, record, register, model, number_in(form, "base"), chosen, back)


def _value(session: Session, access: Access, campaign: str, asked: _Settling, form: FormData) -> Any:
    row = conflicts.get(session, access, campaign, asked.kind, asked.record)
    if asked.chosen is not None:
        return decisions.chosen_value(
            session, access, campaign, merge.from_json(row.state), asked.register, asked.chosen
        )
    written = value_of(asked.model, asked.register, form)
    doubt = position_doubt(written) if asked.register == "position" else None
    if doubt and doubt.kind is problems.position_swapped:
        raise doubt
    value = checked(asked.model, asked.register, written)
    if refusal := decisions.settling_refusal(row, asked.register, value):
        raise refusal
    return value


def _confirming(
    request: Request,
    access: Access,
    asked: _Settling,
    form: FormData,
    value: Any,
    problem: Problem | None = None,
) -> Response:
    words = words_for(request)
    name = conflict_view.called(asked.register, words)
    said = conflict_view.in_words(asked.model, asked.register, value, words, mask_for(access))
    will = words.will_write.format(field=name, value=said) if said else words.will_empty.format(field=name)
    written = value_of(asked.model, asked.register, form) if problem else None
    if isinstance(written, dict) and problem and problem.kind is problems.position_swapped:
        written |= problem.details
    doubt = position_doubt(value) if asked.register == "position" else None
    return page(
        request,
        "settle.html",
        access,
        status=problem.kind.status if problem else 200,
        sentence=sentence(problem.code, problem.details, words.code) if problem else None,
        action=f"/conflicts/{asked.kind}/{asked.record}",
        field=name,
        will=will,
        doubt=sentence(doubt.code, doubt.details, words.code) if doubt else "",
        back=asked.back,
        input=input_of(asked.model, asked.register, written, words) if problem else None,
        hidden=[
            (part, said)
            for part, said in form.multi_items()
            if isinstance(said, str) and part in (_FIRST if problem else (*_FIRST, *_PARTS))
        ],
    )


def _record(row: Row, view: ConflictView, back: str) -> dict[str, Any]:
    words = view.words
    if isinstance(row, HazardRow):
        title, number = (
            row.water_name or view.around.profile.unnamed.of(words.code),
            row.ledger_no or words.no_number,
        )
        statuses = [Status(row.status), *map(Status, row.concurrent_statuses)]
        href = f"/hazards/{row.id}"
    else:
        shown = merge.shown(merge.from_json(row.state))
        kind = next((one for one in EducationVisitType if one.value == shown.get("visit_type")), None)
        title, number = (
            label(kind, words) if kind else words.record_types[RecordType.EDUCATION_VISIT],
            row.date or "",
        )
        statuses, href = [], f"/visits/{row.id}"
    return {
        "title": title,
        "number": number,
        "href": href,
        "town": town_name(row.town_code, words.code),
        "statuses": statuses,
        "block": view.block(row, back),
    }
