"""What forms ask for, what is wrong with what is filled in, and what becomes of it."""

import pytest
from pydantic import BaseModel

from shared.forms import filling
from shared.forms.filling import FieldError
from shared.forms.form import Condition, Control, Form, FormField, section
from shared.forms.model_fields import form_field
from shared.profiles.drowning import DROWNING
from shared.records.models import EducationVisit, Hazard, HazardEvent
from shared.vocabulary import DefectType, EventType, KitItem, WaterType
from shared.wording import Wording

LABEL = Wording("名", "Name")
RECTIFY = DROWNING.step_forms[EventType.RECTIFY].with_kit(DROWNING.usual_kit)
PATROL = DROWNING.step_forms[EventType.PATROL].with_kit(DROWNING.usual_kit)


@pytest.mark.parametrize(
    ("name", "control"),
    [
        ("water_name", Control.TEXT),
        ("description", Control.PASSAGE),
        ("water_type", Control.CHOICE),
        ("defect_types", Control.SEVERAL),
        ("on_route", Control.YES_NO),
        ("school_distance_m", Control.COUNT),
        ("depth_m", Control.NUMBER),
        ("due_date", Control.DAY),
        ("town_code", Control.TOWN),
        ("position", Control.POSITION),
        ("kit_sign", Control.KIT_ITEM),
    ],
)
def test_the_control_of_a_field_follows_from_its_type(name: str, control: Control) -> None:
    assert form_field(Hazard, name, LABEL).control is control


def test_a_list_brings_its_options() -> None:
    assert form_field(Hazard, "water_type", LABEL).options == tuple(WaterType)
    assert form_field(Hazard, "defect_types", LABEL).options == tuple(DefectType)
    assert form_field(EducationVisit, "hazards", LABEL).control is Control.IDS


def test_every_field_of_a_form_is_one_of_its_record() -> None:
    forms: list[tuple[Form, type[BaseModel]]] = [
        (DROWNING.hazard_form, Hazard),
        *((form, HazardEvent) for form in DROWNING.step_forms.values()),
    ]
    for form, model in forms:
        kept = [field for field in form.with_kit(KitItem).fields() if field.saved]
        assert {field.name for field in kept} - {"photos"} <= set(model.model_fields)


@pytest.mark.parametrize("kit", [DROWNING.usual_kit, tuple(KitItem), (KitItem.SIGN, KitItem.FENCE)])
def test_the_form_asks_once_for_everything_that_the_risk_needs(kit: tuple[KitItem, ...]) -> None:
    risk = DROWNING.assess(Hazard())
    assert risk
    names = [field.name for field in DROWNING.hazard_form.with_kit(kit).fields()]
    assert set(risk.missing) <= set(names)
    assert len(names) == len(set(names))


def test_nothing_that_is_required_is_folded_away() -> None:
    folded = [field for one in DROWNING.hazard_form.sections if one.folded for field in one.fields]
    assert folded
    assert not [field.name for field in folded if field.required or field.required_when]


def test_what_is_required_is_missing_in_the_forms_order() -> None:
    assert list(filling.errors(DROWNING.hazard_form, {"water_name": "  "})) == list(DROWNING.required)
    assert DROWNING.required == ("town_code", "water_type", "water_name")


def test_submitting_wants_a_photo_and_rectifying_alone_does_not() -> None:
    done = {"measures_done": "装护栏"}
    assert filling.errors(RECTIFY, {**done, "submit": True}) == {"photos": FieldError.MISSING}
    assert filling.errors(RECTIFY, {**done, "submit": True}, photos=1) == {}
    assert filling.errors(RECTIFY, {**done, "submit": False}) == {}


def test_a_new_step_starts_with_its_initial_answers() -> None:
    assert filling.initial(RECTIFY, {"measures_done": "上次"}) == {"submit": True}


def test_what_is_carried_over_comes_from_the_last_form() -> None:
    form = Form((section(FormField("a", LABEL, Control.TEXT, carried_over=True)),))
    assert filling.initial(form, {"a": "上次", "b": "不带"}) == {"a": "上次"}


def test_a_field_that_is_not_shown_is_neither_asked_for_nor_saved() -> None:
    hidden = FormField(
        "why", LABEL, Control.TEXT, required=True, shown_when=Condition("result", ("problem",))
    )
    form = Form((section(FormField("result", LABEL, Control.TEXT), hidden),))
    assert filling.errors(form, {"result": "normal"}) == {}
    assert filling.errors(form, {"result": "problem"}) == {"why": FieldError.MISSING}
    assert filling.record_fields(form, {"result": "normal", "why": "旧"}) == {"result": "normal"}


@pytest.mark.parametrize("typed", ["三", "1.5", "-1", "1_000", "1000001", "٣"])
def test_what_is_no_count_is_refused(typed: str) -> None:
    assert filling.errors(PATROL, {"result": "normal", "people_seen": typed}) == {
        "people_seen": FieldError.NO_COUNT
    }


def test_a_text_that_is_too_long_is_refused_and_blanks_around_it_are_not_counted() -> None:
    form = Form((section(FormField("place", LABEL, Control.TEXT, longest=4)),))
    assert filling.errors(form, {"place": " 河沿塘边 "}) == {}
    assert filling.errors(form, {"place": "河沿塘边上"}) == {"place": FieldError.TOO_LONG}


def test_what_is_saved_is_trimmed_and_counted() -> None:
    values = {"result": "normal", "people_seen": " 3 ", "comment": " 看过 ", "kit_sign": {"state": "good"}}
    assert filling.record_fields(PATROL, values) == {
        "result": "normal",
        "people_seen": 3,
        "comment": "看过",
        "kit_sign": {"state": "good"},
    }
    assert filling.record_fields(RECTIFY, {"measures_done": "a", "submit": True}) == {"measures_done": "a"}


@pytest.mark.parametrize("typed", ["nan", "inf", "1_0", "十", "1,5", "15²"])
def test_what_is_no_number_comes_back_as_it_was_typed(typed: str) -> None:
    assert filling.parse_number(Control.NUMBER, typed) == typed


@pytest.mark.parametrize("typed", ["１．５", "1。5", " 1．5 ", "＋1.5"])
def test_a_number_is_read_as_input_methods_write_it(typed: str) -> None:
    assert filling.parse_number(Control.NUMBER, typed) == 1.5
    assert filling.parse_number(Control.COUNT, typed) == typed
    assert filling.parse_number(Control.COUNT, "１２") == 12


def test_inputs_of_a_page_become_values() -> None:
    kit = form_field(Hazard, "kit_ring", LABEL)
    assert filling.parse_texts(kit, {"state": ["good"], "count": ["2"]}) == {"state": "good", "count": 2}
    assert filling.parse_texts(kit, {"state": [""], "count": ["2"]}) is None
    depth = form_field(Hazard, "depth_m", LABEL)
    assert filling.parse_texts(depth, {"": ["1.2345678"]}) == 1.234568
    several = form_field(Hazard, "defect_types", LABEL)
    assert filling.parse_texts(several, {"": ["no_sign", " "]}) == ["no_sign"]
    place = form_field(Hazard, "position", LABEL)
    assert filling.parse_texts(place, {"lat": ["23"], "lon": ["113"]}) == {
        "lat": 23.0,
        "lon": 113.0,
        "source": "typed",
    }


def test_a_pair_pasted_into_one_input_of_a_page_is_a_position() -> None:
    place = form_field(Hazard, "position", LABEL)
    position = {"lat": 23.021, "lon": 113.752, "source": "typed"}
    assert filling.parse_texts(place, {"lat": ["113.752,23.021"], "lon": [""]}) == position
    assert filling.parse_texts(place, {"lat": ["N23.021"], "lon": ["113.752°"]}) == position
    assert filling.parse_texts(place, {"lat": ["1e1"], "lon": ["113"]})["lat"] == "1e1"
    assert filling.parse_texts(place, {"lat": ["23.021"], "lon": [""]})["lon"] is None
