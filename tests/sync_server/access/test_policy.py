"""One access value: what it sees of many rows, and that nothing is read without one."""

import importlib
import inspect
import pkgutil

import pytest
from sqlalchemy import select
from sqlmodel import Session

from shared.operations import Kind, RecordType
from shared.permissions import Action, Grant, Towns
from shared.problems import Problem
from shared.vocabulary import EventType, PhotoRole, Role
from sync_server import queries
from sync_server.access import grants, people, policy
from sync_server.access.policy import EVENT, HAZARD, OPERATION, PHOTO, SYSTEM, Access
from sync_server.database.transactions import in_transaction, reading
from sync_server.queries import conflicts, hazard_details, hazards, photo_files
from sync_server.queries.filters import Filter
from tests.sync_server.deployment import Deployment

A, B = "441900003", "441900101"

WITHOUT_ACCESS = {
    "conflicts.disputes": "of a row that was read with an access",
    "hazards.is_unrated": "of a row that was read with an access",
    "hazards.record": "of a row that was read with an access",
    "photo_files.here": "asked for photos that rows read with an access name",
    "visits.record": "of a row that was read with an access",
    "people_lists.units": "names of units, offered to those who assign hazards",
    "people_lists.people_names": "the names of those who wrote what is shown; the page masks them",
    "people_lists.device_names": "the names of the devices with which what is shown was written",
}
"""Queries that need no access, each with the reason."""
_ROWS = ("session", "row")


def queries_without_access() -> set[str]:
    """The public functions of `queries` that read the database or a row and are given no access."""
    found: set[str] = set()
    for module in pkgutil.iter_modules(queries.__path__):
        imported = importlib.import_module(f"{queries.__name__}.{module.name}")
        for name, function in inspect.getmembers(imported, inspect.isfunction):
            if name.startswith("_") or function.__module__ != imported.__name__:
                continue
            parameters = inspect.signature(function).parameters
            access = parameters.get("access")
            given = access is not None and access.annotation is Access and access.default is access.empty
            if parameters.keys() & {*_ROWS} and not given:
                found.add(f"{module.name}.{name}")
    return found


def test_no_query_is_callable_without_an_access() -> None:
    assert queries_without_access() == set(WITHOUT_ACCESS)


def access_to(office: Deployment, role: Role, *towns: str) -> Access:
    """What somebody with that role in those towns may do."""

    def work(session: Session) -> Access:
        scope = grants.scope_of_towns(towns)
        person = people.add_numbered(session, role.zh, Role.INSPECTOR)
        grants.replace(session, person.id, Grant(role, scope))
        return policy.of_person(session, person.id)

    return in_transaction(office.engine, work)


@pytest.fixture
def office(office: Deployment) -> Deployment:
    """A hazard in each of two towns and one in none, with an event and a photo each."""
    for seed, town in enumerate((A, B, None)):
        hazard = office.report(town_code=town, water_name=f"水域{town}")
        office.happen(hazard, EventType.PATROL)
        office.attach(hazard, PhotoRole.BEFORE, seed=seed)
    return office


@pytest.mark.parametrize(
    ("role", "towns", "seen"),
    [
        (Role.SUPERVISOR, (), 3),
        (Role.AUDITOR, (), 3),
        (Role.INSPECTOR, (A,), 2),
        (Role.REVIEWER, (A, B), 3),
        (Role.REVIEWER, ("441900119",), 1),
    ],
)
def test_what_is_seen_of_each_table(
    office: Deployment, role: Role, towns: tuple[str, ...], seen: int
) -> None:
    access = access_to(office, role, *towns)
    with reading(office.engine) as session:
        for table, rows_each in ((HAZARD, 1), (EVENT, 1), (PHOTO, 1), (OPERATION, 3)):
            found = session.execute(select(table).where(access.where(table, Action.SEE_HAZARDS))).all()
            assert len(found) == seen * rows_each, table.name
        assert hazards.count(session, access, office.campaign, Filter(), "2026-06-01") == seen


def test_whoever_may_not_see_hazards_sees_none_not_even_those_without_a_town(office: Deployment) -> None:
    nobody = Access(access_to(office, Role.INSPECTOR, A).person, ())
    with reading(office.engine) as session:
        assert hazards.count(session, nobody, office.campaign, Filter(), "2026-06-01") == 0
        assert not session.execute(select(PHOTO).where(nobody.where(PHOTO, Action.SEE_HAZARDS))).all()


def test_what_is_out_of_sight_is_as_unknown_as_what_does_not_exist(office: Deployment) -> None:
    access = access_to(office, Role.REVIEWER, A)
    with reading(office.engine) as session:
        there = hazards.page(session, SYSTEM, office.campaign, Filter(town=B), "2026-06-01").rows[0]
        photo = hazard_details.photos(session, SYSTEM, office.campaign, there.id)[0].photo.sha256
        for hazard in (there.id, "0" * 8 + there.id[8:]):
            with pytest.raises(Problem, match="hazard_unknown"):
                hazards.get(session, access, office.campaign, hazard)
            with pytest.raises(Problem, match="not_found"):
                conflicts.get(session, access, office.campaign, RecordType.HAZARD, hazard)
            assert hazard_details.history(session, access, office.campaign, hazard) == []
            assert hazard_details.photos(session, access, office.campaign, hazard) == []
        assert hazards.by_number(session, access, office.campaign, str(there.ledger_no)) is None
        assert photo
        assert photo_files.readable(session, SYSTEM, photo)
        assert photo_files.readable(session, access, photo) is None
        assert photo_files.readable(session, access_to(office, Role.AUDITOR), photo)


def test_the_origin_of_a_write_that_was_guessed_is_not_told(office: Deployment) -> None:
    hazard = office.report(town_code=B)
    office.save(RecordType.HAZARD, Kind.EDIT, {"phone": "13800000000"}, record=hazard)
    with reading(office.engine) as session:
        steps = hazard_details.history(session, SYSTEM, office.campaign, hazard)
        keys = [(step.device, number) for step in steps for number in range(1, 20)]
        assert conflicts.origins(session, SYSTEM, office.campaign, keys)
        in_a = conflicts.origins(session, access_to(office, Role.REVIEWER, A), office.campaign, keys)
    assert not any("phone" in origin.fields for origin in in_a.values())


def test_a_fingerprint_says_what_may_be_seen() -> None:
    def fingerprint(*given: Grant) -> str:
        return Access(SYSTEM.person, given).fingerprint

    in_a, in_b = (Grant(Role.INSPECTOR, Towns(frozenset({town}))) for town in (A, B))
    everything, masked = fingerprint(in_a, Grant(Role.REVIEWER)), fingerprint(Grant(Role.AUDITOR))
    assert everything == "" != masked
    prints = {
        fingerprint(in_a),
        fingerprint(in_b),
        fingerprint(in_a, in_b),
        fingerprint(),
        masked,
        everything,
    }
    assert len(prints) == 6
    assert fingerprint(in_a) == fingerprint(Grant(Role.REVIEWER, in_a.scope))
