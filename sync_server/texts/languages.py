"""Which texts go with which language."""

from shared.vocabulary import Term
from sync_server.texts.en import EN
from sync_server.texts.words import Texts
from sync_server.texts.zh import ZH


def texts(language: str | None) -> Texts:
    """The texts of "en…", Chinese for everything else."""
    return EN if (language or "").lower().startswith("en") else ZH


def label(term: Term, words: Texts) -> str:
    """What people read for a word of the field."""
    return term.zh if words.code == "zh" else term.en
