"""The one table of roles and actions, and what a scope covers."""

import pytest

from shared import permissions
from shared.operations import Kind, RecordType
from shared.permissions import CITY, CITY_WIDE, Action, Grant, School, Towns, permits, step_action, towns_of
from shared.record_types import RECORD_TYPES
from shared.vocabulary import EventType, Role
from tools import permissions as handbook

A, B = "441900003", "441900101"
IN_A = Towns(frozenset({A}))


def test_every_role_every_step_and_every_action_has_its_place() -> None:
    assert set(permissions.ALLOWED) == set(Role)
    assert {step_action(step) for step in EventType} <= set(Action)
    assert set().union(*permissions.ALLOWED.values()) == set(Action)


def test_every_operation_that_can_be_saved_is_an_action() -> None:
    for name, kind in RECORD_TYPES.items():
        for act in kind.operations:
            step = EventType.PATROL if name == RecordType.HAZARD_EVENT else None
            assert permissions.action_of(name, act, step) in permissions.ALLOWED[Role.INSPECTOR]
    assert permissions.action_of(RecordType.HAZARD, Kind.DELETE, None) is Action.DELETE_RECORDS


@pytest.mark.parametrize("language", handbook.LANGUAGES)
def test_the_handbooks_page_says_what_the_table_says(language: str) -> None:
    kept = handbook.path(language).read_text(encoding="utf-8")
    assert kept == handbook.page(language), "run python -m tools.permissions"
    marks = sum(len(actions) for actions in permissions.ALLOWED.values())
    assert kept.count("✓") == marks


def test_a_grant_permits_what_its_role_may_where_its_scope_is() -> None:
    inspector = [Grant(Role.INSPECTOR, IN_A)]
    assert permits(inspector, Action.EDIT_RECORDS, town=A)
    assert permits(inspector, Action.EDIT_RECORDS)
    assert not permits(inspector, Action.EDIT_RECORDS, town=B)
    assert not permits(inspector, Action.STEP_CLOSE, town=A)
    assert permits([Grant(Role.INSPECTOR, CITY)], Action.EDIT_RECORDS, town=B)
    assert not permits([], Action.SEE_HAZARDS)


def test_grants_add_up_and_each_keeps_to_its_own_scope() -> None:
    both = [Grant(Role.INSPECTOR, CITY), Grant(Role.REVIEWER, IN_A)]
    assert towns_of(both, Action.SEE_HAZARDS) is None
    assert towns_of(both, Action.STEP_CLOSE) == frozenset({A})
    assert permissions.role_for(both, Action.STEP_CLOSE, A) is Role.REVIEWER
    assert permissions.role_for(both, Action.STEP_CLOSE, B) is None
    assert permissions.first(grant.role for grant in both) is Role.REVIEWER


@pytest.mark.parametrize("action", sorted(CITY_WIDE))
def test_what_concerns_the_deployment_is_not_for_the_administrator_of_a_town(action: Action) -> None:
    assert permits([Grant(Role.ADMINISTRATOR, CITY)], action)
    assert not permits([Grant(Role.ADMINISTRATOR, IN_A)], action)


def test_a_school_covers_what_belongs_to_it_and_no_town() -> None:
    teacher = [Grant(Role.TEACHER, School("school-1", frozenset({"3-1"})))]
    assert permits(teacher, Action.RECORD_HOME_VISITS, school="school-1")
    assert not permits(teacher, Action.RECORD_HOME_VISITS, school="school-2")
    assert not permits(teacher, Action.RECORD_HOME_VISITS, town=A)
    assert not permits(teacher, Action.SEE_HAZARDS)
    assert permissions.fits(teacher[0])
    assert not permissions.fits(Grant(Role.TEACHER, CITY))
    assert not permissions.fits(Grant(Role.REVIEWER, School("school-1")))


def test_who_may_edit_records_sees_their_contacts_so_that_no_masked_value_is_written_back() -> None:
    for role, may in permissions.ALLOWED.items():
        assert Action.EDIT_RECORDS not in may or Action.SEE_CONTACTS in may, role
