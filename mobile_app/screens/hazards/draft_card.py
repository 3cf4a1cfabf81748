"""What was left unsaved: said where one comes by, with the way back to it, or away with it after asking."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any

import flet as ft

from mobile_app import theme
from mobile_app.screens.app_context import AppContext, use_app
from mobile_app.screens.error_boundary import handled, part
from mobile_app.store.queries import drafts
from mobile_app.widgets import ask, buttons, labels
from shared.vocabulary import EventType


@part
def DraftCard(
    kept: Mapping[str, Any],
    on_continue: Callable[[], None] | None = None,
    on_drop: Callable[[], Awaitable[None]] | None = None,
) -> ft.Control:
    """`on_continue` is None where the draft stands in the form already."""
    app = use_app()
    texts = app.texts
    asking, set_asking = ft.use_state(False)
    moment, about = texts.clock(kept.get("at"), datetime.now().astimezone()), _about(app, kept)

    async def drop() -> None:
        set_asking(False)
        if on_drop:
            await on_drop()

    ft.use_dialog(
        ask.question(
            texts.draft_drop,
            texts.draft_drop_ask,
            [
                buttons.quiet_button(texts.cancel, lambda _event: set_asking(False), key="draft-keep"),
                buttons.quiet_button(
                    texts.draft_drop, handled(texts, drop), key="draft-drop-yes", alarm=True
                ),
            ],
            lambda _event: set_asking(False),
        )
        if asking
        else None
    )
    found = (texts.draft_found if on_continue else texts.draft_resumed).format(moment=moment)
    go_on: list[ft.Control] = []
    if on_continue:
        go_on = [
            buttons.tonal_button(
                texts.draft_continue, None, lambda _event: on_continue(), key="draft-continue"
            )
        ]
    return labels.card(
        [
            ft.Row(
                [
                    ft.Icon(ft.Icons.HISTORY_EDU, color=theme.WARN, size=24),
                    ft.Column(
                        [
                            ft.Text(found, size=16, color=theme.INK, key="draft"),
                            *([labels.quiet(about, lines=1)] if about else []),
                        ],
                        spacing=2,
                        expand=True,
                    ),
                    *go_on,
                ],
                spacing=10,
            ),
            *(
                [
                    buttons.quiet_button(
                        texts.draft_drop, lambda _event: set_asking(True), key="draft-drop", alarm=True
                    )
                ]
                if on_drop
                else []
            ),
        ]
    )


def cards(app: AppContext, hazard: str | None = None) -> list[ft.Control]:
    """A card for every draft, or for those that speak of `hazard`."""
    page = ft.context.page
    return [
        DraftCard(kept, partial(page.navigate, address(name, kept)))
        for name, kept in sorted(app.open.drafts().items())
        if hazard is None or kept.get("hazard") == hazard
    ]


def address(name: str, kept: Mapping[str, Any]) -> str:
    """The route at which a draft goes on."""
    if name == drafts.NEW:
        return "/draft"
    return f"/hazards/{kept['hazard']}/{kept.get('step') or 'edit'}"


def _about(app: AppContext, kept: Mapping[str, Any]) -> str:
    """巡查 · 黄沙河."""
    texts = app.texts
    if kept.get("step"):
        doing = texts.of(EventType(kept["step"]))
    else:
        doing = texts.edit_hazard if kept.get("hazard") else texts.new_hazard
    title = kept.get("title") or kept["fields"].get(app.profile.title_field) or ""
    return " · ".join(filter(None, [doing, str(title)]))
