"""A record kind that no product file knows travels from phone to phone, as the table of types says."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from mobile_app.store.log.saving import Change
from shared import merge, record_types
from shared.operations import Kind, RecordId
from shared.record_types import RecordKind
from shared.records.values import Count, ShortText, StrictModel
from tests.laws import laws, plays
from tests.laws.handset import Handset
from tests.laws.world import TOWNS, Prepared, World

RING_CHECK = "ring_check"
CHECK = "00000000-0000-7000-8000-0000000000c1"


class RingCheck(StrictModel):
    """Somebody counted the life rings of a water."""

    hazard: RecordId | None = None
    rings: Count | None = None
    note: ShortText | None = None


@pytest.fixture
def world(prepared: Prepared, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    kind = RecordKind(RingCheck, owner=("hazard",), form="ring_check")
    monkeypatch.setitem(record_types.RECORD_TYPES, RING_CHECK, kind)
    made = World(prepared, [0, 0, 0])
    yield made
    made.close()


def count_rings(world: World, phone: Handset, **fields: Any) -> None:
    world.change(phone, Change(RING_CHECK, Kind.EDIT, CHECK, fields))


def kept(phone: Handset) -> dict[str, Any]:
    """What a phone shows of the check, with its owner; {} where it has none."""
    rows = phone.rows("SELECT owner, state FROM record WHERE type = ?", RING_CHECK)
    return {"owner": rows[0][0], **merge.shown(merge.from_json(json.loads(rows[0][1])))} if rows else {}


def test_it_is_pushed_projected_and_pulled(world: World) -> None:
    one, two, _ = world.phones
    hazard = plays.hazard_of(one)
    count_rings(world, one, hazard=hazard, rings=2)
    assert kept(one) == {"owner": hazard, "hazard": hazard, "rings": 2}
    world.rest()
    assert kept(two) == kept(one)
    assert world.office.rows("SELECT type, owner, conflicts, deleted FROM record") == [
        (RING_CHECK, hazard, 0, 0)
    ]
    assert world.office.rows("SELECT DISTINCT owner FROM operation WHERE type = ?", RING_CHECK) == [(hazard,)]


def test_the_page_of_its_owner_names_it_in_the_history(world: World) -> None:
    one = world.phones[0]
    hazard = plays.hazard_of(one)
    count_rings(world, one, hazard=hazard, rings=2)
    world.rest()
    page = world.office.browser().get(f"/hazards/{hazard}")
    assert page.status_code == 200
    assert RING_CHECK in page.text


def test_a_later_edit_that_does_not_name_the_owner_stays_with_it(world: World) -> None:
    one, two, _ = world.phones
    hazard = plays.hazard_of(one)
    count_rings(world, one, hazard=hazard, rings=2)
    world.rest()
    count_rings(world, two, note="一个破了")
    world.rest()
    assert kept(one) == {"owner": hazard, "hazard": hazard, "rings": 2, "note": "一个破了"}
    assert world.office.rows("SELECT owner FROM operation WHERE type = ?", RING_CHECK) == [(hazard,)] * 2


def test_what_two_write_unseen_is_a_conflict_on_both_sides(world: World) -> None:
    one, two, _ = world.phones
    count_rings(world, one, hazard=plays.hazard_of(one), rings=2)
    world.rest()
    count_rings(world, one, rings=1)
    count_rings(world, two, rings=3)
    world.rest()
    for phone in (one, two):
        laws.shows(phone, CHECK, "rings", 2)
    assert world.office.rows("SELECT conflicts FROM record") == [(1,)]


def test_a_phone_that_reads_everything_again_or_chooses_towns_gets_what_concerns_it(world: World) -> None:
    one, two, three = world.phones
    count_rings(world, one, hazard=plays.hazard_of(one), rings=2)
    world.rest()
    plays.choose(world, two, TOWNS[0])
    plays.choose(world, three, TOWNS[1])
    world.rest()
    assert kept(two)["rings"] == 2
    assert kept(three) == {}


def test_a_field_it_does_not_have_is_refused(world: World) -> None:
    one = world.phones[0]
    assert world.change(one, Change(RING_CHECK, Kind.EDIT, CHECK, {"ropes": 1})) == []
    assert kept(one) == {}
