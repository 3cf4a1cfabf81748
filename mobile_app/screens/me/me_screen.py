"""我的: the language, how much is kept and how safely, and what this app is."""

import flet as ft

from mobile_app.screens.app_context import use_app
from mobile_app.screens.error_boundary import screen
from mobile_app.widgets import bars, buttons, labels, segments


@screen
def Me() -> ft.Control:
    """Asks the device about its storage once."""
    app = use_app()
    storage, set_storage = ft.use_state("")
    kept, set_kept = ft.use_state("")
    texts, who = app.texts, app.open.identity

    async def look() -> None:
        persisted = await app.open.storage.persisted()
        set_kept(texts.storage_kept_yes if persisted else texts.storage_kept_no)
        set_storage(texts.size(await app.open.storage_used()))

    ft.use_effect(look, [texts.language])
    return ft.View(
        route="/",
        padding=0,
        appbar=bars.title_bar(texts.me_title),
        navigation_bar=bars.tab_bar(texts, "/me", ft.context.page.navigate, app.late_taps.is_late),
        controls=[
            ft.ListView(
                [
                    labels.card(
                        [
                            ft.Text(who.name if who else "", size=22, weight=ft.FontWeight.W_700),
                            labels.quiet(texts.of(who.role) if who else ""),
                        ]
                    ),
                    labels.card(
                        [
                            segments.segments(
                                texts.language_label,
                                [("zh", texts.language_zh), ("en", texts.language_en)],
                                texts.language,
                                lambda code: (
                                    app.choose_language("en" if code == "en" else "zh") if code else None
                                ),
                                key="language",
                            )
                        ]
                    ),
                    labels.card(
                        [
                            labels.fact(texts.scope, texts.scope_of(app.open.towns())),
                            buttons.tonal_button(
                                texts.scope_choose,
                                ft.Icons.PLACE_OUTLINED,
                                lambda _event: ft.context.page.navigate("/me/towns"),
                                key="choose-towns",
                            ),
                        ]
                    ),
                    labels.card(
                        [
                            labels.fact(texts.storage_used, storage),
                            labels.fact(texts.storage_kept, kept),
                            labels.fact(texts.version, app.version),
                        ]
                    ),
                    labels.card([labels.heading(texts.about), ft.Text(texts.about_text, size=16)]),
                ],
                expand=True,
                spacing=14,
                padding=14,
                key="me",
            )
        ],
    )
