"""一处一档: the page of one hazard, and what a reviewer decides there."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request, Response
from sqlmodel import Session

from shared import lifecycle, problems
from shared.hazards.sign_code import code_of, in_groups
from shared.operations import RecordId
from shared.permissions import Action
from shared.plural import plural
from shared.problem_texts import sentence
from shared.problems import Problem
from shared.vocabulary import EventType, PatrolResult, RiskLevel, Status
from sync_server.access.masking import mask_for
from sync_server.access.policy import Access
from sync_server.commands import decisions
from sync_server.database.timestamps import today
from sync_server.database.transactions import in_transaction, reading
from sync_server.deps import Decider, EngineDep, SettingsDep, SignedIn, campaign_of
from sync_server.maps import figure
from sync_server.pages import saved
from sync_server.pages.hazards import hazard_sources, merge_page
from sync_server.pages.hazards.choices import Choice, choice_of, choices
from sync_server.pages.hazards.hazard_sources import Sources
from sync_server.pages.hazards.hazard_view import View
from sync_server.pages.hazards.near_copies import NearCopies, NearCopiesDep
from sync_server.pages.map.map_page import datum_of, map_words, placed_figure
from sync_server.pages.rendering import page, words_for
from sync_server.pages.review.conflict_view import ConflictView
from sync_server.pages.review.conflicts_page import said_of
from sync_server.settings import Settings
from sync_server.texts.languages import label
from sync_server.texts.signs import sign_texts
from sync_server.texts.words import Texts

router = APIRouter(prefix="/hazards")
Text = Annotated[str, Form(max_length=4000)]
Base = Annotated[int, Form(ge=0, lt=2**53)]


TAKEN_BACK_FROM = frozenset(lifecycle.STATUS_AFTER[step] for step in lifecycle.TAKEN_BACK)


@dataclass(frozen=True, slots=True)
class Refused:
    """A decision that was refused: why, which, what was typed, and the seq that the page had shown."""

    problem: Problem
    step: str
    given: dict[str, str]
    base: int

    def has(self, kind: problems.Kind) -> bool:
        return self.problem.kind is kind


@router.get("/{hazard}")
def hazard_page(
    request: Request,
    access: SignedIn,
    engine: EngineDep,
    settings: SettingsDep,
    near_copies: NearCopiesDep,
    hazard: str,
    open: str = "",
    skipped: Annotated[int, Query(ge=0, lt=10**6)] = 0,
) -> Response:
    """Everything about one hazard; `open`: the step whose form is to be shown; `skipped`: of its history."""
    with reading(engine) as session:
        sources, numbers = hazard_sources.gather(session, request, access, hazard)
    return _shown(request, access, settings, sources, numbers, near_copies, opened=open, skipped=skipped)


@router.post("/{hazard}/decisions")
def decide(
    request: Request,
    access: Decider,
    engine: EngineDep,
    settings: SettingsDep,
    near_copies: NearCopiesDep,
    hazard: str,
    step: Annotated[str, Form(max_length=40)],
    base: Base,
    event: Annotated[RecordId, Form()],
    comment: Text = "",
    assignee_unit: Text = "",
    due_date: Text = "",
    result: Text = "",
    merged_into: Text = "",
    sure: Text = "",
) -> Response:
    """Take a step; a form sent twice takes it once. A refusal is shown on the page."""
    choice = choice_of(step)
    given = {
        "comment": comment.strip(),
        "assignee_unit": assignee_unit.strip(),
        "due_date": due_date,
        "result": result,
        "merged_into": merged_into.strip(),
    }
    try:
        if choice is None or (choice.grave and not sure and not choice.compares):
            raise problems.invalid(errors=[{"path": "step", "reason": "not_confirmed"}])
        missing = [name for name in choice.fields if not given[name]]
        if missing:
            raise problems.invalid(errors=[{"path": name, "reason": "missing"} for name in missing])
        taken = choice
        if taken.compares and not sure:
            return merge_page.comparison(request, access, engine, hazard, given, base=base, event=event)

        def work(session: Session) -> None:
            campaign = campaign_of(session, request).id
            fields: dict[str, Any] = {
                name: text for name, text in given.items() if text and name in ("comment", *taken.fields)
            }
            if "merged_into" in fields:
                number = fields["merged_into"]
                fields["merged_into"] = merge_page.hazard_numbered(session, access, campaign, number)
            decisions.take_steps(
                session,
                access,
                campaign,
                hazard,
                taken.steps,
                fields,
                base=base,
                event=event,
                sure=bool(sure),
            )

        in_transaction(engine, work)
    except Problem as problem:
        if problem.kind is problems.hazard_unknown and "number" not in problem.details:
            raise
        with reading(engine) as session:
            sources, numbers = hazard_sources.gather(session, request, access, hazard)
        refused = Refused(problem, step, given, base)
        return _shown(request, access, settings, sources, numbers, near_copies, refused=refused, opened=step)
    found_problem = given["result"] == PatrolResult.PROBLEM.value
    return saved.go_to(f"/hazards/{hazard}{'?open=relapse#decide' if found_problem else ''}", choice.name)


def _shown(
    request: Request,
    access: Access,
    settings: Settings,
    sources: Sources,
    numbers: dict[str, str],
    near_copies: Callable[[Sources], NearCopies],
    *,
    refused: Refused | None = None,
    opened: str = "",
    skipped: int = 0,
) -> Response:
    row, problem = sources.row, refused.problem if refused else None
    words, mask = words_for(request), mask_for(access, row)
    open_choices = choices(sources.history, access, row, len(sources.finished))
    accepting = any(EventType.ACCEPT in choice.steps for choice in open_choices)
    view = View(words, mask, sources, numbers, skipped, near_copies(sources) if accepting else {})
    file = view.file()
    placed = row.lat is not None and row.lon is not None
    if row.lat is not None and row.lon is not None:
        lat, lon = figure.display((row.lat, row.lon), datum_of(settings))
        file["spot"] = {"lat": lat, "lon": lon, "status": row.status, "name": file["name"], "conflicts": 0}
    return page(
        request,
        "hazard.html",
        access,
        status=problem.kind.status if problem else 200,
        file=file,
        block=ConflictView(words, access, sources.around).block(row, f"/hazards/{row.id}"),
        masked=mask.on,
        figure=placed_figure(settings, words) if placed else None,
        words=map_words(words, sources.profile),
        said=_said(saved.what(request), words),
        changed=view.since(refused.base) if refused and refused.has(problems.hazard_changed) else [],
        sentence=sentence(problem.code, problem.details, words.code) if problem else None,
        may_review=access.can(Action.DECIDE, row) and not row.deleted,
        barred=_barred(sources, access, words),
        choices=[_form(choice, view, words, opened, refused) for choice in open_choices],
        patrol_results=list(PatrolResult),
        signs=sign_texts(words.code),
        sign_code=in_groups(code_of(row.id)) if sources.profile.sign and not row.deleted else "",
        patrol_lines=_patrol_lines(sources, words),
        units=sources.units,
    )


def _patrol_lines(sources: Sources, words: Texts) -> list[str]:
    """When the hazard is to be patrolled next, and which 巡查 count."""
    texts, row, plan = sign_texts(words.code), sources.row, sources.profile.patrol_plan
    lines = []
    if plan and sources.patrols.seen_on and not row.deleted:
        level = RiskLevel(row.risk_level) if row.risk_level else None
        day = plan.due_on(level, sources.patrols.seen_on, today())
        season = plan.season(today()).name.of(words.code)
        lines.append(plural(texts.next, plan.days(level, today()), season=season, day=day))
    if sources.patrols.validity:
        lines.append(texts.rule.format(metres=f"{sources.profile.patrol_m:g}"))
    return lines


def _form(choice: Choice, view: View, words: Texts, opened: str, refused: Refused | None) -> dict[str, Any]:
    """What a form shows; one that was refused keeps what was typed into it."""
    kept = refused if refused and refused.step == choice.name else None
    accepting = EventType.ACCEPT in choice.steps
    history = view.sources.history
    takes_back = choice.steps[0] is EventType.REGISTER and history.status in TAKEN_BACK_FROM
    taken_back = words.take_back.format(status=label(history.status, words))
    return {
        "step": choice.name,
        "label": taken_back if takes_back else _choice_label(choice, words),
        "given": kept.given if kept else dict.fromkeys(_GIVEN, ""),
        "doubtful": bool(kept and kept.has(problems.deadline_doubtful)),
        "evidence": view.evidence() if accepting else None,
        "event": str(uuid.uuid4()),
        "fields": choice.fields,
        "reason": choice.reason or (accepting and view.needs_reason()),
        "grave": choice.grave,
        "compares": choice.compares,
        "open": choice.name == opened or (choice.steps[0] is EventType.RELAPSE and history.relapse_due),
        "note": _note(choice, words),
    }


def _choice_label(choice: Choice, words: Texts) -> str:
    return words.accept_and_close if len(choice.steps) > 1 else label(choice.steps[0], words)


def _note(choice: Choice, words: Texts) -> str:
    notes = {
        EventType.ACCEPT: words.accept_note,
        EventType.REOPEN: words.reopen_note,
        EventType.MERGE: words.merge_note,
    }
    return notes.get(choice.steps[0], "")


def _barred(sources: Sources, access: Access, words: Texts) -> str:
    """Why this reviewer cannot accept what waits for acceptance, "" where they can."""
    role = access.role_for(EventType.ACCEPT, sources.row)
    waits = Status.PENDING_ACCEPTANCE in (sources.history.status, *sources.history.concurrent_statuses)
    photos = len(sources.finished)
    refusal = lifecycle.refusal(
        EventType.ACCEPT, sources.history, access.person.id, role, after_photos=photos
    )
    if refusal is None or refusal.kind not in _BARRING or not waits:
        return ""
    return sentence(refusal.code, refusal.details, words.code)


_GIVEN = ("comment", "assignee_unit", "due_date", "result", "merged_into")
_BARRING = (problems.acceptor_is_rectifier, problems.rectification_missing, problems.after_photo_missing)


def _said(done: str, words: Texts) -> str:
    choice = choice_of(done)
    return words.step_done.format(step=_choice_label(choice, words)) if choice else said_of(done, words)
