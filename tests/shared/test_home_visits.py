"""Home visits as phone and server agree on them: the visit, its form, and the header of an envelope."""

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from shared.forms import filling
from shared.home_visits import envelope, vocabulary
from shared.home_visits.form import FORM, LABELS
from shared.home_visits.model import LONGEST, LONGEST_PASSAGE, HomeVisit
from shared.problems import Problem
from shared.vocabulary import Term

RECORD = "01890a5d-ac96-774b-bcce-b302099a8057"
VISIT: dict[str, Any] = {
    "record": RECORD,
    "legal_basis": "guardian_consent",
    "consent_at": "2026-11-03T19:00:00+08:00",
    "consent_how": "spoken",
    "school": "虎门实验小学",
    "class_name": "三(2)班",
    "student_name": "张小明",
    "under_14": True,
    "visit_date": "2026-11-03",
    "mode": "in_person",
    "reason": "safety",
}
HEADER: dict[str, Any] = {
    "alg": "ECDH-ES",
    "enc": "A256GCM",
    "typ": "anlan-home-visit",
    "kid": "2026-abc",
    "epk": {"kty": "EC", "crv": "P-256", "x": "x" * 43, "y": "y" * 43},
    "campaign": "dongguan",
    "record": RECORD,
    "device": "a" * 16,
    "n": 1,
    "school": "虎门实验小学",
    "class": "三(2)班",
    "sealed_at": "2026-11-03T19:20:00+08:00",
}


def sealed(
    header: Any, *, key: str = "", nonce: str = "n" * 16, body: str = "body", tag: str = "t" * 22
) -> str:
    protected = base64.urlsafe_b64encode(json.dumps(header).encode()).rstrip(b"=").decode()
    return ".".join((protected, key, nonce, body, tag))


def refusal(text: str) -> str:
    with pytest.raises(Problem) as caught:
        envelope.read_header(text)
    return caught.value.code


def test_a_visit_needs_no_more_than_it_must_say() -> None:
    assert HomeVisit.model_validate(VISIT).student_name == "张小明"


@pytest.mark.parametrize(
    "wrong",
    [
        {"consent_at": None},
        {"consent_how": None},
        {"student_name": "张\n小明"},
        {"student_name": " "},
        {"content": "字" * (LONGEST_PASSAGE + 1)},
        {"content": "\x00"},
        {"under_14": "yes"},
        {"id_number": "441900201501011234"},
        {"religion": "x"},
        {"address": "x"},
    ],
)
def test_what_must_not_be_in_a_visit_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        HomeVisit.model_validate({**VISIT, **wrong})


def test_a_duty_set_by_law_needs_no_consent() -> None:
    said = {**VISIT, "legal_basis": "statutory_duty", "consent_at": None, "consent_how": None}
    assert HomeVisit.model_validate(said).consent_at is None


def test_the_form_asks_for_every_field_that_a_person_gives() -> None:
    filled_in = {"record", "consent_version", "consent_at"}
    assert {field.name for field in FORM.fields()} | filled_in == set(HomeVisit.model_fields)
    assert set(LABELS) == set(HomeVisit.model_fields) - {"record"}


def test_the_form_insists_on_consent_before_anything_else() -> None:
    assert next(iter(filling.errors(FORM, {}))) == "legal_basis"
    asked = filling.errors(FORM, {"legal_basis": "guardian_consent"})
    assert "consent_how" in asked
    assert "consent_how" not in filling.errors(FORM, {"legal_basis": "statutory_duty"})


def test_what_the_form_takes_makes_a_visit() -> None:
    given_ = {name: value for name, value in VISIT.items() if name not in ("record", "consent_at")}
    assert filling.errors(FORM, given_) == {}
    HomeVisit.model_validate(
        {**filling.record_fields(FORM, given_), "record": RECORD, "consent_at": VISIT["consent_at"]}
    )


@pytest.mark.parametrize("letter", ["🌊", '"', "\n", "\\"])
def test_the_longest_visit_fits_into_an_envelope(letter: str) -> None:
    line = letter * 200 if letter != "\n" else "x" * 200
    passages = dict.fromkeys(
        ("family_note", "content", "parent_feedback", "follow_up"), letter * LONGEST_PASSAGE
    )
    lines = dict.fromkeys(("student_ref", "visitors", "met_with"), line)
    names = dict.fromkeys(("school", "class_name", "student_name"), line[:LONGEST])
    lists = {"attention_tags": ["single_parent"] * 50, "six_donts": ["without_adult"] * 50}
    visit = HomeVisit.model_validate({**VISIT, **passages, **lines, **names, **lists})
    body = base64.urlsafe_b64encode(visit.model_dump_json(exclude_none=True).encode()).rstrip(b"=").decode()
    header = {**HEADER, "school": names["school"], "class": names["class_name"]}
    assert envelope.read_header(sealed(header, body=body)).record == RECORD


def test_a_header_is_read_and_says_the_same_again() -> None:
    header = envelope.read_header(sealed(HEADER))
    assert header.class_name == "三(2)班"
    assert header.protected() == {name: value for name, value in HEADER.items() if name != "epk"}
    assert envelope.agrees(header, HomeVisit.model_validate(VISIT))
    for field in ("school", "class_name"):
        assert not envelope.agrees(header, HomeVisit.model_validate({**VISIT, field: "x"}))


@pytest.mark.parametrize(
    "change",
    [
        *({name: None} for name in HEADER),
        {"alg": "dir"},
        {"enc": "A128GCM"},
        {"typ": "JWT"},
        {"zip": "DEF"},
        {"crit": ["x"]},
        {"student_name": "张小明"},
        {"n": 0},
        {"n": 2**53},
        {"n": True},
        {"record": "x"},
        {"device": "A" * 16},
        {"school": "x" * 61},
        {"sealed_at": "yesterday"},
        {"epk": {**HEADER["epk"], "d": "x" * 43}},
    ],
)
def test_another_header_is_refused(change: dict[str, Any]) -> None:
    assert refusal(sealed({**HEADER, **change})) == "envelope_unreadable"


def test_a_name_that_stands_twice_is_refused() -> None:
    text = json.dumps(HEADER)[:-1] + f', "record": "{RECORD}"}}'
    protected = base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()
    assert refusal(f"{protected}..{'n' * 16}.body.{'t' * 22}") == "envelope_unreadable"


@pytest.mark.parametrize(
    "shape",
    [
        {"key": "abc"},
        {"nonce": "n"},
        {"body": ""},
        {"tag": "t"},
        {"tag": "t" * 21 + "="},
        {"body": "bödy"},
    ],
)
def test_another_shape_is_refused(shape: dict[str, str]) -> None:
    assert refusal(sealed(HEADER, **shape)) == "envelope_unreadable"


def test_an_envelope_has_a_largest_size() -> None:
    room = envelope.MAX_ENVELOPE - len(sealed(HEADER, body=""))
    envelope.read_header(sealed(HEADER, body="b" * room))
    assert refusal(sealed(HEADER, body="b" * (room + 1))) == "envelope_too_large"


@given(st.one_of(st.text(), st.binary().map(lambda some: sealed({"x": some.hex()})), st.just("." * 4)))
def test_any_text_gets_a_problem(text: str) -> None:
    assert refusal(text) in ("envelope_unreadable", "envelope_too_large")


@given(st.recursive(st.none() | st.integers() | st.text(), lambda inner: st.lists(inner)))
def test_any_header_gets_a_problem(header: Any) -> None:
    assert refusal(sealed(header)) == "envelope_unreadable"


WORDS = [
    kind
    for kind in vars(vocabulary).values()
    if isinstance(kind, type) and issubclass(kind, Term) and kind is not Term
]


@pytest.mark.parametrize("terms", WORDS, ids=lambda kind: kind.__name__)
def test_every_word_has_both_languages(terms: type[Term]) -> None:
    assert len({term.zh for term in terms}) == len({term.en for term in terms}) == len(terms) > 0
    assert all(term.en.isascii() and not term.zh.isascii() for term in terms)
