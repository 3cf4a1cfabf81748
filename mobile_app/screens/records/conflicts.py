"""存在冲突: what several people wrote at the same time, side by side, and the choice of what holds."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import flet as ft

from mobile_app import theme
from mobile_app.screens.app_context import AppContext, use_app
from mobile_app.screens.error_boundary import handled, part, say
from mobile_app.screens.hooks import use_maybe
from mobile_app.screens.records.open_record import OpenRecord
from mobile_app.screens.records.values import value_words, writer_words
from mobile_app.texts.words import Texts
from mobile_app.widgets import ask, buttons, labels
from shared.merge import DELETED

if TYPE_CHECKING:
    from shared.merge import Write


def disputed_fields(record: OpenRecord) -> list[ft.Control]:
    """A card for each field in dispute."""
    return [Disputed(record, field, tuple(writes)) for field, writes in record.conflicts.items()]


@part
def Disputed(record: OpenRecord, field: str, writes: "tuple[Write, ...]") -> ft.Control:
    """One field: each value with who and when, to be chosen; or another one to be written."""
    app = use_app()
    chosen, set_chosen = use_maybe()
    texts = app.texts

    async def write() -> None:
        set_chosen(None)
        if record.save:
            await record.save({field: chosen.fields[field]})
            say(texts.saved_offline)

    def let_be(_event: object = None) -> None:
        set_chosen(None)

    ft.use_dialog(
        ask.question(
            texts.keep_this,
            _will(app, record, field, chosen.fields[field]),
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
        keep = partial(set_chosen, write) if field != DELETED and record.save else None
        return _written(app, record, field, write, write is writes[-1], f"keep-{field}-{place}", keep)

    return labels.card(
        [
            labels.trouble(texts.in_dispute.format(field=_name(texts, field)), key=f"conflict-{field}"),
            *(version(place, write) for place, write in enumerate(writes)),
            *_other(app, record, field),
        ]
    )


def _written(
    app: AppContext,
    record: OpenRecord,
    field: str,
    write: "Write",
    shown: bool,
    key: str,
    keep: Callable[[], None] | None,
) -> ft.Control:
    """One value with who wrote it and when; `shown`: it is the one that stands now. `keep` chooses it."""
    texts, value = app.texts, _value(app, record, field, write)
    writer = writer_words(app, record.writers, write.device)
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
    return version_card(controls)


def _other(app: AppContext, record: OpenRecord, field: str) -> list[ft.Control]:
    """The way to another value than those, where there is one on the phone."""
    texts, page = app.texts, ft.context.page
    if field == DELETED:
        return [labels.quiet(texts.office_decides)]
    if field not in record.fields or record.save is None:
        return []
    return [
        buttons.tonal_button(
            texts.write_other,
            ft.Icons.EDIT_OUTLINED,
            lambda _event: page.navigate(f"{record.address}/edit/{field}"),
            key=f"other-{field}",
        )
    ]


def _name(texts: Texts, field: str) -> str:
    return texts.deletion if field == DELETED else texts.field(field)


def _value(app: AppContext, record: OpenRecord, field: str, write: "Write") -> str:
    texts = app.texts
    value = write.fields.get(field)
    if field == DELETED:
        return texts.delete_it if value else texts.keep_it
    return value_words(app, record.model, field, value) or texts.emptied


def _will(app: AppContext, record: OpenRecord, field: str, value: Any) -> str:
    """The sentence that says what choosing will write."""
    texts = app.texts
    title, words, name = record.title, value_words(app, record.model, field, value), _name(texts, field)
    if words:
        return texts.will_write.format(hazard=title, field=name, value=words)
    return texts.will_empty.format(hazard=title, field=name)


def version_card(controls: list[ft.Control]) -> ft.Control:
    """One of several versions that stand side by side."""
    return ft.Container(
        ft.Column(controls, spacing=6, horizontal_alignment=ft.CrossAxisAlignment.STRETCH),
        bgcolor=theme.PAPER,
        border_radius=12,
        border=ft.Border.all(1, theme.LINE),
        padding=12,
    )
