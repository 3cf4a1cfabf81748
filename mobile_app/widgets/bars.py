"""The title bar at the top of every screen, the tab bar at the bottom, and what stands above that."""

from collections.abc import Callable, Sequence
from typing import Any

import flet as ft

from mobile_app import theme
from mobile_app.texts.words import Texts
from mobile_app.widgets.buttons import icon_button, main_button

TABS = ("/today", "/", "/map", "/sync", "/me")
_TAB_OF = {"/visits": "/"}
"""Which tab leads to a list that has none of its own."""


def title_bar(
    title: str, *, actions: Sequence[ft.Control] = (), back: tuple[str, Any] | None = None
) -> ft.AppBar:
    """The bar at the top. `back`: (accessible name of the back button, handler)."""
    return ft.AppBar(
        leading=icon_button(back[0], ft.Icons.ARROW_BACK, back[1], key="back", color=theme.ON_BAR)
        if back
        else None,
        automatically_imply_leading=False,
        title=ft.Text(title, size=20, weight=ft.FontWeight.W_600, color=theme.ON_BAR),
        bgcolor=theme.BAR,
        color=theme.ON_BAR,
        actions=list(actions),
        toolbar_height=56,
        center_title=False,
    )


def tab_bar(
    texts: Texts, here: str, go: Callable[[str], None], is_late: Callable[[], bool]
) -> ft.NavigationBar:
    """The tabs 今日, 隐患, 地图, 同步 and 我的. `go` is called with the route of the chosen tab.

    They lie where the button 保存 was: what `is_late` says was meant for it changes nothing.
    """

    def choose(event: ft.Event[ft.NavigationBar]) -> None:
        go(here if is_late() else TABS[event.control.selected_index])

    return ft.NavigationBar(
        destinations=[
            ft.NavigationBarDestination(
                ft.Icons.TODAY_OUTLINED, texts.tab_today, selected_icon=ft.Icons.TODAY
            ),
            ft.NavigationBarDestination(
                ft.Icons.WATER_OUTLINED, texts.tab_hazards, selected_icon=ft.Icons.WATER
            ),
            ft.NavigationBarDestination(ft.Icons.MAP_OUTLINED, texts.map.tab, selected_icon=ft.Icons.MAP),
            ft.NavigationBarDestination(ft.Icons.SYNC_OUTLINED, texts.tab_sync, selected_icon=ft.Icons.SYNC),
            ft.NavigationBarDestination(ft.Icons.PERSON_OUTLINE, texts.tab_me, selected_icon=ft.Icons.PERSON),
        ],
        selected_index=TABS.index(_TAB_OF.get(here, here)),
        on_change=choose,
        bgcolor=theme.CARD,
        indicator_color=theme.CALM[1],
        height=72,
        key="tabs",
    )


def foot(controls: Sequence[ft.Control]) -> ft.Control:
    """A bar at the foot of a screen, above its tabs: it covers nothing of what lies above it."""
    return ft.SafeArea(
        ft.Container(
            ft.Column(
                list(controls),
                spacing=8,
                horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
                tight=True,
            ),
            bgcolor=theme.CARD,
            border=ft.Border.only(top=ft.BorderSide(1, theme.LINE)),
            padding=ft.Padding.symmetric(horizontal=14, vertical=8),
        ),
        avoid_intrusions_top=False,
    )


def new_bar(text: str, on_new: Any, *, key: str) -> ft.Control:
    """The bar with the button for a new record, such as 新增隐患."""
    return foot([main_button(text, ft.Icons.ADD, on_new, key=key)])
