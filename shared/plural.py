"""The notation of texts that depend on a count or on details that may be missing.

* `{name}` is a value.
* 〔singular|plural〕 is one of two forms, by the value `count`; 〔|plural〕 is nothing for a count of one.
* 〔passage with {name}〕 is left out where one of its values is missing.
"""

import re
from collections.abc import Mapping

_CHOICE = re.compile(r"〔(?:([^〔〕|]*)\|)?([^〔〕|]*)〕")
_VALUE = re.compile(r"\{(\w+)\}")


def fill(text: str, values: Mapping[str, object]) -> str:
    """`text` with its values filled in. Raises KeyError for a value missing outside of 〔 〕."""

    def choose(match: re.Match[str]) -> str:
        singular, passage = match.groups()
        if singular is not None:
            return singular if values.get("count") == 1 else passage
        return passage if all(name in values for name in _VALUE.findall(passage)) else ""

    return _CHOICE.sub(choose, text).format_map(values)


def plural(text: str, count: int, **values: object) -> str:
    """`fill` for a text about `count` things."""
    return fill(text, {"count": count, **values})
