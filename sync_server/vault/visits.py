"""The home visits that a person may open: listed with masked names, opened one at a time and for a reason.

Teachers open the visits that they hold while they are teachers of that school, the school's administrator all
of the school or of the classes that they are responsible for. Who sealed a visit holds it, until the pupil is
handed over to another class or school.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import ColumnElement, and_, false, or_, select
from sqlalchemy.orm import defer
from sqlmodel import Session

from shared import problems
from shared.home_visits.model import HomeVisit
from shared.permissions import Action
from shared.problems import Problem
from sync_server.access import audit
from sync_server.access.policy import Access
from sync_server.database.in_values import in_values
from sync_server.database.tables import HomeVisitRow
from sync_server.vault import keys as visit_keys
from sync_server.vault import sealing
from sync_server.vault.key_file import Keys

_VISIT = HomeVisitRow.metadata.tables["home_visit"].c
PAGE = 50
LONGEST_REASON = 200
WITHOUT_ENVELOPE = defer(HomeVisitRow.sealed)  # type: ignore[arg-type]
"""Leaves out what may be 64 KiB of each of very many visits; it is read where it is needed."""
_BATCH = 50


@dataclass(frozen=True, slots=True)
class MaskedVisit:
    """A home visit of a list; `masked`: the pupil's masked name. `why`: the code of why it does not open.

    `plans`: whether it plans a follow-up.
    """

    row: HomeVisitRow
    masked: str
    why: str
    plans: bool = False


def may_open(access: Access, row: HomeVisitRow) -> bool:
    """Whether the person may open a home visit."""
    if access.in_class(Action.SEE_EVERY_HOME_VISIT, row.held_school, row.held_class):
        return True
    own_schools = {scope.code for scope in access.schools(Action.SEE_HOME_VISITS)}
    return row.held_by == access.person.id and row.held_school in own_schools


def where(access: Access) -> ColumnElement[bool]:
    """The condition on the home visits that the person may open."""
    conditions: list[ColumnElement[bool]] = []
    for scope in access.schools(Action.SEE_EVERY_HOME_VISIT):
        of_school = _VISIT.held_school == scope.code
        in_classes = _VISIT.held_class.in_(sorted(scope.classes))
        conditions.append(and_(of_school, in_classes) if scope.classes else of_school)
    own = sorted({scope.code for scope in access.schools(Action.SEE_HOME_VISITS)})
    if own:
        conditions.append(and_(_VISIT.held_by == access.person.id, _VISIT.held_school.in_(own)))
    return or_(*conditions) if conditions else false()


def page(
    session: Session, access: Access, campaign: str, before: tuple[str, str] | None = None
) -> tuple[list[HomeVisitRow], tuple[str, str] | None]:
    """One page of the home visits that the person may open, the last sealed first, and where the next starts.

    `before`: (sealed_at, id) of the last one of the page before.
    """
    found = select(HomeVisitRow).where(_VISIT.campaign == campaign, where(access))
    if before:
        at, last = before
        found = found.where(or_(_VISIT.sealed_at < at, and_(_VISIT.sealed_at == at, _VISIT.id < last)))
    rows = list(
        session.execute(found.order_by(_VISIT.sealed_at.desc(), _VISIT.id.desc()).limit(PAGE + 1)).scalars()
    )
    more = len(rows) > PAGE
    rows = rows[:PAGE]
    return rows, (rows[-1].sealed_at, rows[-1].id) if more else None


def masked(rows: Iterable[HomeVisitRow], keys: Keys | Problem) -> list[MaskedVisit]:
    """The rows with the pupils' masked names; `keys`: or why there are none."""
    listed = []
    for row in rows:
        name, why, plans = "", "", False
        if row.sealed is not None:
            try:
                content = content_of(row, keys)
                name, plans = f"{content.student_name[:1]}*", bool(content.follow_up)
            except Problem as problem:
                why = problem.code
        listed.append(MaskedVisit(row, name, why, plans))
    return listed


def keys_or_problem(session: Session, campaign: str, path: Path) -> Keys | Problem:
    """The private keys, or why they cannot be used."""
    try:
        return visit_keys.usable(session, campaign, path)
    except Problem as problem:
        problem.__traceback__ = problem.__context__ = None
        return problem


def get(session: Session, access: Access, campaign: str, visit: str) -> HomeVisitRow | None:
    """A home visit that the person may open; None for any other."""
    row = session.get(HomeVisitRow, (campaign, visit))
    return row if row is not None and may_open(access, row) else None


def of_others(session: Session, campaign: str, visit: str) -> str | None:
    """The school that has a home visit which somebody may not open; None where there is no such visit."""
    row = session.get(HomeVisitRow, (campaign, visit))
    return row.held_school if row else None


def open_for(
    session: Session, access: Access, campaign: str, visit: str, path: Path, reason: str
) -> tuple[HomeVisitRow, HomeVisit] | Problem:
    """A home visit with its content, and a row in the audit log; so does a failure to open it.

    A Problem is returned, not raised, so that the refusal is committed: not_found, reason_missing, and as
    `sealing.opened`.
    """
    row = get(session, access, campaign, visit)
    if row is None:
        return problems.not_found()
    if not reason:
        return problems.reason_missing()
    try:
        content = content_of(row, keys_or_problem(session, campaign, path))
    except Problem as problem:
        _note(session, access, row, "home_visit_refused", reason, code=problem.code)
        return problem
    _note(session, access, row, "home_visit_opened", reason)
    return row, content


def _note(
    session: Session, access: Access, row: HomeVisitRow, action: str, reason: str, **details: str
) -> None:
    audit.note(
        session,
        action,
        person=access.person.id,
        subject=row.id,
        school=row.held_school,
        reason=reason,
        **details,
    )


def of_same_pupil(
    session: Session, access: Access, campaign: str, visit: str, path: Path
) -> list[HomeVisitRow]:
    """The home visits of the same pupil, by name or by the code that the school gave, in the school that has
    this one, as far as the person may open them; without their envelopes. Raises Problem as `content_of`;
    not_found."""
    asked = get(session, access, campaign, visit)
    if asked is None or asked.sealed is None:
        raise problems.not_found()
    keys = keys_or_problem(session, campaign, path)
    pupil, found = content_of(asked, keys), list[str]()
    for row in of_school(session, access, campaign, asked.held_school):
        try:
            one = content_of(row, keys)
        except Problem:
            continue
        by_code = pupil.student_ref is not None and one.student_ref == pupil.student_ref
        if by_code or one.student_name == pupil.student_name:
            found.append(row.id)
    same = select(HomeVisitRow).where(_VISIT.campaign == campaign, in_values(session, _VISIT.id, found))
    same = same.options(WITHOUT_ENVELOPE).order_by(_VISIT.sealed_at, _VISIT.id)
    return list(session.execute(same).scalars())


def of_school(session: Session, access: Access, campaign: str, school: str) -> Iterator[HomeVisitRow]:
    """The home visits of a school that the person may open and that have a content, some at a time."""
    found = select(HomeVisitRow).where(
        _VISIT.campaign == campaign, _VISIT.held_school == school, _VISIT.sealed.is_not(None), where(access)
    )
    found = found.order_by(_VISIT.sealed_at).execution_options(yield_per=_BATCH)
    yield from session.execute(found).scalars()


def content_of(row: HomeVisitRow, keys: Keys | Problem) -> HomeVisit:
    """What a home visit says. Raises Problem as `sealing.opened`, and the one that stands for the keys."""
    if row.sealed is None:
        raise problems.envelope_key_destroyed() if row.erased_why == "key_destroyed" else problems.not_found()
    if isinstance(keys, Problem):
        raise keys
    return sealing.opened(row.sealed, keys)
