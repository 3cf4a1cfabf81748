"""One month of days to tap, in the page itself: Flutter's own calendar cuts figures where texts are large."""

import calendar
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

import flet as ft

from mobile_app import theme
from mobile_app.texts.words import Texts
from mobile_app.widgets import buttons


@dataclass(frozen=True)
class DayRange:
    """The days that can be chosen, both ends included."""

    first: date
    last: date

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last


def month_of_days(
    texts: Texts,
    label: str,
    month: date,
    chosen: date | None,
    days: DayRange,
    on_day: Callable[[date], None],
    on_month: Callable[[date], None],
    *,
    key: str,
) -> ft.Control:
    """The month that holds the day `month`, and the ways to the months beside it.

    The accessible name of a day is "{label} {ISO day}". `on_month` is given the first of a month.
    """
    first = month.replace(day=1)
    before, after = (first - timedelta(days=1)).replace(day=1), (first + timedelta(days=31)).replace(day=1)

    def turn(name: str, icon: ft.IconData, to: date, there: bool, ending: str) -> ft.Control:
        if not there:
            return ft.Container(width=48, height=48)
        return buttons.icon_button(name, icon, lambda _event: on_month(to), key=f"{key}-{ending}")

    head = ft.Row(
        [
            turn(texts.month_before, ft.Icons.CHEVRON_LEFT, before, days.first < first, "before"),
            ft.Text(
                texts.month.format(year=first.year, month=first.month),
                size=17,
                weight=ft.FontWeight.W_600,
                color=theme.INK,
                text_align=ft.TextAlign.CENTER,
                expand=True,
                key=f"{key}-month",
            ),
            turn(texts.month_after, ft.Icons.CHEVRON_RIGHT, after, days.last >= after, "after"),
        ],
    )
    names: list[ft.Control] = [_cell(word, theme.QUIET) for word in texts.weekdays.split()]

    def day_cell(day: date) -> ft.Control:
        if day.month != first.month:
            return ft.Container(expand=1)
        if day not in days:
            return _cell(str(day.day), theme.OUTLINE)
        return _day_button(label, day, day == chosen, lambda _event: on_day(day), f"{key}-{day}")

    weeks = calendar.Calendar().monthdatescalendar(first.year, first.month)
    rows = [ft.Row([day_cell(day) for day in week], spacing=2) for week in weeks]
    return ft.Column([head, ft.Row(names, spacing=2), *rows], spacing=2, key=key)


def _cell(text: str, colour: str) -> ft.Control:
    word = ft.Text(text, size=15, color=colour, text_align=ft.TextAlign.CENTER, no_wrap=True)
    return ft.Container(
        word, expand=1, padding=ft.Padding.symmetric(vertical=14), alignment=ft.Alignment.CENTER
    )


def _day_button(
    label: str, day: date, selected: bool, choose: Callable[[object], None], key: str
) -> ft.Control:
    return ft.Semantics(
        label=f"{label} {day}",
        button=True,
        selected=selected,
        container=True,
        exclude_semantics=True,
        on_tap=choose,
        expand=1,
        content=ft.Container(
            ft.Text(
                str(day.day),
                size=15,
                color=theme.ON_PRIMARY if selected else theme.INK,
                weight=ft.FontWeight.W_600 if selected else None,
                text_align=ft.TextAlign.CENTER,
                no_wrap=True,
            ),
            padding=ft.Padding.symmetric(vertical=14),
            alignment=ft.Alignment.CENTER,
            bgcolor=theme.PRIMARY if selected else theme.PAPER,
            border_radius=10,
            ink=True,
            on_click=choose,
            key=key,
        ),
    )
