"""What the server refused of a record, in sentences: what a person must know before anything else."""

from collections.abc import Iterable

import flet as ft

from mobile_app.texts.words import Texts
from mobile_app.widgets import labels
from shared.sync.wire import Reason


def notices(texts: Texts, refused: Iterable[Reason]) -> list[ft.Control]:
    """A card for each reason, each once."""
    sentences = [texts.refused_text.format(why=texts.why(why.code, why.details)) for why in refused]
    return [
        labels.card([labels.trouble(sentence, key=f"notice-{index}")])
        for index, sentence in enumerate(dict.fromkeys(sentences))
    ]
