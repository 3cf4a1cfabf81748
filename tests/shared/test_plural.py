"""Singular and plural forms in texts."""

import dataclasses

from mobile_app.texts.en import TEXTS
from shared.plural import plural
from sync_server.texts.en import EN


def test_singular_and_plural_forms() -> None:
    text = "{count} save〔s〕 of {person} 〔is|are〕 here."
    assert plural(text, 1, person="Li") == "1 save of Li is here."
    assert plural(text, 2, person="Li") == "2 saves of Li are here."
    assert plural(text, 0, person="Li") == "0 saves of Li are here."
    assert plural("{count} 处", 1) == "1 处"


def test_english_texts_with_a_count_have_a_singular_form() -> None:
    for texts in (TEXTS, EN):
        for field in dataclasses.fields(texts):
            text = getattr(texts, field.name)
            if isinstance(text, str) and "{count}" in text:
                assert "〔" in text, field.name
