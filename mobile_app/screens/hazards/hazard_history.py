"""整改经过: what happened to a hazard, the latest first."""

from typing import TYPE_CHECKING

import flet as ft

from mobile_app import theme
from mobile_app.screens.app_context import AppContext
from mobile_app.screens.formatting import writer_word
from mobile_app.widgets import labels
from shared.hazards.kit import state_wording
from shared.hazards.sign_code import in_groups

if TYPE_CHECKING:
    from mobile_app.store.queries.hazards import EventRow, HazardCard


def history(app: AppContext, card: "HazardCard") -> ft.Control:
    """A line for each event; the first saving, the 上报, is the last line."""
    texts = app.texts
    found = card.hazard.found_on.isoformat() if card.hazard.found_on else ""
    return labels.card(
        [
            labels.heading(texts.history),
            *(_event(app, event, card) for event in reversed(card.events)),
            _line(texts.reported_first, found, [], True),
        ]
    )


def _event(app: AppContext, row: "EventRow", card: "HazardCard") -> ft.Control:
    texts, who, event = app.texts, app.open.identity, row.event
    lines = []
    if event.result:
        lines.append(texts.of(event.result))
    if row.id in card.patrols:
        lines.append(texts.of(card.patrols[row.id]))
    if event.sign_code:
        typed = [texts.field("sign_code_typed")] if event.sign_code_typed else []
        code = f"{texts.field('sign_code')}: {in_groups(event.sign_code)}"
        lines.append(" · ".join([code, *typed]))
    if event.measures_done:
        lines.append(event.measures_done)
    for name in ("people_seen", "dissuaded", "after_distance_m", "after_age_min"):
        count = getattr(event, name, None)
        if count is not None:
            lines.append(f"{texts.field(name)}: {count}")
    for item in app.profile.kit:
        field = f"kit_{item.value}"
        check = getattr(event, field, None)
        if check:
            lines.append(f"{texts.of(item)}: {state_wording(field, check.state).of(texts.language)}")
    if event.assignee_unit:
        lines.append(f"{texts.field('assignee_unit')}: {event.assignee_unit}")
    if event.after_reason:
        lines.append(texts.of(event.after_reason))
    if event.comment:
        lines.append(event.comment)
    by = writer_word(texts, who, row.author, card.writers.get(row.device))
    if not by and event.actor_role:
        by = texts.of(event.actor_role)
    when = " · ".join(filter(None, [texts.moment(row.at), by, "" if row.sent else texts.waiting]))
    return _line(texts.of(row.type), when, lines, row.sent)


def _line(title: str, when: str, lines: list[str], sent: bool) -> ft.Control:
    return ft.Row(
        [
            ft.Icon(
                ft.Icons.CIRCLE if sent else ft.Icons.SCHEDULE,
                size=12 if sent else 16,
                color=theme.PRIMARY if sent else theme.WARN,
            ),
            ft.Column(
                [
                    ft.Text(title, size=16, weight=ft.FontWeight.W_600),
                    *([labels.quiet(when)] if when else []),
                    *(ft.Text(text, size=16) for text in lines),
                ],
                spacing=2,
                expand=True,
            ),
        ],
        vertical_alignment=ft.CrossAxisAlignment.START,
        spacing=10,
    )
