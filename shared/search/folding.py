"""How searches compare texts: one folding for lists, pages and anything that checks for duplicates.

Full and half width, traditional and simplified characters, upper and lower case and Chinese numerals are
treated alike; dashes, dots between names and spaces are ignored.
"""

import re
import unicodedata
from collections.abc import Iterable

from shared.search.simplified import SIMPLIFIED, TRADITIONAL

_DIGITS = str.maketrans("〇零一二三四五六七八九两", "001234567892")
_NOTHING = dict.fromkeys(map(ord, "-‐‑‒–—―−·•・\u200b\u200c\u200d\ufeff"))
_PLAIN = {**str.maketrans(TRADITIONAL, SIMPLIFIED), **_DIGITS, **_NOTHING}
_WIDE = tuple(zip("，；：（）！？", ",;:()!?", strict=True))
"""The usual wide characters; after replacing them, most texts are NFKC already, which is fast to check."""
_BETWEEN = "\x00"
_UNITS = {"十": 10, "百": 100, "千": 1000}
_NUMBER = re.compile(r"(?:[0-9]{0,9}[十百千])+[0-9]{0,9}")
_PART = re.compile(r"([0-9]*)([十百千])|([0-9]+)$")


def fold(text: str) -> str:
    """`text` in the form in which texts are compared."""
    for wide, plain in _WIDE:
        text = text.replace(wide, plain)
    return unicodedata.normalize("NFKC", text).casefold().translate(_PLAIN)


def numbers_in_digits(folded: str) -> str:
    """A folded text with its Chinese numbers written in digits: 2十3号 is 23号."""
    return _NUMBER.sub(lambda found: str(_value(found[0])), folded)


def indexed(parts: Iterable[object]) -> str:
    """The text that searches for words of `parts` look through; None and "" are left out."""
    folded = fold(_BETWEEN.join(str(part).replace(_BETWEEN, "") for part in parts if part))
    lines = ["".join(line.split()) for line in folded.split(_BETWEEN)]
    if any(unit in folded for unit in _UNITS):
        lines = [form for line in lines for form in (line, numbers_in_digits(line))]
    return "\n".join(dict.fromkeys(filter(None, lines)))


def wanted(text: str) -> list[tuple[str, ...]]:
    """The words of a search, all of which must be found: each as alternative forms."""
    words = filter(None, map(fold, unicodedata.normalize("NFKC", text).split()))
    return [tuple(dict.fromkeys((word, numbers_in_digits(word)))) for word in words]


def finds(text: str, said: str) -> bool:
    """Whether a search for `text` finds a thing with the text `said`."""
    line = indexed([said])
    return all(any(form in line for form in forms) for forms in wanted(text))


def _value(number: str) -> int:
    value = 0
    for digits, unit, last in _PART.findall(number):
        value += int(digits or 1) * _UNITS[unit] if unit else int(last)
    return value
