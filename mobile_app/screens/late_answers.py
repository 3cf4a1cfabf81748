"""Answers of Flutter that come late, after which Flet would hear nothing more."""

import logging
from typing import Any

import flet as ft

log = logging.getLogger(__name__)


def take_late_answers(page: ft.Page) -> None:
    """Let an answer for a control that has left the screen reach whoever waits for it.

    Flet raises there, in the loop that receives everything from Flutter: every tap after it would be lost.
    """
    session = page.session
    handle = session.handle_invoke_method_results

    def take(control_id: int, call_id: str, result: Any, error: str | None) -> None:
        there = control_id if control_id in session.index else page._i
        handle(there, call_id, result, error)

    session.handle_invoke_method_results = take  # type: ignore[method-assign]  # Flet has no seam for it


async def scroll(scroller: ft.Ref[Any], **where: Any) -> None:
    """Scroll what `scroller` holds, where it is drawn; what another view covers may not be, and stays.

    Flutter says so only after ten seconds, perhaps long after it has left the screen.
    """
    if scroller.current is None:
        return
    try:
        await scroller.current.scroll_to(**where)
    except RuntimeError as error:
        log.info("not scrolled: %s", error)
