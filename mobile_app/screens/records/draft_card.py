"""What was left unsaved: said where one comes by, with the way back to it, or away with it."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

import flet as ft

from mobile_app import theme
from mobile_app.screens.app_context import AppContext, use_app
from mobile_app.screens.error_boundary import handled, part
from mobile_app.screens.form.discarding import discard
from mobile_app.screens.hooks import use_part
from mobile_app.screens.keyed import keyed
from mobile_app.screens.records.open_record import visit_address
from mobile_app.screens.sync.sync_bar import records_changed
from mobile_app.store.queries import drafts
from mobile_app.widgets import buttons, labels
from shared.operations import RecordType
from shared.permissions import Action, step_action
from shared.vocabulary import EventType


@part
def DraftCard(
    kept: Mapping[str, Any],
    on_drop: Callable[[], Awaitable[None]],
    on_continue: Callable[[], None] | None = None,
    name: str = "",
) -> ft.Control:
    """`on_continue` is None where the draft stands in a form already, or no form here takes it.

    `name`: of one among several; the second of two fast taps on 丢弃 is not meant for the next of them.
    """
    app = use_app()
    texts = app.texts
    moment = texts.clock(kept.get("at"), datetime.now().astimezone())
    about = about_draft(app, kept, name)

    async def drop() -> None:
        if not app.discarded.is_late():
            app.discarded.led_on()
            await on_drop()

    found = (texts.draft_found if name else texts.draft_resumed).format(moment=moment)
    said = ft.Column(
        [
            ft.Text(found, size=16, color=theme.INK, key=_key("draft", name)),
            *([labels.quiet(about, lines=2)] if about else []),
        ],
        spacing=2,
        expand=True,
    )
    on_discard, key = handled(texts, drop), _key("draft-drop", name)
    if on_continue is None:
        away = buttons.quiet_button(texts.draft_drop, on_discard, key=key, alarm=True)
        return labels.card([_row(said), away])
    refused = not may_save(app, kept)
    go_on = buttons.tonal_button(
        texts.open_record if refused else texts.draft_continue,
        None,
        lambda _event: on_continue(),
        key=_key("draft-continue", name),
    )
    drop_icon = buttons.icon_button(
        f"{texts.draft_drop} {about}", ft.Icons.DELETE_OUTLINE, on_discard, key=key, color=theme.BAD
    )
    why = [labels.quiet(texts.cannot_continue)] if refused else []
    return labels.card([_row(said), *why, buttons.row(go_on, drop_icon)])


@part
def NewDrafts(but: str, mark_of: Callable[[str], str | None]) -> ft.Control:
    """The new hazards or visits that were left unsaved, but for the draft with the name `but`.

    `mark_of` tells their drafts from others.
    """
    app = use_app()
    use_part(app.open.sync, records_changed)
    names = [name for name in app.open.drafts() if name != but and mark_of(name) is not None]
    return ft.Column(_cards(app, names), spacing=14, visible=bool(names))


def cards(
    app: AppContext, type: RecordType = RecordType.HAZARD, about: str | None = None
) -> list[ft.Control]:
    """A card for every draft of a hazard or a visit, the latest first, or for those that are `about` one.

    For screens that are redrawn when `records_changed` does.
    """
    kept = app.open.drafts().items()
    if about is None:
        names = [name for name, form in kept if _type_of(name, form) is type]
    else:
        names = [name for name, form in kept if drafts.about(form) == about]
    return _cards(app, names)


def _cards(app: AppContext, names: Sequence[str]) -> list[ft.Control]:
    page = ft.context.page

    def card(name: str, kept: Mapping[str, Any]) -> ft.Control:
        route = address(name, kept)
        go_on = partial(page.navigate, route) if route else None
        return keyed(name, DraftCard)(kept, partial(discard, app, name), go_on, name)

    found = {name: kept for name, kept in app.open.drafts().items() if name in names}
    latest_first = sorted(found.items(), key=lambda one: str(one[1].get("at")), reverse=True)
    return [card(name, kept) for name, kept in latest_first]


def address(name: str, kept: Mapping[str, Any]) -> str | None:
    """The route at which a draft goes on; None for one of a record that no form here takes."""
    mark = drafts.mark_of(name)
    if mark is not None:
        return f"/draft/{mark}" if mark else "/draft"
    mark = drafts.visit_mark_of(name)
    if mark is not None:
        return f"/visits/draft/{mark}"
    if visit := kept.get("visit"):
        return f"{visit_address(visit)}/edit"
    hazard = kept.get("hazard")
    return f"/hazards/{hazard}/{kept.get('step') or 'edit'}" if hazard else None


def may_save(app: AppContext, kept: Mapping[str, Any]) -> bool:
    """Whether the person may still save what a draft is of, somewhere."""
    step = kept.get("step")
    return app.open.access.may(step_action(EventType(step)) if step else Action.EDIT_RECORDS)


def _type_of(name: str, kept: Mapping[str, Any]) -> RecordType:
    """What a draft is about; what no form here takes stands among the hazards."""
    visit = drafts.visit_mark_of(name) is not None or kept.get("visit")
    return RecordType.EDUCATION_VISIT if visit else RecordType.HAZARD


def about_draft(app: AppContext, kept: Mapping[str, Any], name: str = "") -> str:
    """巡查 · 黄沙河, or the title alone where the draft `name` is not about a hazard."""
    texts, doing = app.texts, ""
    if kept.get("step"):
        doing = texts.of(EventType(kept["step"]))
    elif kept.get("hazard"):
        doing = texts.edit_hazard
    elif kept.get("visit"):
        doing = texts.edit_visit
    elif kept.get("type") == RecordType.EDUCATION_VISIT:
        doing = texts.new_visit
    elif not name or drafts.mark_of(name) is not None:
        doing = texts.new_hazard
    fields = kept["fields"]
    title = kept.get("title") or fields.get(app.profile.title_field) or fields.get("place") or ""
    return " · ".join(filter(None, [doing, str(title)]))


def _row(*controls: ft.Control) -> ft.Control:
    return ft.Row([ft.Icon(ft.Icons.HISTORY_EDU, color=theme.WARN, size=24), *controls], spacing=8)


def _key(action: str, name: str) -> str:
    return f"{action}-{name}" if name else action
