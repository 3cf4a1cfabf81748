"""Which texts belong to a language."""

from mobile_app.texts import en, zh
from mobile_app.texts.words import Texts

BY_LANGUAGE: dict[str, Texts] = {"zh": zh.TEXTS, "en": en.TEXTS}


def texts_for(language: str | None) -> Texts:
    """The texts of "zh" or "en" (or a longer tag of one); Chinese for any other language."""
    return BY_LANGUAGE.get((language or "").lower()[:2], zh.TEXTS)
