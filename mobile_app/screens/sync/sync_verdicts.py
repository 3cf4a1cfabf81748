"""办公室的处理: what became of saves that the server had not taken, until the person has read it."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import flet as ft

from mobile_app import theme
from mobile_app.screens.app_context import use_app
from mobile_app.screens.error_boundary import handled, part
from mobile_app.screens.keyed import keyed
from mobile_app.screens.records.open_record import address_of
from mobile_app.state.sync import SyncState
from mobile_app.texts.words import Texts
from mobile_app.widgets import buttons, labels
from shared.operations import Kind, RecordType
from shared.plural import plural

if TYPE_CHECKING:
    from mobile_app.store.log.verdicts import Verdict

_SHOWN = 20


def saved_words(texts: Texts, verdict: "Verdict") -> str:
    """What was saved: 水域名称、具体位置, 照片, 删除."""
    if verdict.type == RecordType.PHOTO:
        return texts.photos
    if verdict.kind in (Kind.DELETE, Kind.RESTORE):
        return texts.deletion if verdict.kind is Kind.DELETE else texts.keep_it
    named = [said for name in verdict.fields if (said := texts.field(name)) != name]
    return texts.listed(named) or (texts.history if verdict.type == RecordType.HAZARD_EVENT else texts.facts)


@part
def VerdictsCard(sync: SyncState) -> ft.Control:
    """The verdicts that nobody has acknowledged, the oldest first."""
    app = use_app()
    texts = app.texts
    untold = ft.use_memo(app.open.verdicts, [sync.revision])
    if not untold:
        return ft.Container(visible=False)
    shown = untold[:_SHOWN]

    async def heard_all() -> None:
        await app.open.acknowledge(shown)

    every: list[ft.Control] = []
    if len(shown) > 1:
        every = [
            buttons.tonal_button(
                texts.verdicts_heard, ft.Icons.DONE_ALL, handled(texts, heard_all), key="verdicts-heard"
            )
        ]
    return labels.card(
        [
            labels.heading(texts.verdicts),
            *(keyed("-".join(map(str, verdict.key)), VerdictLine)(verdict) for verdict in shown),
            *every,
        ]
    )


@part
def VerdictLine(verdict: "Verdict") -> ft.Control:
    """One of them, with a way to its record."""
    app = use_app()
    texts, page = app.texts, ft.context.page
    name = f"{verdict.key[0]}-{verdict.key[1]}"

    async def heard() -> None:
        await app.open.acknowledge([verdict])

    acts: Sequence[ft.Control] = [
        buttons.tonal_button(
            texts.verdict_heard,
            ft.Icons.DONE,
            handled(texts, heard),
            key=f"verdict-heard-{name}",
        )
    ]
    owner = verdict.owner
    if owner:
        acts = [
            buttons.tonal_button(
                texts.open_record,
                None,
                lambda _event: page.navigate(address_of(owner.type, owner.id)),
                key=f"verdict-record-{name}",
            ),
            *acts,
        ]
    moment = texts.clock(verdict.saved_at, datetime.now(UTC))
    return ft.Column(
        [
            ft.Row(
                [
                    ft.Text(
                        verdict.title or texts.unnamed,
                        size=17,
                        weight=ft.FontWeight.W_600,
                        color=theme.INK,
                        expand=True,
                    ),
                    labels.badge(
                        texts.verdict_repaired if verdict.repaired else texts.verdict_discarded,
                        theme.upload_colours("uploaded" if verdict.repaired else "failed"),
                    ),
                ],
                vertical_alignment=ft.CrossAxisAlignment.START,
                spacing=10,
            ),
            labels.quiet(
                texts.verdict_saved.format(moment=moment, fields=saved_words(texts, verdict)),
                key=f"verdict-saved-{name}",
            ),
            ft.Text(
                texts.why(verdict.why.code, verdict.why.details),
                size=16,
                color=theme.INK,
                key=f"verdict-{name}",
            ),
            buttons.row(*acts),
        ],
        spacing=6,
    )


@part
def VerdictsNotice(sync: SyncState) -> ft.Control:
    """How many there are to read; a tap leads to them."""
    app = use_app()
    page = ft.context.page
    amount = ft.use_memo(lambda: len(app.open.verdicts()), [sync.revision])
    if not amount:
        return ft.Container(visible=False)
    said = plural(app.texts.verdicts_unread, amount)
    return buttons.tonal_button(
        said,
        ft.Icons.MARK_EMAIL_UNREAD_OUTLINED,
        lambda _event: page.navigate("/sync"),
        key="verdicts-unread",
    )
