"""Texts with a number in them, which English words one way for one and another for several."""

import re

_PASSAGE = re.compile(r"〔(?:([^〔〕|]*)\|)?([^〔〕|]*)〕")


def plural(text: str, count: int, **values: object) -> str:
    """`text` with `{count}` and `values` filled in.

    A passage 〔one|several〕 is worded by the number, a passage 〔several〕 left out for one.
    """
    worded = _PASSAGE.sub(lambda passage: (passage[1] or "") if count == 1 else passage[2], text)
    return worded.format(count=count, **values)
