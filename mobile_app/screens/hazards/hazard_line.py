"""One hazard in the list: what it is, how it stands, and whether the server has it."""

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING

import flet as ft

from mobile_app import theme
from mobile_app.screens.error_boundary import part
from mobile_app.screens.formatting import due_word, overdue
from mobile_app.screens.records.record_line import record_line
from mobile_app.screens.records.state_badges import state_badges
from mobile_app.texts.words import Texts
from mobile_app.widgets import labels
from shared.lifecycle import STATUS_AFTER
from shared.vocabulary import Status

if TYPE_CHECKING:
    from mobile_app.store.queries.hazards import HazardRow


@part
def HazardLine(
    row: "HazardRow",
    texts: Texts,
    today: date,
    on_open: Callable[[str], None],
    just_saved: bool = False,
    away: str = "",
) -> ft.Control:
    """A button whose name is everything that the line says. `away`: how far away it is, and what else
    matters to whoever goes there."""
    kind = texts.of(row.type) if row.type else ""
    where = " · ".join(filter(None, [kind, texts.town(row.town_code)]))
    due = due_word(texts, row, today)
    colour = theme.BAD if overdue(row, today) else theme.QUIET
    return record_line(
        row,
        texts,
        row.title or texts.unnamed,
        [
            labels.quiet(where),
            *([ft.Text(away, size=15, weight=ft.FontWeight.W_600, color=theme.INK)] if away else []),
            *_sent_back(texts, row),
            *([ft.Text(due, size=14, color=colour)] if due else []),
        ],
        [
            *([labels.badge(texts.just_saved, theme.DONE, ft.Icons.CHECK)] if just_saved else []),
            *_sent_back_badge(texts, row),
            labels.badge(texts.of(row.status), theme.status_colours(row.status.value)),
            *state_badges(texts, row.upload, row.conflicts),
        ],
        kind="hazard",
        on_open=on_open,
    )


def _sent_back_badge(texts: Texts, row: "HazardRow") -> list[ft.Control]:
    """验收不通过, where the status does not say it: that of a 退回 does."""
    sent = row.sent_back
    if sent is None or STATUS_AFTER.get(sent.step) is Status.RETURNED:
        return []
    return [labels.badge(texts.not_accepted, theme.upload_colours("failed"), ft.Icons.REPLAY)]


def _sent_back(texts: Texts, row: "HazardRow") -> list[ft.Control]:
    """The reason why it came back."""
    if row.sent_back is None or not row.sent_back.reason:
        return []
    why = texts.sent_back_why.format(reason=row.sent_back.reason)
    return [ft.Text(why, size=14, color=theme.BAD, max_lines=2, overflow=ft.TextOverflow.ELLIPSIS)]
