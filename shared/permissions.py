"""Who may do what, and where: the one table of roles and actions, for phones, pages, exports and the log.

A grant is a role within a scope. A record without a town concerns everybody whose role may do the action.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from shared.operations import Kind, RecordType
from shared.vocabulary import EventType, Role


class Action(StrEnum):
    """Something that a person may be allowed to do."""

    SEE_HAZARDS = "see_hazards"  # and education visits
    SEE_CONTACTS = "see_contacts"  # names and telephone numbers of persons, unmasked
    EDIT_RECORDS = "edit_records"
    DELETE_RECORDS = "delete_records"
    RESTORE_RECORDS = "restore_records"
    ATTACH_PHOTOS = "attach_photos"
    CHANGE_OTHERS = "change_others"  # move, delete, bring back, empty what others wrote or worked on
    CHANGE_SETTLED = "change_settled"  # what is closed, unfounded or merged
    WORK_IN_BROWSER = "work_in_browser"  # is given a link to set a password when added
    DECIDE = "decide"  # take lifecycle steps on a hazard's page
    SETTLE_CONFLICTS = "settle_conflicts"
    SETTLE_QUARANTINE = "settle_quarantine"
    EXPORT = "export"
    MANAGE_PEOPLE = "manage_people"
    MANAGE_DEVICES = "manage_devices"
    READ_AUDIT = "read_audit"
    RECORD_HOME_VISITS = "record_home_visits"
    SEE_HOME_VISITS = "see_home_visits"  # open them: a teacher their own
    SEE_EVERY_HOME_VISIT = "see_every_home_visit"  # open those of others too, settle and delete them
    HAND_OVER_HOME_VISITS = "hand_over_home_visits"  # offer and receive a pupil's, with consent
    APPROVE_PLANS = "approve_plans"  # the follow-up that others planned, where the school asks for it
    COUNT_HOME_VISITS = "count_home_visits"
    STEP_REPORT = "step_report"
    STEP_REGISTER = "step_register"
    STEP_ASSIGN = "step_assign"
    STEP_TRANSFER = "step_transfer"
    STEP_PATROL = "step_patrol"
    STEP_RECTIFY = "step_rectify"
    STEP_CONTROL = "step_control"
    STEP_EXTEND = "step_extend"
    STEP_SUBMIT = "step_submit"
    STEP_ACCEPT = "step_accept"
    STEP_REJECT = "step_reject"
    STEP_CLOSE = "step_close"
    STEP_REOPEN = "step_reopen"
    STEP_RECHECK = "step_recheck"
    STEP_RELAPSE = "step_relapse"
    STEP_RETURN = "step_return"
    STEP_INVALIDATE = "step_invalidate"
    STEP_MERGE = "step_merge"
    STEP_NOTE = "step_note"


def step_action(step: EventType) -> Action:
    """The action of taking a lifecycle step."""
    return Action(f"step_{step.value}")


_SEE = frozenset({Action.SEE_HAZARDS})
_WRITE = frozenset(
    {Action.EDIT_RECORDS, Action.DELETE_RECORDS, Action.RESTORE_RECORDS, Action.ATTACH_PHOTOS, Action.EXPORT}
    # Who writes names and numbers reads them whole: at the pond somebody has to be called, with no network
    # to ask, and a masked value that a form showed could be saved over the real one.
    | {Action.SEE_CONTACTS}
)
_FIELD_STEPS = frozenset(
    {
        Action.STEP_REPORT,
        Action.STEP_PATROL,
        Action.STEP_RECTIFY,
        Action.STEP_CONTROL,
        Action.STEP_SUBMIT,
        Action.STEP_RECHECK,
        Action.STEP_RELAPSE,
        Action.STEP_NOTE,
    }
)
_REVISION = frozenset({Action.CHANGE_OTHERS, Action.CHANGE_SETTLED})
_OFFICE = frozenset({Action.SEE_CONTACTS, Action.WORK_IN_BROWSER, Action.DECIDE})
_EVERY_STEP = frozenset(map(step_action, EventType))
_SUPERVISION = frozenset(
    {Action.EXPORT, Action.ATTACH_PHOTOS, Action.STEP_RECHECK, Action.STEP_RELAPSE, Action.STEP_NOTE}
)
_HOME_VISITS = frozenset({Action.RECORD_HOME_VISITS, Action.SEE_HOME_VISITS, Action.HAND_OVER_HOME_VISITS})

CITY_WIDE = frozenset(
    {Action.SETTLE_QUARANTINE, Action.MANAGE_PEOPLE, Action.MANAGE_DEVICES, Action.READ_AUDIT}
)
"""Actions that concern the deployment as a whole: only a grant for the whole city permits them."""

ALLOWED: dict[Role, frozenset[Action]] = {
    Role.INSPECTOR: _SEE | _WRITE | _FIELD_STEPS,
    Role.TEACHER: _HOME_VISITS | {Action.WORK_IN_BROWSER},
    Role.REVIEWER: _SEE
    | _WRITE
    | _REVISION
    | _OFFICE
    | _EVERY_STEP
    | {Action.SETTLE_CONFLICTS, Action.COUNT_HOME_VISITS},
    Role.SUPERVISOR: _SEE | _OFFICE | _SUPERVISION | {Action.COUNT_HOME_VISITS},
    Role.SCHOOL_ADMINISTRATOR: _HOME_VISITS
    | {Action.SEE_EVERY_HOME_VISIT, Action.APPROVE_PLANS, Action.WORK_IN_BROWSER},
    Role.ADMINISTRATOR: _SEE
    | _WRITE
    | _REVISION
    | _OFFICE
    | _EVERY_STEP
    | {Action.SETTLE_CONFLICTS, Action.COUNT_HOME_VISITS}
    | CITY_WIDE,
    Role.AUDITOR: _SEE | {Action.WORK_IN_BROWSER, Action.READ_AUDIT},
}
"""Role → what it may do, within its scope."""

SCHOOL_ROLES = frozenset({Role.TEACHER, Role.SCHOOL_ADMINISTRATOR})
"""Roles that are given for a school; all others are given for the city or for towns."""

_RANK = (
    Role.ADMINISTRATOR,
    Role.REVIEWER,
    Role.SUPERVISOR,
    Role.INSPECTOR,
    Role.SCHOOL_ADMINISTRATOR,
    Role.TEACHER,
    Role.AUDITOR,
)


@dataclass(frozen=True, slots=True)
class City:
    """The scope that holds everything."""


@dataclass(frozen=True, slots=True)
class Towns:
    """The scope of some towns, by their codes."""

    codes: frozenset[str]


@dataclass(frozen=True, slots=True)
class School:
    """The scope of a school; of some of its classes where any are named."""

    code: str
    classes: frozenset[str] = frozenset()


Scope = City | Towns | School
CITY = City()


@dataclass(frozen=True, slots=True)
class Grant:
    """A role that somebody has within a scope."""

    role: Role
    scope: Scope = CITY


def may(role: Role, action: Action) -> bool:
    """Whether a role may take an action somewhere."""
    return action in ALLOWED[role]


def fits(grant: Grant) -> bool:
    """Whether the role can be given for that kind of scope."""
    return (grant.role in SCHOOL_ROLES) == isinstance(grant.scope, School)


def holds(outer: Scope, inner: Scope) -> bool:
    """Whether everything of the inner scope lies within the outer one."""
    match outer, inner:
        case City(), _:
            return True
        case Towns(codes), Towns(others):
            return others <= codes
        case School(code, classes), School(other, others):
            return code == other and (not classes or (bool(others) and others <= classes))
    return False


def may_give(grants: Iterable[Grant], given: Grant) -> bool:
    """Whether somebody with these grants may give that one, or withdraw it: nobody gives what is wider than
    the scope in which they manage people."""
    return any(permits([grant], Action.MANAGE_PEOPLE) and holds(grant.scope, given.scope) for grant in grants)


def permits(
    grants: Iterable[Grant], action: Action, *, town: str | None = None, school: str | None = None
) -> bool:
    """Whether the grants permit an action on what lies in a town or belongs to a school.

    Without either it is about what has no place: those who may do it anywhere may do it there.
    """
    return any(_covers(grant.scope, action, town, school) for grant in grants if may(grant.role, action))


def role_for(grants: Iterable[Grant], action: Action, town: str | None) -> Role | None:
    """The role in which the grants permit an action there, None where they do not."""
    return first(grant.role for grant in grants if permits([grant], action, town=town))


def towns_of(grants: Iterable[Grant], action: Action) -> frozenset[str] | None:
    """The towns in which the grants permit an action that they permit at all; None for every town."""
    towns: set[str] = set()
    for grant in grants:
        if may(grant.role, action):
            if isinstance(grant.scope, City):
                return None
            if isinstance(grant.scope, Towns):
                towns |= grant.scope.codes
    return frozenset(towns)


def schools_of(grants: Iterable[Grant], action: Action) -> list[School]:
    """The schools, with the classes, in which the grants permit an action."""
    return [grant.scope for grant in grants if may(grant.role, action) and isinstance(grant.scope, School)]


def permits_in_class(grants: Iterable[Grant], action: Action, school: str, class_name: str) -> bool:
    """Whether the grants permit an action on what belongs to a class of a school."""
    return any(
        scope.code == school and (not scope.classes or class_name in scope.classes)
        for scope in schools_of(grants, action)
    )


def first(roles: Iterable[Role]) -> Role | None:
    """Of several roles the one that a person is known by; None if there are none."""
    return min(roles, key=_RANK.index, default=None)


def action_of(type: str, kind: Kind, step: EventType | None) -> Action:
    """The action of saving an operation; `step`: the type of an event."""
    if type == RecordType.PHOTO:
        return Action.ATTACH_PHOTOS
    if step is not None:
        return step_action(step)
    return {Kind.DELETE: Action.DELETE_RECORDS, Kind.RESTORE: Action.RESTORE_RECORDS}.get(
        kind, Action.EDIT_RECORDS
    )


@dataclass(frozen=True, slots=True)
class Standing:
    """How a record relates to somebody who wants to change it.

    `own`: they saved it first. `settled`: it, or the hazard it belongs to, is closed, unfounded or merged.
    `removed`: somebody other than whoever saved it first has deleted it.
    """

    own: bool
    worked_on_by_others: bool
    settled: bool
    removed: bool = False


def depends_on_author(kind: Kind, takes_away: bool) -> bool:
    """Whether it matters for a change of an existing record who wrote it.

    `takes_away`: it moves the record to another town, or clears a field that every record of its type must
    have.
    """
    return takes_away or kind is not Kind.EDIT


def further_actions(kind: Kind, takes_away: bool, standing: Standing) -> list[Action]:
    """The actions that somebody needs besides `action_of`, to change an existing record.

    Everybody may fill in and correct open records. Records that nobody else has worked on may be moved,
    deleted, brought back and cleared by those who saved them, and own photos removed. An edit brings a
    deleted record back.
    """
    found = []
    if standing.settled:
        found.append(Action.CHANGE_SETTLED)
    others = not standing.own or standing.worked_on_by_others
    if (depends_on_author(kind, takes_away) and others) or (kind is Kind.EDIT and standing.removed):
        found.append(Action.CHANGE_OTHERS)
    return found


def _covers(scope: Scope, action: Action, town: str | None, school: str | None) -> bool:
    match scope:
        case City():
            return True
        case _ if action in CITY_WIDE:
            return False
        case Towns(codes):
            return school is None and (town is None or town in codes)
        case School(code):
            return town is None and school in (None, code)
