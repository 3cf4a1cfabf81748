"""修改: the form of a saved record, with the values that are shown or as it was left unsaved."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar, cast

import flet as ft

from mobile_app.screens.app_context import use_app
from mobile_app.screens.form.discarding import discard
from mobile_app.screens.form.draft import restore
from mobile_app.screens.form.form_state import FormState
from mobile_app.screens.form.form_view import FormView
from mobile_app.screens.keyed import keyed
from mobile_app.screens.records.draft_card import DraftCard
from mobile_app.screens.records.gone import Gone
from mobile_app.screens.records.open_record import address_of
from mobile_app.store.queries import drafts
from shared.operations import RecordType

Card = TypeVar("Card")


def edit_form(
    type: RecordType,
    record: str,
    title: str,
    find: Callable[[str], Card | None],
    fill: Callable[[Card], FormState],
    save: Callable[[FormState], Awaitable[str]],
    below: Callable[[FormState], Sequence[ft.Control]] = lambda _state: (),
) -> ft.Control:
    """The form of `record`, at the field that the route's `at` names.

    `find` returns what the phone has of it, None where it is gone; `fill` fills in the form from that; `save`
    saves it and returns what to say then; `below` is that of `FormView`.
    """
    path, app = ft.use_view_path(), use_app()
    name = drafts.editing(record)
    kept, set_kept = ft.use_state(cast(Any, lambda: app.open.drafts().get(name)))
    card = ft.use_memo(lambda: find(record), [record])
    at = ft.use_route_params().get("at", "")
    if card is None:
        return Gone(path, record, type)

    async def drop() -> None:
        await discard(app, name, on_restored=set_kept)
        set_kept(None)

    def start() -> FormState:
        state = fill(card)
        return restore(state, kept) if kept else state

    above = DraftCard(kept, drop) if kept else None
    form = keyed("resumed" if kept else "fresh", FormView)
    return form(path, title, start, save, name, address_of(type, record), above, at, below=below)
