"""A day in a form: some days from today with one tap, or any other from the calendar."""

from collections.abc import Awaitable, Callable
from datetime import date, timedelta

import flet as ft

from mobile_app.screens.app_context import use_app
from mobile_app.screens.error_boundary import part
from mobile_app.screens.form.use_form import scroll_key
from mobile_app.screens.hooks import use_back, use_maybe
from mobile_app.widgets import buttons, labels, segments
from mobile_app.widgets.calendar import DayRange, month_of_days

_YEARS = timedelta(days=730)  # before today that can be chosen, and after


@part
def DayField(
    label: str,
    name: str,
    day: str | None,
    on_day: Callable[[str | None], None],
    quick_days: tuple[int, ...],
    scroll_to: Callable[[str], Awaitable[None]],
    error: str = "",
) -> ft.Control:
    """`day` is an ISO day; `quick_days` those that one tap chooses, and then none before today.

    `scroll_to` brings the calendar into view by its place in the form.
    """
    app = use_app()
    texts, now = app.texts, app.today
    place = f"{name}-days"
    month, show_month = use_maybe()  # that the calendar shows while it is open

    def close() -> None:
        show_month(None)

    def open_or_close(_event: object) -> None:
        show_month(None if month else date.fromisoformat(day) if day else now)

    def picked(chosen: date) -> None:
        close()
        on_day(chosen.isoformat())

    async def bring_into_view() -> None:
        if month:
            await scroll_to(place)

    ft.use_effect(bring_into_view, [month is None])
    use_back(close if month else None)
    quick = {day_after(now, days): str(days) for days in quick_days}
    answers = segments.answers(
        label,
        [(str(days), texts.due_in_days.format(days=days)) for days in quick_days],
        quick.get(day or ""),
        lambda code: on_day(day_after(now, int(code)) if code else None),
        key=name,
    )
    shown: list[ft.Control] = []
    if month:
        days = DayRange(now if quick_days else now - _YEARS, now + _YEARS)
        chosen = date.fromisoformat(day) if day else None
        grid = month_of_days(texts, label, month, chosen, days, picked, show_month, key=place)
        shown = [ft.Container(grid, key=ft.ScrollKey(scroll_key(place)))]  # type: ignore[call-arg]  # flet makes it lazily
    return labels.card(
        [
            ft.Row(
                [
                    labels.heading(label),
                    ft.Text(day or texts.due_none, size=17, weight=ft.FontWeight.W_600, key=name),
                ],
                alignment=ft.MainAxisAlignment.SPACE_BETWEEN,
                wrap=True,
            ),
            *([answers] if quick_days else []),
            buttons.tonal_button(texts.due_pick, ft.Icons.CALENDAR_MONTH, open_or_close, key=f"{name}-pick"),
            *shown,
            *([labels.trouble(error, key=f"{name}-error")] if error else []),
        ]
    )


def day_after(day: date, days: int) -> str:
    """The ISO day that many days later."""
    return (day + timedelta(days=days)).isoformat()
