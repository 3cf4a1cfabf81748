"""Discarding a draft: it is gone at once, and for some seconds one tap has it back."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from mobile_app.screens.app_context import AppContext
from mobile_app.screens.error_boundary import handled, say


def _nothing(_form: Mapping[str, Any]) -> None:
    return None


async def discard(
    app: AppContext,
    name: str,
    form: Mapping[str, Any] | None = None,
    on_restored: Callable[[Mapping[str, Any]], None] = _nothing,
) -> None:
    """Forget the draft `name`, and offer to restore it: `form`, or else as it was kept.

    `on_restored(form)` is called where somebody does. Problem: device_storage_full.
    """
    kept = form or app.open.drafts().get(name)
    await app.open.save_draft(name, None)
    app.open.drafts_changed()
    if kept is not None:
        restore = partial(_restore, app, name, kept, on_restored)
        say(app.texts.draft_dropped, undo=(app.texts.undo, handled(app.texts, restore)))


async def _restore(
    app: AppContext, name: str, form: Mapping[str, Any], on_restored: Callable[[Mapping[str, Any]], None]
) -> None:
    if name in app.open.drafts():  # begun anew meanwhile: what was written last is not overwritten
        say(app.texts.draft_newer, good=False)
        return
    await app.open.save_draft(name, dict(form))
    app.open.drafts_changed()
    on_restored(form)
