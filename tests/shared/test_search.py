"""What a search finds, however it is written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.search.folding import finds, fold, indexed, wanted
from shared.search.simplified import SIMPLIFIED, TRADITIONAL

TEXTS = st.text("石井塘東东３3三十百千2二－- ，aA％", max_size=20)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("3号", "３号鱼塘"),
        ("３号", "3号鱼塘"),
        ("三号", "3号鱼塘"),
        ("3号", "三号鱼塘"),
        ("23号", "二十三号鱼塘"),
        ("二十三号", "23号鱼塘"),
        ("二十", "二十三号鱼塘"),
        ("105", "一百零五号"),
        ("东江", "東江北岸"),
        ("東江", "东江北岸"),
        ("滘联", "滘聯村"),
        ("dg-441900101", "DG-441900101-2026-00007"),
        ("DG441900101", "DG-441900101-2026-00007"),
        ("ＡＢ塘", "ab塘"),
        ("石井塘", "石井 塘"),
        ("石井　北", "石井塘北侧"),
        ("李·四", "李四"),
        ("138-0013", "13800138000"),
        ("%", "100%"),
        ("", "鱼塘"),
    ],
)
def test_a_search_finds_what_is_meant(text: str, said: str) -> None:
    assert finds(text, said)


@pytest.mark.parametrize(
    ("text", "said"), [("3号", "13塘号"), ("东江 鱼塘", "东江"), ("%", "100"), ("二十", "2号"), ("_", "桥下")]
)
def test_a_search_finds_nothing_else(text: str, said: str) -> None:
    assert not finds(text, said)


@given(TEXTS, TEXTS, TEXTS)
def test_every_part_of_a_text_finds_it(before: str, text: str, after: str) -> None:
    assert finds(text, before + text + after)


@given(st.text())
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert indexed([indexed([text])]) == indexed([text])


def test_parts_are_not_read_across() -> None:
    assert indexed(["石井", None, "", "塘"]) == "石井\n塘"
    assert wanted(" － ") == []


def test_a_number_of_any_length_is_folded() -> None:
    assert fold("9" * 5000)
    assert indexed(["9" * 5000 + "十"])


def test_every_traditional_character_has_one_that_has_none() -> None:
    assert len(TRADITIONAL) == len(SIMPLIFIED) == len(set(TRADITIONAL))
    assert not set(TRADITIONAL) & set(SIMPLIFIED)
