"""A record kind that no product file knows travels from phone to phone, as the table of types says."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import flet as ft
import pytest

from mobile_app.screens.app_context import AppContext, PhoneContext
from mobile_app.screens.form.form_state import FormState
from mobile_app.screens.form.form_view import FormView
from mobile_app.services import Services
from mobile_app.store.database import meta
from mobile_app.store.log import saving
from mobile_app.store.log.saving import Change
from shared import merge, record_types
from shared.forms.form import Form, section
from shared.forms.model_fields import form_field
from shared.operations import Kind, RecordId
from shared.record_types import RecordKind
from shared.records.values import Count, ShortText, StrictModel
from shared.wording import Wording
from tests.laws import laws, plays
from tests.laws.handset import Handset
from tests.laws.world import TOWNS, Prepared, World
from tests.mobile_app.enrolled_store import NOON, NOON_MS
from tests.support.headless_phone import HeadlessPhone, played
from tests.support.scripted_phone import ScriptedPhone

RING_CHECK = "ring_check"
CHECK = "00000000-0000-7000-8000-0000000000c1"


class RingCheck(StrictModel):
    """Somebody counted the life rings of a water."""

    hazard: RecordId | None = None
    rings: Count | None = None
    note: ShortText | None = None


RINGS_FORM = Form(
    (
        section(
            form_field(RingCheck, "rings", Wording("完好的救生圈", "Rings in order"), required=True),
            form_field(RingCheck, "note", Wording("备注", "Note")),
        ),
    )
)


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


@ft.component
def RingsApp(services: Services, hazard: str) -> ft.Control:
    """The form of a check, which is all that this app shows."""
    app = AppContext(services=services)

    async def save(state: FormState) -> str:
        change = Change(RING_CHECK, Kind.EDIT, CHECK, {"hazard": hazard, **state.to_save()})
        await services._database.write(
            lambda session: saving.save(session, [change], made_at=NOON, now_ms=NOON_MS)
        )
        return app.texts.saved_offline

    def form() -> ft.Control:
        return FormView("/", "救生圈清点", lambda: FormState(RINGS_FORM), save, "rings", "/")

    shown: ft.Control = PhoneContext(
        app, lambda: ft.Router([ft.Route(path="/", component=form)], manage_views=True)
    )
    return shown


@pytest.mark.usefixtures("world")
def test_its_form_is_rendered_and_saves_its_fields(tmp_path: Path) -> None:
    phone = ScriptedPhone(tmp_path / "device")

    @played
    async def play() -> None:
        hazard = await phone.add_hazard()
        glass = await HeadlessPhone.open(RingsApp, phone.services, hazard)
        assert glass.says("完好的救生圈")
        await glass.tap("save")
        assert glass.find("rings").error
        await glass.write("rings", "3")
        await glass.write("note", "一个破了")
        await glass.tap("save")
        written = phone.unsent()[-1]
        assert (written.type, written.record) == (RING_CHECK, CHECK)
        assert written.fields == {"hazard": hazard, "rings": 3, "note": "一个破了"}
        assert phone.database.read(meta.progress).n == 2

    play()
    phone.drop()
