"""A few words in every language of the product."""

from typing import NamedTuple


class Wording(NamedTuple):
    """The same words in Chinese and in English."""

    zh: str
    en: str

    def of(self, language: str) -> str:
        """The words in "zh" or "en"."""
        return self.zh if language == "zh" else self.en
