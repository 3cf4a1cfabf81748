"""The hazards that a visit is linked with: added now, as seen on the way, or chosen from those here."""

from collections.abc import Awaitable, Callable, Sequence

import flet as ft

from mobile_app.screens.app_context import use_app
from mobile_app.screens.error_boundary import handled, part
from mobile_app.screens.form.controls.choice import PickerSheet
from mobile_app.screens.hooks import use_back
from mobile_app.screens.records.values import hazard_name
from mobile_app.texts.words import Texts
from mobile_app.widgets import buttons
from mobile_app.widgets.picker import picker_dialog

_OFFERED = 50


@part
def LinkedHazards(
    linked: Sequence[str],
    on_change: Callable[[list[str]], None],
    put_aside: Callable[[], Awaitable[None]] | None,
    new_hazard: str,
) -> ft.Control:
    """`linked`: their ids. `put_aside` keeps the form before the route `new_hazard` is opened; None where no
    new one can be added."""
    app = use_app()
    texts, page = app.texts, ft.context.page
    choosing, set_choosing = ft.use_state(False)

    def close() -> None:
        set_choosing(False)

    use_back(close if choosing else None)

    async def add() -> None:
        if put_aside:
            await put_aside()
            app.opened.led_on()
            page.navigate(new_hazard)

    def choose(hazard: str) -> None:
        set_choosing(False)
        on_change([*linked, hazard])

    def unlink(hazard: str) -> None:
        on_change([one for one in linked if one != hazard])

    def options() -> list[tuple[str, str]]:
        rows = [row for row in app.open.hazards(limit=_OFFERED) if row.id not in linked]
        return [(row.id, f"{row.title or texts.unnamed} · {texts.town(row.town_code)}") for row in rows]

    ft.use_dialog(
        picker_dialog(PickerSheet(texts.choose_hazard, options(), None, choose, close), close)
        if choosing
        else None
    )
    return ft.Column(
        [
            *(_line(texts, hazard, hazard_name(app, hazard), unlink) for hazard in linked),
            buttons.row(
                *(
                    [
                        buttons.tonal_button(
                            texts.new_hazard, ft.Icons.ADD, handled(texts, add), key="link-new-hazard"
                        )
                    ]
                    if put_aside
                    else []
                ),
                buttons.tonal_button(
                    texts.choose_hazard,
                    ft.Icons.LINK,
                    lambda _event: set_choosing(True),
                    key="link-hazard",
                ),
            ),
        ],
        spacing=10,
    )


def _line(texts: Texts, hazard: str, name: str, unlink: Callable[[str], None]) -> ft.Control:
    return ft.Row(
        [
            ft.Icon(ft.Icons.WATER_OUTLINED, size=22),
            ft.Text(name, size=16, expand=True, key=f"linked-{hazard}"),
            buttons.icon_button(
                texts.unlink_hazard.format(name=name),
                ft.Icons.CLOSE,
                lambda _event: unlink(hazard),
                key=f"unlink-{hazard}",
            ),
        ],
        spacing=8,
    )
