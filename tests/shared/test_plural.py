"""The notation of texts: plural forms, and parts left out where a value is missing."""

import dataclasses

from mobile_app.texts.en import TEXTS
from shared.plural import fill, plural
from sync_server.texts.en import EN


def test_singular_and_plural_forms() -> None:
    text = "{count} save〔|s〕 of {person} 〔is|are〕 here."
    assert plural(text, 1, person="Li") == "1 save of Li is here."
    assert plural(text, 2, person="Li") == "2 saves of Li are here."
    assert plural(text, 0, person="Li") == "0 saves of Li are here."
    assert plural("{count} 处", 1) == "1 处"


def test_a_passage_without_its_value_is_left_out() -> None:
    text = "Your role〔 ({role})〕 may not do this〔: {step}〕."
    assert fill(text, {}) == "Your role may not do this."
    assert fill(text, {"step": "close"}) == "Your role may not do this: close."
    assert fill(text, {"role": "{step}〔|s〕", "step": "x"}) == "Your role ({step}〔|s〕) may not do this: x."


def test_english_texts_with_a_count_have_a_singular_form() -> None:
    for texts in (TEXTS, EN):
        for field in dataclasses.fields(texts):
            text = getattr(texts, field.name)
            if isinstance(text, str) and "{count}" in text:
                assert "|" in text, field.name
