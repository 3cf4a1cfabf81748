"""同步范围: the towns whose hazards come to this phone."""

import flet as ft

from mobile_app.screens.app_context import use_app
from mobile_app.screens.error_boundary import handled, screen
from mobile_app.screens.form.save_bar import save_bar
from mobile_app.widgets import bars, labels
from mobile_app.widgets.toggle import toggle
from shared.towns import TOWNS


@screen
def Towns() -> ft.Control:
    """A large row for each town; no town chosen means all."""
    app = use_app()
    texts, page = app.texts, ft.context.page
    kept, set_kept = ft.use_state(app.open.towns())
    saving, set_saving = ft.use_state(False)
    chosen = frozenset(kept)

    async def save() -> None:
        set_saving(True)
        try:
            await app.open.choose_towns([town.code for town in TOWNS if town.code in chosen])
        finally:
            set_saving(False)
        page.navigate("/me")

    def row(name: str, on: bool, after: frozenset[str], code: str) -> ft.Control:
        return toggle(
            ft.Checkbox(value=on, on_change=lambda _event: set_kept(tuple(after)), key=f"town-{code}"), name
        )

    def town_row(code: str) -> ft.Control:
        return row(texts.town(code), code in chosen, chosen ^ {code}, code)

    return ft.View(
        route="/me/towns",
        padding=0,
        spacing=0,
        appbar=bars.title_bar(texts.scope, back=(texts.back, lambda _event: page.navigate("/me"))),
        controls=[
            ft.ListView(
                [
                    labels.quiet(texts.scope_hint),
                    row(texts.scope_all, not chosen, frozenset(), "all"),
                    *(town_row(town.code) for town in TOWNS),
                ],
                expand=True,
                padding=14,
                key="towns",
            ),
            save_bar(texts, handled(texts, save), texts.saving if saving else "", ""),
        ],
    )
