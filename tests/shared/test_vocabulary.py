"""Words and towns: every one has both languages, and codes are what stands on the wire."""

import json

import pytest

from shared import vocabulary
from shared.towns import BY_CODE, CITY_CODE, TOWNS, town_name
from shared.vocabulary import Term

LISTS = [
    kind
    for kind in vars(vocabulary).values()
    if isinstance(kind, type) and issubclass(kind, Term) and kind is not Term
]


@pytest.mark.parametrize("terms", LISTS, ids=lambda kind: kind.__name__)
def test_every_term_has_a_code_and_both_languages(terms: type[Term]) -> None:
    members = list(terms)
    assert members
    assert len({term.zh for term in members}) == len({term.en for term in members}) == len(members)
    for term in members:
        assert str(term) == f"{term}" == json.loads(json.dumps(term)) == term.value
        assert terms(term.value) is term
        assert term.zh.strip() == term.zh != ""
        assert term.en.isascii() or "–" in term.en


def test_there_are_33_towns_of_the_city() -> None:
    assert len(BY_CODE) == len(TOWNS) == 33
    assert all(town.code.startswith(CITY_CODE[:6]) and len(town.code) == 9 for town in TOWNS)


def test_a_town_is_named_in_both_languages() -> None:
    assert town_name("441900121") == "虎门镇"
    assert town_name("441900121", "en") == "Humen Town"
    assert (town_name("123"), town_name(None)) == ("123", "")
