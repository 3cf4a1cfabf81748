"""整改时限: in a week, a fortnight or a month with one tap, or any other day."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import flet as ft

from mobile_app.screens.app_context import use_app
from mobile_app.screens.error_boundary import part
from mobile_app.screens.form.model import QUICK_DAYS, day_after
from mobile_app.screens.formatting import today
from mobile_app.widgets import buttons, labels, segments


@part
def DueSection(due: str | None, on_due: Callable[[str | None], None]) -> ft.Control:
    """`due` is an ISO day."""
    texts = use_app().texts
    opened, set_opened = ft.use_state(False)
    now = today()

    def picked(event: ft.Event[ft.DatePicker]) -> None:
        set_opened(False)
        on_due(day_of(event.control.value).isoformat())

    ft.use_dialog(
        ft.DatePicker(
            value=_noon(date.fromisoformat(due) if due else now),
            first_date=_noon(now),
            last_date=_noon(now + timedelta(days=730)),
            current_date=_noon(now),
            help_text=texts.field("due_date"),
            cancel_text=texts.cancel,
            confirm_text=texts.confirm,
            on_change=picked,
            on_dismiss=lambda _event: set_opened(False),
        )
        if opened
        else None
    )
    quick = {day_after(now, days): str(days) for days in QUICK_DAYS}
    return labels.card(
        [
            ft.Row(
                [
                    labels.heading(texts.field("due_date")),
                    ft.Text(due or texts.due_none, size=17, weight=ft.FontWeight.W_600, key="due"),
                ],
                alignment=ft.MainAxisAlignment.SPACE_BETWEEN,
            ),
            segments.answers(
                texts.field("due_date"),
                [(str(days), texts.due_in_days.format(days=days)) for days in QUICK_DAYS],
                quick.get(due or ""),
                lambda code: on_due(day_after(now, int(code)) if code else None),
                key="due",
            ),
            buttons.tonal_button(
                texts.due_pick, ft.Icons.CALENDAR_MONTH, lambda _event: set_opened(True), key="due-pick"
            ),
        ]
    )


def _noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12).astimezone()


def day_of(value: object) -> date:
    """The day a person tapped: the picker hands it over as a moment."""
    if isinstance(value, datetime):
        return (value.astimezone() if value.tzinfo else value).date()
    return value if isinstance(value, date) else date.fromisoformat(str(value)[:10])
