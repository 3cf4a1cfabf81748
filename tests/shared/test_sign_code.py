"""The code on a water's sign: what it is, what a person may type, and which mistakes are found."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.hazards import sign_code
from shared.records.models import HazardEvent

POND = "0197f3a0-0000-7000-8000-000000000001"
LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
hazards = st.uuids().map(str)


@given(hazards)
def test_a_code_is_read_as_it_is_written(hazard: str) -> None:
    code = sign_code.code_of(hazard)
    assert len(code) == sign_code.LENGTH
    assert set(code) <= set(LETTERS)
    assert sign_code.read(code) == sign_code.read(sign_code.in_groups(code)) == code
    assert HazardEvent(sign_code=code).sign_code == code


def test_printed_signs_stay_valid() -> None:
    """A change of this code makes every sign that hangs at a water worthless."""
    assert sign_code.code_of(POND) == "D914W0SC"


@given(hazards, st.integers(0, 7), st.sampled_from(LETTERS))
def test_one_wrong_character_is_found(hazard: str, place: int, letter: str) -> None:
    code = sign_code.code_of(hazard)
    wrong = code[:place] + letter + code[place + 1 :]
    assert sign_code.read(wrong) == (code if wrong == code else None)


@given(hazards, st.integers(0, 7), st.integers(0, 7))
def test_two_characters_that_were_exchanged_are_found(hazard: str, one: int, other: int) -> None:
    code = sign_code.code_of(hazard)
    letters = list(code)
    letters[one], letters[other] = letters[other], letters[one]
    wrong = "".join(letters)
    assert sign_code.read(wrong) == (code if wrong == code else None)


@given(hazards)
def test_it_may_be_typed_in_many_ways(hazard: str) -> None:
    code = sign_code.code_of(hazard)
    full_width = "".join(chr(ord(letter) + 0xFEE0) for letter in code)
    alike = code.replace("0", "o").replace("1", "l")
    for typed in (code.lower(), f" {code[:4]} {code[4:]}\n", f"{code[:4]}－{code[4:]}", full_width, alike):
        assert sign_code.read(typed) == code, typed


@given(hazards)
def test_the_link_on_a_sign_is_its_code_too(hazard: str) -> None:
    code = sign_code.code_of(hazard)
    assert sign_code.read(f"https://anlan.example.org/app/?water={code}") == code
    assert sign_code.read(f"https://anlan.example.org/app/?a=b&water={code}#/today") == code


@pytest.mark.parametrize(
    "text", ["", "   ", "K7QM", "DG-118-2026-00001", "石井塘石井塘石井", "https://example.org/"]
)
def test_what_is_no_code_is_refused(text: str) -> None:
    assert sign_code.read(text) is None


@given(st.text())
def test_whatever_is_typed_is_a_code_or_none(text: str) -> None:
    code = sign_code.read(text)
    assert code is None or sign_code.read(code) == code


def test_codes_are_spread_and_two_hazards_with_one_are_both_found() -> None:
    ids = [f"0197f3a0-0000-7000-8000-{number:012x}" for number in range(20_000)]
    codes = {sign_code.code_of(hazard) for hazard in ids}
    assert len(codes) >= len(ids) - 1
    assert sign_code.with_code(sign_code.code_of(POND), ids) == [POND]
    assert sign_code.with_code(sign_code.code_of(POND), [POND, ids[5], POND]) == [POND, POND]
