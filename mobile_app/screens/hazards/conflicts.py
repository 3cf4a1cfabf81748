"""What is in conflict of a hazard: statuses that hold at once, and fields that several people wrote."""

from typing import TYPE_CHECKING

import flet as ft

from mobile_app import theme
from mobile_app.screens.app_context import AppContext
from mobile_app.screens.records.conflicts import disputed_fields, version_card
from mobile_app.screens.records.open_record import OpenRecord
from mobile_app.screens.records.photo import Photo
from mobile_app.screens.records.values import writer_words
from mobile_app.widgets import labels
from shared.lifecycle import STATUS_AFTER

if TYPE_CHECKING:
    from mobile_app.store.queries.hazards import EventRow, HazardCard

_PHOTO = 84


def conflict_cards(app: AppContext, card: "HazardCard", may_edit: bool) -> list[ft.Control]:
    """A card for statuses that hold at once, and one for each disputed field, to be settled by who
    `may_edit`."""
    record = OpenRecord(
        title=card.row.title or app.texts.unnamed,
        model=app.profile.hazard,
        fields=app.profile.hazard_form.with_kit(app.kit).names(),
        address=f"/hazards/{card.row.id}",
        conflicts=card.conflicts,
        writers=card.writers,
        save=(lambda fields: app.open.save_hazard(fields, [], card.row.id)) if may_edit else None,
    )
    return [
        *([_statuses(app, card)] if card.history.concurrent_statuses else []),
        *disputed_fields(record),
    ]


def _statuses(app: AppContext, card: "HazardCard") -> ft.Control:
    """销号 here and 反弹 there: both, until somebody who knows of both takes the next step."""
    texts = app.texts
    held = {event.id: event for event in card.events if event.id in card.history.holding}
    return labels.card(
        [
            labels.trouble(texts.also_status, key="conflict-status"),
            *(_held(app, card, held[event]) for event in card.history.holding if event in held),
        ]
    )


def _held(app: AppContext, card: "HazardCard", row: "EventRow") -> ft.Control:
    texts, status = app.texts, STATUS_AFTER[row.type]
    comment = row.event.comment or row.event.measures_done or ""
    photos = [kept.photo.sha256 for kept in card.photos if kept.photo.event == row.id]
    return version_card(
        [
            ft.Row(
                [
                    labels.badge(texts.of(status), theme.status_colours(status.value)),
                    ft.Text(texts.of(row.type), size=16, weight=ft.FontWeight.W_600),
                ],
                spacing=8,
            ),
            *([ft.Text(comment, size=16)] if comment else []),
            labels.quiet(f"{writer_words(app, card.writers, row.device)}\n{texts.moment(row.at)}"),
            *(
                [
                    ft.Row(
                        [
                            Photo(
                                sha256,
                                texts.photo_of.format(role=texts.of(row.type), number=index + 1),
                                _PHOTO,
                                _PHOTO,
                                ft.BoxFit.COVER,
                            )
                            for index, sha256 in enumerate(photos)
                        ],
                        wrap=True,
                        spacing=8,
                    )
                ]
                if photos
                else []
            ),
        ]
    )
