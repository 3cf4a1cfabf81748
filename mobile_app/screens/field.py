"""A field one writes into, which no drawing can set back to an older text."""

from collections.abc import Callable
from typing import Any

import flet as ft

from mobile_app.screens.error_boundary import part
from mobile_app.screens.hooks import Box, use_box
from mobile_app.widgets import fields


@part
def Field(label: str, value: str, on_change: Callable[[str], None], name: str, **more: Any) -> ft.Control:
    """`value` counts when the field appears; from then on only the person changes it.

    The page may be redrawn between a keystroke and its event. So the field is drawn with
    what it holds, never with what the screen last heard. To give it another text, give it another `key`.
    `name` is the key of the field itself; `more`: `fields.text_field`.
    """
    drawn: Box[ft.TextField | None] = use_box(lambda: None)
    held = drawn.value
    field = fields.text_field(label, value if held is None else held.value or "", on_change, key=name, **more)
    drawn.value = field
    return field
