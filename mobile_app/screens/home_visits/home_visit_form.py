"""新增家访: the form of a home visit, which is sealed when it is saved; its draft lies behind a PIN."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import flet as ft

from mobile_app.screens.app_context import AppContext, use_app
from mobile_app.screens.error_boundary import screen
from mobile_app.screens.form.draft import restore
from mobile_app.screens.form.form_state import FormState
from mobile_app.screens.form.form_view import FormView
from mobile_app.screens.form.keeping import Keeping, NotKept
from mobile_app.screens.home_visits.home_visit_list import ROUTE, CannotRecord
from mobile_app.screens.home_visits.pin import Unlock
from mobile_app.screens.home_visits.visit_state import HomeVisitState, carried_over, start
from mobile_app.screens.hooks import use_box, use_maybe
from mobile_app.screens.keyed import keyed
from mobile_app.store.home_visits.draft_lock import OpenDraft
from mobile_app.widgets import labels

_HAZARDS = 500


class LockedKeeping(Keeping):
    """The draft behind the PIN."""

    restores = False
    asks_on_way_back = True

    def __init__(self, draft: OpenDraft) -> None:
        self._draft = draft
        self._task = None

    async def now(self, form: dict[str, Any]) -> None:
        self.stop()
        at = datetime.now().astimezone().isoformat(timespec="seconds")
        await self._draft.keep({**form, "at": at})

    async def drop(self, app: AppContext, form: dict[str, Any]) -> None:  # noqa: ARG002
        self.stop()
        await self._draft.keep(None)


@screen
def NewHomeVisit() -> ft.Control:
    """Purpose, legal basis and consent come first. What is not sealed lies behind the PIN, or nowhere.

    Whether the person may record is decided when it is opened, as nobody loses what they write.
    """
    path, app = ft.use_view_path(), use_app()
    opened, set_opened = use_maybe()  # (OpenDraft, what was kept)
    without, set_without = ft.use_state(False)
    visits, who = app.open.home_visits, app.open.identity
    allowed = use_box(lambda: visits.can_seal and bool(visits.places())).value

    async def unlock(pin: str) -> None:
        if who:
            draft = await visits.drafts.unlock(who.person, pin)
            set_opened((draft, await draft.read()))

    if who is None or not allowed:
        return CannotRecord(path)
    if opened is None and not without and visits.drafts.is_set(who.person):
        return Unlock(path, unlock, lambda: set_without(True))
    draft, kept = opened or (None, None)
    return keyed("kept" if draft else "not-kept", _Form)(path, draft, kept)


@screen
def _Form(path: str, draft: OpenDraft | None, kept: dict[str, Any] | None) -> ft.Control:
    app = use_app()
    texts = app.texts

    async def save(state: FormState) -> str:
        await app.open.home_visits.save(state.to_save())
        if draft:
            await draft.keep(None)
        if isinstance(state, HomeVisitState):
            app.carried["home_visit"] = carried_over(state)
        return texts.home_visits.sealed

    keeping: Callable[[], Keeping] = (lambda: LockedKeeping(draft)) if draft else NotKept
    without = (
        texts.home_visits.not_kept if app.open.home_visits.drafts.available else texts.home_visits.never_kept
    )
    about_draft = texts.home_visits.kept if draft else without
    lines = [ft.Text(texts.home_visits.sealing, size=16), labels.quiet(texts.home_visits.photos)]
    card = labels.card([*lines, labels.quiet(about_draft)])
    return FormView(path, texts.home_visits.new, lambda: _start(app, kept), save, keeping, ROUTE, card)


def _start(app: AppContext, kept: dict[str, Any] | None) -> HomeVisitState:
    rows = app.open.hazards(limit=_HAZARDS)
    hazards = [
        ("", app.texts.home_visits.no_hazard),
        *((row.id, row.title or app.texts.unnamed) for row in rows),
    ]
    state = start(
        app.open.home_visits.places(),
        hazards if rows else [],
        app.carried.get("home_visit", {}),
        app.today.isoformat(),
    )
    if kept:
        restore(state, kept)
        state.about["consent_at"] = kept.get("consent_at")
        state.offer_classes()
    return state
