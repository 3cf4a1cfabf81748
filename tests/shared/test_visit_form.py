"""The form of a visit: what each kind asks for, and what the next household starts with."""

import pytest

from shared.forms import filling
from shared.forms.filling import FieldError
from shared.forms.form import Control
from shared.forms.visits import VISIT_FORM, next_household
from shared.records.models import EducationVisit
from shared.vocabulary import EducationVisitType

DONE = {"town_code": "441900003", "place": "石井村", "topics": ["drowning"], "date": "2026-11-23"}
HOUSEHOLD = {**DONE, "visit_type": "family", "households": "1", "leaflets": "2", "presenter": "李老师"}


def asked(kind: EducationVisitType) -> set[str]:
    return {field.name for field in filling.shown_fields(VISIT_FORM.fields(), {"visit_type": kind.value})}


def test_every_field_of_the_record_is_in_the_form_and_no_other() -> None:
    assert VISIT_FORM.names() - {"photos"} == set(EducationVisit.model_fields)


def test_a_kind_asks_only_for_what_it_needs() -> None:
    always = set.intersection(*(asked(kind) for kind in EducationVisitType))
    own = {kind.value: asked(kind) - always for kind in EducationVisitType}
    letters = {"letters_issued", "receipts_returned"}
    times = {"start", "end"}
    assert own == {
        "school_class": {"headcount", "grade_band", "leaflets", "position", *letters, *times},
        "family": {"households", "leaflets", "position", *letters},
        "village": {"households", "headcount", "audience", "leaflets", "position", *times},
        "custody": {"headcount", "grade_band", "leaflets", "position", *letters, *times},
        "online": {"headcount", "audience", *times},
    }


def test_numbers_of_a_kind_that_was_chosen_by_mistake_are_not_saved() -> None:
    saved = filling.record_fields(VISIT_FORM, {**HOUSEHOLD, "visit_type": "school_class", "headcount": "40"})
    assert "households" not in saved
    assert saved["headcount"] == 40


def test_another_kind_makes_the_numbers_of_the_old_one_outdated() -> None:
    values = {**HOUSEHOLD, "visit_type": "online"}
    assert filling.outdated(VISIT_FORM, values, {"visit_type"}) == ["households", "leaflets"]
    assert filling.outdated(VISIT_FORM, values, {"place"}) == []


def test_the_next_household_needs_nothing_to_be_written() -> None:
    before = {**HOUSEHOLD, "households": 3, "letters_issued": 1, "feedback": "家长支持", "hazards": ["x"]}
    values = {**next_household(before), "date": "2026-11-24"}
    assert filling.errors(VISIT_FORM, values) == {}
    saved = filling.record_fields(VISIT_FORM, values)
    assert (saved["households"], saved["leaflets"], saved["presenter"]) == (1, 2, "李老师")
    assert saved.keys().isdisjoint({"letters_issued", "feedback", "hazards"})


@pytest.mark.parametrize(
    ("typed", "time"),
    [
        ("9:30", "09:30"),
        ("０９：３０", "09:30"),
        ("1930", "19:30"),
        (" 19.05 ", "19:05"),
        ("24:00", None),
        ("19:60", None),
        ("7", None),
        ("晚上", None),
    ],
)
def test_a_time_of_day_is_read_as_people_write_it(typed: str, time: str | None) -> None:
    assert filling.parse_time(typed) == time
    values = {**DONE, "visit_type": "village", "start": typed}
    wrong = {} if time else {"start": FieldError.NO_TIME}
    assert filling.errors(VISIT_FORM, values) == wrong
    if time:
        saved = filling.record_fields(VISIT_FORM, values)
        assert EducationVisit.model_validate(saved).start == time


def test_an_emptied_time_is_cleared() -> None:
    values = {**DONE, "visit_type": "village", "start": None}
    assert filling.record_fields(VISIT_FORM, values)["start"] is None
    assert {field.control for field in VISIT_FORM.fields() if field.name in ("start", "end")} == {
        Control.TIME
    }
