"""存在冲突: what several people wrote at the same time, side by side, and the choice of what holds."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import flet as ft

from mobile_app import theme
from mobile_app.screens.app_context import AppContext, use_app
from mobile_app.screens.error_boundary import handled, part, say
from mobile_app.screens.hazards.photo import Photo
from mobile_app.screens.hazards.values import value_words, writer_words
from mobile_app.screens.hooks import use_maybe
from mobile_app.texts.words import Texts
from mobile_app.widgets import ask, buttons, labels
from shared.lifecycle import STATUS_AFTER
from shared.merge import DELETED

if TYPE_CHECKING:
    from mobile_app.store.queries.hazards import EventRow, HazardCard
    from shared.merge import Write

_PHOTO = 84


def conflict_cards(app: AppContext, card: "HazardCard") -> list[ft.Control]:
    """A card for statuses that hold at once, and one for each disputed field."""
    fields = [Disputed(card, field, tuple(writes)) for field, writes in card.conflicts.items()]
    return [*([_statuses(app, card)] if card.history.concurrent_statuses else []), *fields]


@part
def Disputed(card: "HazardCard", field: str, writes: "tuple[Write, ...]") -> ft.Control:
    """One field: each value with who and when, to be chosen; or another one to be written."""
    app = use_app()
    chosen, set_chosen = use_maybe()
    texts, hazard = app.texts, card.row.id

    async def write() -> None:
        set_chosen(None)
        await app.open.save_hazard({field: chosen.fields[field]}, [], hazard)
        say(texts.saved_offline)

    def let_be(_event: object = None) -> None:
        set_chosen(None)

    ft.use_dialog(
        ask.question(
            texts.keep_this,
            _will(app, card, field, chosen.fields[field]),
            [
                buttons.quiet_button(texts.cancel, let_be, key="conflict-cancel"),
                buttons.quiet_button(texts.confirm, handled(texts, write), key="conflict-confirm"),
            ],
            let_be,
        )
        if chosen in writes
        else None
    )

    def version(place: int, write: "Write") -> ft.Control:
        keep = partial(set_chosen, write) if field != DELETED else None
        return _written(app, card, field, write, write is writes[-1], f"keep-{field}-{place}", keep)

    return labels.card(
        [
            labels.trouble(texts.in_dispute.format(field=_name(texts, field)), key=f"conflict-{field}"),
            *(version(place, write) for place, write in enumerate(writes)),
            *_other(app, card, field),
        ]
    )


def _written(
    app: AppContext,
    card: "HazardCard",
    field: str,
    write: "Write",
    shown: bool,
    key: str,
    keep: Callable[[], None] | None,
) -> ft.Control:
    """One value with who wrote it and when; `shown`: it is the one that stands now. `keep` chooses it."""
    texts, value, writer = app.texts, _value(app, field, write), writer_words(app, card, write.device)
    controls: list[ft.Control] = [
        ft.Text(value, size=18, weight=ft.FontWeight.W_600),
        *([ft.Row([labels.badge(texts.shown_now, theme.upload_colours("uploading"))])] if shown else []),
        labels.quiet(f"{writer}\n{texts.moment(write.made_at)}"),
    ]
    if keep:
        controls.append(
            buttons.tonal_button(
                texts.keep_this,
                ft.Icons.CHECK,
                lambda _event: keep(),
                key=key,
                name=texts.keep_this_of.format(value=value, writer=writer),
            )
        )
    return _version(controls)


def _other(app: AppContext, card: "HazardCard", field: str) -> list[ft.Control]:
    """The way to another value than those, where there is one on the phone."""
    texts, page, hazard = app.texts, ft.context.page, card.row.id
    if field == DELETED:
        return [labels.quiet(texts.office_decides)]
    if field not in app.profile.hazard_form.with_kit(app.kit).names():
        return []
    return [
        buttons.tonal_button(
            texts.write_other,
            ft.Icons.EDIT_OUTLINED,
            lambda _event: page.navigate(f"/hazards/{hazard}/edit/{field}"),
            key=f"other-{field}",
        )
    ]


def _name(texts: Texts, field: str) -> str:
    return texts.deletion if field == DELETED else texts.field(field)


def _value(app: AppContext, field: str, write: "Write") -> str:
    texts = app.texts
    value = write.fields.get(field)
    if field == DELETED:
        return texts.delete_it if value else texts.keep_it
    return value_words(app, field, value) or texts.emptied


def _will(app: AppContext, card: "HazardCard", field: str, value: Any) -> str:
    """The sentence that says what choosing will write."""
    texts = app.texts
    hazard, words, name = card.row.title or texts.unnamed, value_words(app, field, value), _name(texts, field)
    if words:
        return texts.will_write.format(hazard=hazard, field=name, value=words)
    return texts.will_empty.format(hazard=hazard, field=name)


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
    return _version(
        [
            ft.Row(
                [
                    labels.badge(texts.of(status), theme.status_colours(status.value)),
                    ft.Text(texts.of(row.type), size=16, weight=ft.FontWeight.W_600),
                ],
                spacing=8,
            ),
            *([ft.Text(comment, size=16)] if comment else []),
            labels.quiet(f"{writer_words(app, card, row.device)}\n{texts.moment(row.at)}"),
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


def _version(controls: list[ft.Control]) -> ft.Control:
    return ft.Container(
        ft.Column(controls, spacing=6, horizontal_alignment=ft.CrossAxisAlignment.STRETCH),
        bgcolor=theme.PAPER,
        border_radius=12,
        border=ft.Border.all(1, theme.LINE),
        padding=12,
    )
