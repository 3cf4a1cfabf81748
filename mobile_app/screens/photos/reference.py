"""参考图: a photo of before, faint over the camera, so that the next one is taken from the same place."""

from collections.abc import Sequence

import flet as ft

from mobile_app.screens.app_context import use_app
from mobile_app.screens.error_boundary import handled
from mobile_app.screens.hooks import use_maybe
from mobile_app.widgets import buttons

_STRENGTHS = (0.4, 0.7, 0.0)
"""How much of it is seen, one after the other with each tap."""


def use_reference(hashes: Sequence[str]) -> tuple[ft.Control, ft.Control | None]:
    """(the faint picture, how it is chosen and faded) from photos with these SHA-256, the first at first.

    Of them only those on this phone can be chosen; where there are none, nothing is shown.
    """
    app = use_app()
    chosen, set_chosen = ft.use_state(0)
    loaded, set_loaded = use_maybe()
    strength, set_strength = ft.use_state(_STRENGTHS[0])

    async def load() -> None:
        for step in range(len(hashes)):
            place = (chosen + step) % len(hashes)
            if picture := await app.open.pictures.on_this_phone(hashes[place]):
                set_loaded((place, picture))
                return

    ft.use_effect(handled(app.texts, load), [chosen])
    if loaded is None:
        return ft.Container(visible=False), None
    place, picture = loaded
    words = app.texts.photo

    def fade(_event: object) -> None:
        set_strength(_STRENGTHS[(_STRENGTHS.index(strength) + 1) % len(_STRENGTHS)])

    name = words.reference
    if len(hashes) > 1:
        name = f"{name} {place + 1}/{len(hashes)}"
    over = ft.Container(
        ft.Image(picture, fit=ft.BoxFit.CONTAIN, exclude_from_semantics=True),
        opacity=strength,
        key="reference",
        expand=True,
    )
    next_one = buttons.tonal_button(
        name,
        ft.Icons.COMPARE,
        lambda _event: set_chosen((place + 1) % len(hashes)),
        key="reference-next",
        disabled=len(hashes) < 2,
    )
    # No slider: what it draws above all else keeps screen readers from the shutter.
    fading = buttons.tonal_button(
        words.reference_strength.format(percent=round(100 * strength)),
        ft.Icons.OPACITY,
        fade,
        key="reference-strength",
    )
    return over, buttons.row(next_one, fading)
