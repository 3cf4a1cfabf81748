"""Texts with a count: singular and plural forms in one string."""

import re

_FORMS = re.compile(r"〔(?:([^〔〕|]*)\|)?([^〔〕|]*)〕")


def plural(text: str, count: int, **values: object) -> str:
    """`text` with `{count}` and `values` filled in.

    〔singular|plural〕 becomes the form for `count`; 〔plural〕 alone is left out for a count of one.
    """
    chosen = _FORMS.sub(lambda forms: (forms[1] or "") if count == 1 else forms[2], text)
    return chosen.format(count=count, **values)
