"""Picks the texts for a language."""

from shared.vocabulary import Term
from sync_server.texts.en import EN
from sync_server.texts.words import Texts
from sync_server.texts.zh import ZH


def texts(language: str | None) -> Texts:
    """English texts for a tag that starts with "en", Chinese for everything else."""
    return EN if (language or "").lower().startswith("en") else ZH


def label(term: Term, words: Texts) -> str:
    """The label of a vocabulary term."""
    return term.zh if words.code == "zh" else term.en
