"""Keeps a form while it is being written, so that a killed app or a tap on 返回 loses nothing."""

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from mobile_app.screens.app_context import AppContext, use_app
from mobile_app.screens.form.discarding import discard
from mobile_app.screens.hooks import use_box

if TYPE_CHECKING:
    from mobile_app.services import Services

log = logging.getLogger(__name__)
_PAUSE = 0.4  # seconds without a change before a draft is kept
LONGEST = 2.0  # seconds that a change waits at most, however much is typed


class Keeping:
    """The draft called `name` (`store.drafts`)."""

    keeps = True
    """Whether anything stays of a form that is left."""
    restores = True
    """Whether what was dropped can be had back for some seconds; without, dropping asks first."""
    asks_on_way_back = False
    """Whether a browser's way back asks too; without, it leaves the draft."""
    _since = 0.0  # when the oldest change was made that is not kept yet

    def __init__(self, services: "Services", name: str) -> None:
        self._services, self._name = services, name
        self._task: asyncio.Task[None] | None = None

    def kept(self) -> dict[str, Any] | None:
        """What was kept before, with its moment `at` (ISO 8601)."""
        return self._services.drafts().get(self._name)

    def soon(self, form: Callable[[], dict[str, Any]]) -> None:
        """Keep `form()` after a short pause; a later call takes the place of this one, but not for ever."""
        now = asyncio.get_running_loop().time()
        since = self._since if self._task else now
        self.stop()
        self._since = since
        pause = max(0.0, min(_PAUSE, since + LONGEST - now))
        self._task = asyncio.get_running_loop().create_task(self._after_a_pause(form, pause))

    def stop(self) -> None:
        """Keep nothing more of what has not been kept yet."""
        if self._task:
            self._task.cancel()
            self._task = None

    async def now(self, form: dict[str, Any]) -> None:
        """Keep `form` at once. Problem: device_storage_full."""
        self.stop()
        await self._services.save_draft(self._name, _stamped(form))

    async def drop(self, app: AppContext, form: dict[str, Any]) -> None:
        """Forget the draft, of which `form` is the latest."""
        self.stop()
        await discard(app, self._name, _stamped(form))

    async def _after_a_pause(self, form: Callable[[], dict[str, Any]], seconds: float) -> None:
        await asyncio.sleep(seconds)
        self._task = None  # from here on it is carried through
        try:
            await self.now(form())
        except Exception:
            log.exception("the draft was not kept")


class NotKept(Keeping):
    """No draft: nothing of the form is written anywhere."""

    keeps = False
    restores = False
    asks_on_way_back = True

    def __init__(self) -> None:
        """There is nothing to keep it in."""

    def kept(self) -> dict[str, Any] | None:
        return None

    def soon(self, form: Callable[[], dict[str, Any]]) -> None:
        """Keep nothing."""

    def stop(self) -> None:
        """Nothing was being kept."""

    async def now(self, form: dict[str, Any]) -> None:
        """Keep nothing."""

    async def drop(self, app: AppContext, form: dict[str, Any]) -> None:
        """There is nothing to forget."""


def use_keeping(draft: str | Callable[[], Keeping]) -> Keeping:
    """The draft of that name, or what `draft` makes, for as long as the screen is open."""
    app = use_app()
    return use_box(lambda: Keeping(app.open, draft) if isinstance(draft, str) else draft()).value


def _stamped(form: dict[str, Any]) -> dict[str, Any]:
    return {"at": datetime.now().astimezone().isoformat(timespec="seconds"), **form}
