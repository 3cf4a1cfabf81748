"""A day in a form: some days from today with one tap, or any other from the calendar."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import flet as ft

from mobile_app.screens.app_context import use_app
from mobile_app.screens.error_boundary import part
from mobile_app.screens.formatting import today
from mobile_app.screens.hooks import use_back
from mobile_app.widgets import buttons, labels, segments

_YEARS = 730  # days before today that can be chosen, and after


@part
def DayField(
    label: str,
    name: str,
    day: str | None,
    on_day: Callable[[str | None], None],
    quick_days: tuple[int, ...],
    error: str = "",
) -> ft.Control:
    """`day` is an ISO day; `quick_days` those that one tap chooses, and then none before today."""
    texts = use_app().texts
    opened, set_opened = ft.use_state(False)
    now = today()

    use_back((lambda: set_opened(False)) if opened else None)

    def picked(event: ft.Event[ft.DatePicker]) -> None:
        set_opened(False)
        on_day(day_of(event.control.value).isoformat())

    ft.use_dialog(
        ft.DatePicker(
            value=_noon(date.fromisoformat(day) if day else now),
            first_date=_noon(now if quick_days else now - timedelta(days=_YEARS)),
            last_date=_noon(now + timedelta(days=_YEARS)),
            current_date=_noon(now),
            help_text=label,
            cancel_text=texts.cancel,
            confirm_text=texts.confirm,
            on_change=picked,
            on_dismiss=lambda _event: set_opened(False),
        )
        if opened
        else None
    )
    quick = {day_after(now, days): str(days) for days in quick_days}
    answers = segments.answers(
        label,
        [(str(days), texts.due_in_days.format(days=days)) for days in quick_days],
        quick.get(day or ""),
        lambda code: on_day(day_after(now, int(code)) if code else None),
        key=name,
    )
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
            buttons.tonal_button(
                texts.due_pick, ft.Icons.CALENDAR_MONTH, lambda _event: set_opened(True), key=f"{name}-pick"
            ),
            *([labels.trouble(error, key=f"{name}-error")] if error else []),
        ]
    )


def day_after(day: date, days: int) -> str:
    """The ISO day that many days later."""
    return (day + timedelta(days=days)).isoformat()


def _noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12).astimezone()


def day_of(value: object) -> date:
    """The day a person tapped: the picker hands it over as a moment."""
    if isinstance(value, datetime):
        return (value.astimezone() if value.tzinfo else value).date()
    return value if isinstance(value, date) else date.fromisoformat(str(value)[:10])
