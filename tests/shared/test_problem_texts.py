"""Every problem has a plain text, whatever its details."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared import problems
from shared.problem_texts import SENTENCES, sentence
from shared.profiles.drowning import DROWNING
from shared.profiles.labels import COMMON_LABELS
from tests.shared.test_records import json_values

CODES = sorted(kind.code for kind in problems.ALL)
JARGON = re.compile(
    r"\b(JSON|HTTP|hash|SHA|token|epoch|operation|offset|checksum|encoding|tus|null|field|payload|schema"
    r"|base|cache|database)\b|哈希|令牌|校验|字段|偏移|纪元|操作码|数据库|缓存|协议|编码",
    re.IGNORECASE,
)


def test_every_problem_has_exactly_one_text() -> None:
    assert sorted(SENTENCES) == CODES
    assert len(CODES) == len(set(CODES))


@pytest.mark.parametrize("code", CODES)
def test_a_text_is_plain_and_complete(code: str) -> None:
    for language in ("zh", "en"):
        said = sentence(code, {}, language)
        assert not re.search(r"[{}〔〕_]", said)
        assert not JARGON.search(said), said
        assert said.endswith("。" if language == "zh" else ".")
        assert len(said) <= (60 if language == "zh" else 180)
    assert re.search(r"[一-鿿]", sentence(code))
    assert not re.search(r"[一-鿿]", sentence(code, {}, "en"))


def test_details_are_shown_in_words() -> None:
    details: dict[str, Any] = {"step": "close", "status": "reported"}
    assert "销号" in sentence("step_not_open", details)
    assert "“Reported”" in sentence("step_not_open", details, "en")
    wrong = {"errors": [{"path": "position.lat", "reason": "x"}, {"path": "water_name"}, {"path": "n"}]}
    assert "纬度、水域名称" in sentence("invalid", wrong)
    assert "Name of the water" in sentence("required_missing", {"fields": ["water_name"]}, "en")


def test_an_unknown_code_still_has_a_text() -> None:
    assert "phone_lock_missing" in sentence("phone_lock_missing", {}, "en")
    assert sentence("", None)


odd_details = st.dictionaries(
    st.sampled_from(["step", "status", "role", "errors", "fields", "field", "code"]) | st.text(), json_values
)


@given(st.sampled_from(CODES) | st.text(), odd_details | json_values, st.sampled_from(["zh", "en", "fr"]))
def test_it_never_raises_and_never_leaves_a_gap(code: str, details: Any, language: str) -> None:
    said = sentence(code, details, language)
    assert said
    if code in SENTENCES:
        assert not re.search(r"[{}〔〕]", said)


def test_field_labels_exist_in_both_languages() -> None:
    assert all(zh and en for zh, en in [*COMMON_LABELS.values(), *DROWNING.labels.values()])
