"""Bodies and handlers that cannot freeze or end the app: every component of the screens stands behind one."""

import logging
from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any, ParamSpec

import flet as ft

from mobile_app import theme
from mobile_app.screens.app_context import use_app
from mobile_app.texts.words import Texts
from mobile_app.widgets import ask, bars
from shared.problems import Problem

log = logging.getLogger(__name__)

P = ParamSpec("P")


def screen(body: Callable[P, ft.Control]) -> Callable[P, ft.Control]:
    """A component whose body makes a whole `View`. Where it raises, a plain view stands in its place.

    Flet stops updating for good when a body raises; so no body may raise.
    """
    return _guarded(body, _broken_view)


def part(body: Callable[P, ft.Control]) -> Callable[P, ft.Control]:
    """A component whose body makes a piece of a screen. Where it raises, one line stands in its place."""
    return _guarded(body, lambda _path, texts: ft.Text(texts.broken_text, color=theme.BAD, key="broken"))


def _guarded(
    body: Callable[P, ft.Control], instead: Callable[[str, Texts], ft.Control]
) -> Callable[P, ft.Control]:
    @wraps(body)
    def guarded(*args: P.args, **given: P.kwargs) -> ft.Control:
        path, app = ft.use_view_path(), use_app()
        try:
            return body(*args, **given)
        except Exception:
            log.exception("%s broke", body.__name__)
            return instead(path, app.texts)

    return ft.component(guarded)


def _broken_view(path: str, texts: Texts) -> ft.Control:
    page = ft.context.page
    return ft.View(
        route=path,
        padding=24,
        appbar=bars.title_bar(texts.broken_title, back=(texts.back, lambda _event: page.navigate("/"))),
        controls=[ft.Text(texts.broken_text, size=18, key="broken")],
    )


def say(text: str, *, good: bool = True, undo: tuple[str, Any] | None = None) -> None:
    """Show `text` for some seconds, over whatever screen is there; `undo`: see `ask.message`."""
    ft.context.page.show_dialog(ask.message(text, good=good, undo=undo))


def handled(texts: Texts, handler: Callable[..., Awaitable[None]]) -> Callable[..., Awaitable[None]]:
    """An event handler that runs `handler`: a Problem becomes its sentence, a bug is logged and said plainly.

    `handler` gets what the event handler is given, unless that is an event. An exception that left an event
    handler would end the person's session. While it runs, further taps on the same control do nothing.
    """

    async def run(given: Any = None) -> None:
        in_progress, tapped = _in_progress(), _tapped(given)
        if tapped in in_progress:
            return
        if tapped is not None:
            in_progress.add(tapped)
        try:
            await (handler() if given is None or isinstance(given, ft.Event) else handler(given))
        except Problem as problem:
            say(texts.problem(problem), good=False)
        except Exception:
            log.exception("%s broke", getattr(handler, "__qualname__", handler))
            say(texts.something_broke, good=False)
        finally:
            in_progress.discard(tapped)

    return run


def _in_progress() -> set[Any]:
    """The keys of the controls whose handlers run now, kept by the page: handlers are made anew."""
    page = ft.context.page
    if page.data is None:
        page.data = set()
    running: set[Any] = page.data
    return running


def _tapped(given: Any) -> Any:
    """The key of the control that an event is about; None where it has none."""
    return getattr(given.control, "key", None) if isinstance(given, ft.Event) else None
