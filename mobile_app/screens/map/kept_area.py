"""Keeping a part of the map on the phone, for places without a network."""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import flet as ft

from mobile_app import theme
from mobile_app.screens.app_context import use_app
from mobile_app.screens.error_boundary import handled, say
from mobile_app.screens.hooks import Box, use_box, use_maybe
from mobile_app.texts.words import Texts
from mobile_app.widgets import ask, buttons
from shared.plural import plural

if TYPE_CHECKING:
    from mobile_app.screens.map.map_view import MapView
    from mobile_app.store.map.tile_area import KeptArea, TileArea

_STEPS = 100
"""So often at most is the progress drawn."""


def use_kept_area(view: "MapView") -> Callable[[], None] | None:
    """The way to keep what `view` shows; None where the office's tiles may not be kept and none are.

    It goes on only while the map is shown; what has come by then stays.
    """
    app, page = use_app(), ft.context.page
    texts, ground = app.texts, app.open.map.ground
    asking, set_asking = ft.use_state(False)
    done, set_done = use_maybe()
    work: Box[Any] = use_box(lambda: None)
    area = ft.use_memo(lambda: ground.area(view.box(), round(view.zoom)), [view])

    def stop(_event: object = None) -> None:
        if work.value is not None:
            work.value.cancel()

    def close(_event: object = None) -> None:
        stop()
        set_asking(False)

    async def begin() -> None:
        if area is None or work.value is not None:
            return
        set_done(0)
        work.value = asyncio.create_task(ground.keep(area, lambda count: _tell(count, area, set_done)))
        try:
            await work.value
            say(texts.map.area_done)
            set_asking(False)
        except asyncio.CancelledError:
            if not work.value.cancelled():
                raise
        finally:
            work.value = None
            set_done(None)

    async def forget() -> None:
        await ground.forget()
        set_asking(False)

    def answer(what: Callable[[], Any]) -> Callable[[object], None]:
        def answered(_event: object) -> None:
            page.run_task(handled(texts, what))

        return answered

    ft.use_effect(lambda: None, [], stop)
    dialog = None
    if asking:
        dialog = _running(texts, done, area, close) if done is not None else None
        dialog = dialog or _question(texts, ground.kept(), area, answer(begin), answer(forget), close)
    ft.use_dialog(dialog)
    if area is None and not ground.kept().tiles:
        return None
    return lambda: set_asking(True)


def _tell(count: int, area: "TileArea", set_done: Callable[[int], None]) -> None:
    if count * _STEPS // area.count != (count - 1) * _STEPS // area.count:
        set_done(count)


def _question(
    texts: Texts,
    kept: "KeptArea",
    area: "TileArea | None",
    begin: Callable[[object], None],
    forget: Callable[[object], None],
    close: Callable[[object], None],
) -> ft.AlertDialog:
    words = texts.map
    said = [
        plural(words.area_ask, area.count, size=texts.size(area.about_bytes)) if area else words.area_too_wide
    ]
    answers: list[ft.Control] = []
    if area:
        answers.append(buttons.main_button(words.area_begin, ft.Icons.DOWNLOAD, begin, key="area-begin"))
    if kept.tiles:
        said.append(plural(words.area_kept, kept.tiles, size=texts.size(kept.bytes)))
        answers.append(buttons.quiet_button(words.area_forget, forget, key="area-forget", alarm=True))
    answers.append(buttons.quiet_button(texts.cancel, close, key="area-cancel"))
    return ask.question(words.area, "\n".join(said), answers, close)


def _running(
    texts: Texts, done: int, area: "TileArea | None", close: Callable[[object], None]
) -> ft.AlertDialog | None:
    if area is None:
        return None
    words = texts.map
    said = words.area_running.format(done=done, total=area.count)
    return ft.AlertDialog(
        modal=True,
        title=ft.Text(words.area, size=20),
        semantics_label=words.area,
        content=ft.Column(
            [
                ft.Text(said, size=16, color=theme.INK, key="area-progress"),
                ft.ProgressBar(value=done / area.count, color=theme.PRIMARY, bgcolor=theme.TRACK),
            ],
            spacing=12,
            tight=True,
        ),
        actions=[buttons.quiet_button(words.area_stop, close, key="area-stop")],
        bgcolor=theme.CARD,
    )
