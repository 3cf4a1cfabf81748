"""保存 at the foot of a form, with what stands in its way."""

from typing import Any

import flet as ft

from mobile_app.texts.words import Texts
from mobile_app.widgets import bars, buttons, labels


def save_bar(texts: Texts, on_save: Any, busy: str, trouble: str) -> ft.Control:
    """`busy`: what is being done, so that nothing can be saved now; `trouble`: the sentence above the button.
    Both are "" where all is well."""
    save = buttons.main_button(
        busy or texts.save, ft.Icons.SAVE_OUTLINED, on_save, key="save", busy=bool(busy)
    )
    return bars.foot([*([labels.trouble(trouble, key="form-problem")] if trouble else []), save])
