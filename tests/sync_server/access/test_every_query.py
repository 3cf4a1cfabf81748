"""Every query, asked by somebody whose grants lie elsewhere: nothing that is out of scope comes back.

A new query fails here until it is said how it is asked.
"""

import importlib
import inspect
import pkgutil
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select
from sqlmodel import Session

from shared.counting import Rules
from shared.operations import RecordType
from shared.permissions import Grant, Towns
from shared.problems import Problem
from shared.profiles.drowning import DROWNING
from shared.vocabulary import Role
from sync_server import queries
from sync_server.access.people import Person
from sync_server.access.policy import SYSTEM, VISIT, Access
from sync_server.commands import searching
from sync_server.database import campaigns
from sync_server.database.tables import HazardRow
from sync_server.database.transactions import reading
from sync_server.queries import (
    audit_log,
    conflicts,
    deleted,
    device_work,
    hazard_details,
    hazards,
    people_lists,
    photo_files,
    progress,
    quarantine,
    same_places,
    undoings,
    visits,
)
from sync_server.queries.audit_log import AuditEnd, AuditFilter
from sync_server.queries.filters import Box, Filter, where
from sync_server.queries.hazards import Order
from sync_server.queries.map import map_cells, visit_cells
from sync_server.queries.numbers import breakdown, patrol_numbers
from sync_server.queries.visits import VisitFilter
from tests.sync_server.access.test_every_route import CONTACT, SECRET, A, World

Query = Callable[[Session, Access, World], Any]
ALL, DAY, BOX = Filter(), "2026-06-01", Box(113, 22, 115, 24)


def _campaign(world: World) -> str:
    return world.server.campaign


QUERIES: dict[str, Query] = {
    "audit_log.page": lambda s, a, _: audit_log.page(s, a, AuditFilter())[0],
    "audit_log.each": lambda s, a, _: [*audit_log.each(s, a, AuditFilter(), AuditEnd(99, ""))],
    "audit_log.count": lambda s, a, _: audit_log.count(s, a, AuditFilter(), AuditEnd(99, "")),
    "audit_log.end": lambda s, a, _: audit_log.end(s, a).number,
    "audit_log.known": lambda s, a, w: (
        audit_log.known(s, a, audit_log.page(s, SYSTEM, AuditFilter(subject=w.secret.device))[0]).devices
    ),
    "filters.where": lambda s, a, w: [
        *s.scalars(select(HazardRow).where(where(a, _campaign(w), ALL, DAY)))  # a Row's text is cut short
    ],
    "hazards.page": lambda s, a, w: hazards.page(s, a, _campaign(w), ALL, DAY),
    "hazards.each": lambda s, a, w: [*hazards.each(s, a, _campaign(w), ALL, DAY, Order())],
    "hazards.count": lambda s, a, w: hazards.count(s, a, _campaign(w), Filter(text=SECRET), DAY),
    "hazards.totals": lambda s, a, w: hazards.totals(s, a, _campaign(w), Filter(text=SECRET), DAY),
    "hazards.count_unplaced": lambda s, a, w: hazards.count_unplaced(s, a, _campaign(w), ALL, DAY),
    "hazards.get": lambda s, a, w: hazards.get(s, a, _campaign(w), w.secret.hazard),
    "hazards.several": lambda s, a, w: hazards.several(s, a, _campaign(w), [w.secret.hazard]),
    "same_places.alike": lambda s, a, w: same_places.alike(
        *(s, a, _campaign(w), DROWNING),
        HazardRow(**hazards.get(s, SYSTEM, _campaign(w), w.secret.hazard).model_dump() | {"id": ""}),
        [w.secret.hazard],
    ),
    "hazards.by_number": lambda s, a, w: hazards.by_number(s, a, _campaign(w), w.secret.number),
    "hazard_details.life": lambda s, a, w: hazard_details.life(s, a, _campaign(w), w.secret.hazard).order,
    "hazard_details.lives": lambda s, a, w: [
        history.order for history in hazard_details.lives(s, a, _campaign(w), [w.secret.hazard]).values()
    ],
    "hazard_details.photos": lambda s, a, w: hazard_details.photos(s, a, _campaign(w), w.secret.hazard),
    "hazard_details.photos_of": lambda s, a, w: [
        *hazard_details.photos_of(s, a, _campaign(w), [w.secret.hazard]).values()
    ],
    "hazard_details.taken_off": lambda s, a, w: hazard_details.taken_off(s, a, _campaign(w), w.secret.hazard),
    "hazard_details.history": lambda s, a, w: hazard_details.history(s, a, _campaign(w), w.secret.hazard),
    "hazard_details.events": lambda s, a, w: hazard_details.events(s, a, _campaign(w), [w.secret.event]),
    "hazard_details.knows_event": lambda s, a, w: hazard_details.knows_event(
        s, a, _campaign(w), w.secret.hazard, w.secret.event
    ),
    "hazard_details.patrols": lambda s, a, w: (
        hazard_details.patrols(
            s, a, _campaign(w), hazards.get(s, SYSTEM, _campaign(w), w.secret.hazard), DROWNING
        ).validity
    ),
    "hazard_details.finished_photos": lambda s, a, w: hazard_details.finished_photos(
        s, a, _campaign(w), w.secret.hazard
    ),
    "conflicts.count": lambda s, a, w: conflicts.count(s, a, _campaign(w)),
    "conflicts.visits": lambda s, a, w: conflicts.visits(s, a, _campaign(w), None, 10),
    "conflicts.get": lambda s, a, w: conflicts.get(
        s, a, _campaign(w), RecordType.EDUCATION_VISIT, w.secret.visit
    ),
    "conflicts.origins": lambda s, a, w: [
        origin
        for origin in conflicts.origins(
            s, a, _campaign(w), [(w.secret.device, n) for n in range(1, 20)]
        ).values()
        if SECRET in str(origin)
    ],
    "map_cells.cells": lambda s, a, w: map_cells.cells(s, a, _campaign(w), Filter(text=SECRET), DAY, BOX, 18),
    "map_cells.listed": lambda s, a, w: map_cells.listed(s, a, _campaign(w), ALL, DAY, BOX),
    "map_cells.extent": lambda s, a, w: map_cells.extent(s, a, _campaign(w), Filter(text=SECRET), DAY),
    "visit_cells.cells": lambda s, a, w: visit_cells.cells(s, a, _campaign(w), VisitFilter(), BOX, 18),
    "visit_cells.listed": lambda s, a, w: visit_cells.listed(s, a, _campaign(w), VisitFilter(), BOX),
    "people_lists.accounts": lambda s, a, _: people_lists.accounts(s, a),
    "people_lists.account": lambda s, a, w: people_lists.account(s, a, w.writer.person),
    "people_lists.phones_of": lambda s, a, w: people_lists.phones_of(s, a, _campaign(w), w.writer.person),
    "people_lists.phones": lambda s, a, w: people_lists.phones(s, a, _campaign(w), 10),
    "same_places.pairs": lambda s, a, w: same_places.pairs(s, a, _campaign(w), DROWNING),
    "deleted.page": lambda s, a, w: deleted.page(s, a, _campaign(w), 10),
    "device_work.of_device": lambda s, a, w: device_work.of_device(s, a, _campaign(w), w.secret.device),
    "photo_files.elsewhere": lambda s, a, w: [
        one for one in photo_files.elsewhere(s, a, _campaign(w), "", [w.secret.sha256]).values() if one.hazard
    ],
    "photo_files.readable": lambda s, a, w: photo_files.readable(s, a, w.secret.sha256),
    "undoings.all_noted": lambda s, a, w: undoings.all_noted(s, a, _campaign(w)).noted,
    "visits.page": lambda s, a, w: visits.page(s, a, _campaign(w), VisitFilter())[0],
    "visits.each": lambda s, a, w: [*visits.each(s, a, _campaign(w), VisitFilter())],
    "visits.sums": lambda s, a, w: visits.sums(s, a, _campaign(w), VisitFilter(), "town_code"),
    "visits.where": lambda s, a, w: s.execute(
        select(VISIT.c.id).where(visits.where(a, _campaign(w), VisitFilter()))
    ).all(),
    "visits.get": lambda s, a, w: visits.get(s, a, _campaign(w), w.secret.visit),
    "progress.of": lambda s, a, w: progress.of(s, a, campaigns.get(s, _campaign(w)), 2026),
    "progress.years": lambda s, a, w: progress.years(s, a, campaigns.get(s, _campaign(w)), 2026),
    "progress.rules_of": lambda s, a, w: progress.rules_of(s, a, campaigns.get(s, _campaign(w)), 2026, None),
    "breakdown.of": lambda s, a, w: breakdown.of(s, a, campaigns.get(s, _campaign(w)), Rules(2026)),
    "breakdown.weeks": lambda s, a, w: breakdown.weeks(s, a, campaigns.get(s, _campaign(w)), Rules(2026)),
    "breakdown.ages": lambda s, a, w: breakdown.ages(s, a, campaigns.get(s, _campaign(w)), DAY),
    "breakdown.durations": lambda s, a, w: breakdown.durations(s, a, campaigns.get(s, _campaign(w)), 2026),
    "breakdown.rechecks": lambda s, a, w: breakdown.rechecks(s, a, campaigns.get(s, _campaign(w)), 2026),
    "patrol_numbers.of_year": lambda s, a, w: patrol_numbers.of_year(
        s, a, campaigns.get(s, _campaign(w)), DROWNING, 2026
    ),
    "hazard_details.merged_into": lambda s, a, w: hazard_details.merged_into(
        s, a, _campaign(w), w.secret.hazard
    ),
    "quarantine.count": lambda s, a, w: quarantine.count(s, a, _campaign(w)),
    "quarantine.listed": lambda s, a, w: quarantine.listed(s, a, _campaign(w), 9, settled=False),
    "quarantine.one": lambda s, a, w: quarantine.one(s, a, _campaign(w), w.secret.device, w.secret.n),
    "quarantine.waiting": lambda s, a, w: quarantine.waiting(s, a, _campaign(w), w.secret.device, w.secret.n),
}
"""Each query that is given an access, asked for what is secret."""
COUNTS = {
    "progress.of",
    "progress.years",
    "progress.rules_of",
    *("breakdown.of", "breakdown.weeks", "breakdown.ages", "breakdown.durations", "breakdown.rechecks"),
    *("patrol_numbers.of_year", "hazard_details.merged_into"),
    "hazard_details.finished_photos",
    "hazard_details.taken_off",
    "hazards.count_unplaced",
    "deleted.page",
    "same_places.pairs",
}
"""Their answers are the same with and without the secret hazard of this test: it is not deleted, for one."""


@pytest.fixture
def world(world: World) -> World:
    searching.make_searchable(world.server.engine, world.server.campaign)
    return world


def test_it_is_said_how_each_query_is_asked() -> None:
    found = set()
    for module in pkgutil.walk_packages(queries.__path__, f"{queries.__name__}."):
        imported = importlib.import_module(module.name)
        found |= {
            f"{module.name.rpartition('.')[2]}.{name}"
            for name, function in inspect.getmembers(imported, inspect.isfunction)
            if function.__module__ == imported.__name__
            and not name.startswith("_")
            and "access" in inspect.signature(function).parameters
        }
    assert found == set(QUERIES)


def answer(world: World, access: Access, query: Query) -> str:
    """What a query gives, as text; the code of a Problem."""
    with reading(world.server.engine) as session:
        try:
            return str(query(session, access, world))
        except Problem as problem:
            return problem.code


@pytest.mark.parametrize("role", [Role.INSPECTOR, Role.REVIEWER, Role.ADMINISTRATOR, Role.AUDITOR])
def test_no_query_tells_what_is_out_of_scope(world: World, role: Role) -> None:
    elsewhere = Access(Person("x", "x", role), (Grant(role, Towns(frozenset({A}))),))
    nothing = ("[]", "{}", "()", "None", "0", "False", "[()]", "[[]]", "([], [])")
    for name, query in QUERIES.items():
        said = answer(world, elsewhere, query)
        assert SECRET not in said, name
        assert CONTACT not in said, name
        assert world.secret.hazard not in said, name
        if name not in COUNTS:
            assert said != answer(world, SYSTEM, query), name
            refused = said in ("role_forbidden", "hazard_unknown", "not_found")
            assert refused or said in nothing or "甲镇" in said, (name, said)
