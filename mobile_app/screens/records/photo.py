"""A photo that is on this phone, shown when its bytes have come."""

import logging

import flet as ft

from mobile_app import theme
from mobile_app.screens.app_context import use_app
from mobile_app.screens.error_boundary import part
from shared.problems import Problem

log = logging.getLogger(__name__)
_MOST_KEPT = 60


@part
def Photo(sha256: str | None, name: str, width: float | None, height: float, fit: ft.BoxFit) -> ft.Control:
    """The picture with these bytes, called `name`; a drop of water until it is there or if it is not."""
    app = use_app()
    _, set_came = ft.use_state("")

    async def fetch() -> None:
        if sha256 is None or sha256 in app.previews:
            return
        try:
            preview = await app.open.pictures.small(sha256)
        except Problem:
            return  # not on this phone: the place stays quiet
        except Exception:
            log.exception("photo %s cannot be shown", sha256)
            return
        while len(app.previews) >= _MOST_KEPT:
            app.previews.pop(next(iter(app.previews)))
        app.previews[sha256] = preview
        set_came(sha256)

    ft.use_effect(fetch, [sha256])
    preview = app.previews.get(sha256 or "")
    return ft.Container(
        ft.Image(
            preview,
            fit=fit,
            width=width,
            height=height,
            semantics_label=name or None,
            exclude_from_semantics=not name,
            gapless_playback=True,
        )
        if preview
        else ft.Icon(ft.Icons.WATER_DROP_OUTLINED, color=theme.OUTLINE, size=28),
        width=width,
        height=height,
        bgcolor=theme.WELL,
        border_radius=12,
        alignment=ft.Alignment.CENTER,
        clip_behavior=ft.ClipBehavior.ANTI_ALIAS,
    )
