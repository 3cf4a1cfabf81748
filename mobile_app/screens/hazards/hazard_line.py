"""One hazard in the list: what it is, how it stands, and whether the server has it."""

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING

import flet as ft

from mobile_app import theme
from mobile_app.screens.error_boundary import part
from mobile_app.screens.formatting import due_word, overdue, photos_word
from mobile_app.screens.records.photo import Photo
from mobile_app.screens.records.state_badges import state_badges
from mobile_app.texts.words import Texts
from mobile_app.widgets import labels
from shared.lifecycle import STATUS_AFTER
from shared.vocabulary import Status

if TYPE_CHECKING:
    from mobile_app.store.queries.hazards import HazardRow


@part
def HazardLine(
    row: "HazardRow", texts: Texts, today: date, on_open: Callable[[str], None], just_saved: bool = False
) -> ft.Control:
    """A button whose name is everything that the line says."""
    kind = texts.of(row.type) if row.type else ""
    where = " · ".join(filter(None, [kind, texts.town(row.town_code)]))
    due = due_word(texts, row, today)
    name = row.title or texts.unnamed
    return ft.Container(
        ft.Row(
            [
                Photo(row.thumb_sha256, "", 72, 72, ft.BoxFit.COVER),
                ft.Column(
                    [
                        ft.Text(
                            name,
                            size=17,
                            weight=ft.FontWeight.W_600,
                            color=theme.INK,
                            max_lines=2,
                            overflow=ft.TextOverflow.ELLIPSIS,
                        ),
                        labels.quiet(where),
                        *_sent_back(texts, row),
                        *(
                            [ft.Text(due, size=14, color=theme.BAD if overdue(row, today) else theme.QUIET)]
                            if due
                            else []
                        ),
                        ft.Row(
                            [
                                *(
                                    [labels.badge(texts.just_saved, theme.DONE, ft.Icons.CHECK)]
                                    if just_saved
                                    else []
                                ),
                                *_sent_back_badge(texts, row),
                                labels.badge(texts.of(row.status), theme.status_colours(row.status.value)),
                                *state_badges(texts, row.upload, row.conflicts),
                            ],
                            spacing=6,
                            run_spacing=4,
                            wrap=True,
                        ),
                        *([labels.quiet(photos_word(texts, row))] if row.photos_total else []),
                    ],
                    spacing=3,
                    expand=True,
                ),
            ],
            spacing=12,
            vertical_alignment=ft.CrossAxisAlignment.START,
        ),
        bgcolor=theme.CARD,
        border_radius=16,
        border=ft.Border.all(1, theme.LINE),
        padding=12,
        ink=True,
        on_click=lambda _event: on_open(row.id),
        key=f"hazard-{row.id}",
    )


def _sent_back_badge(texts: Texts, row: "HazardRow") -> list[ft.Control]:
    """验收不通过, where the status does not say it: that of a 退回 does."""
    sent = row.sent_back
    if sent is None or STATUS_AFTER.get(sent.step) is Status.RETURNED:
        return []
    return [labels.badge(texts.of(sent.step), theme.upload_colours("failed"), ft.Icons.REPLAY)]


def _sent_back(texts: Texts, row: "HazardRow") -> list[ft.Control]:
    """The reason why it came back."""
    if row.sent_back is None or not row.sent_back.reason:
        return []
    why = texts.sent_back_why.format(reason=row.sent_back.reason)
    return [ft.Text(why, size=14, color=theme.BAD, max_lines=2, overflow=ft.TextOverflow.ELLIPSIS)]
