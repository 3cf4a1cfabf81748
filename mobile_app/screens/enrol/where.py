"""Where a phone should not be enrolled, because what it keeps there is lost: said before the code is used."""

import re
from collections.abc import Callable
from enum import Enum

import flet as ft

from mobile_app import theme
from mobile_app.screens.app_context import use_app
from mobile_app.screens.error_boundary import part
from mobile_app.widgets import buttons, labels

_IN_APP = re.compile(r"MicroMessenger|DingTalk|\bQQ/|Weibo|AlipayClient", re.IGNORECASE)
"""Browsers inside other apps. The page's start has the same list, for those where the app cannot run."""


class WrongPlace(Enum):
    """A browser whose data the person would not find again."""

    TAB_OF_AN_IPHONE = "tab"
    INSIDE_AN_APP = "in_app"


def wrong_place(page: ft.Page, agent: str) -> WrongPlace | None:
    """Why a phone should not be enrolled in the browser `agent` that shows `page`; None where it may be.

    On an iPhone the home screen's app and the browser's tab have separate data.
    """
    if _IN_APP.search(agent):
        return WrongPlace.INSIDE_AN_APP
    iphone = page.platform is ft.PagePlatform.IOS or "iPhone" in agent
    return WrongPlace.TAB_OF_AN_IPHONE if page.web and iphone and not page.pwa else None


@part
def WrongPlaceNotice(place: WrongPlace, on_stay: Callable[[], None]) -> ft.Control:
    """What to do instead, the code to take along, and a way to enrol here all the same."""
    app = use_app()
    texts = app.texts
    title, text = {
        WrongPlace.TAB_OF_AN_IPHONE: (texts.home_screen_title, texts.home_screen_text),
        WrongPlace.INSIDE_AN_APP: (texts.in_app_title, texts.in_app_text),
    }[place]
    code = ft.Text(app.link_code, size=24, weight=ft.FontWeight.W_700, key="code-to-take")
    return ft.Column(
        [
            labels.heading(title),
            ft.Text(text, size=17, color=theme.INK, key=f"wrong-place-{place.value}"),
            *([labels.quiet(texts.your_code), code] if app.link_code else []),
            ft.Row([buttons.quiet_button(texts.enrol_here, lambda _event: on_stay(), key="enrol-here")]),
        ],
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        spacing=theme.EDGE,
    )
