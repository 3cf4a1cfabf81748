"""Picks the texts for a language."""

from mobile_app.texts import en, zh
from mobile_app.texts.words import Texts

BY_LANGUAGE: dict[str, Texts] = {"zh": zh.TEXTS, "en": en.TEXTS}


def texts_for(language: str | None) -> Texts:
    """The texts for a language tag that starts with "zh" or "en"; Chinese for any other."""
    return BY_LANGUAGE.get((language or "").lower()[:2], zh.TEXTS)
