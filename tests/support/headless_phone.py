"""A phone without glass: the real app, its Router and hooks, against a connection that only listens.

The only file that leans on private seams of Flet, which is therefore pinned exactly.
"""

import asyncio
from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any

import flet as ft
import msgpack  # type: ignore[import-untyped]  # it has no types
from flet.messaging.connection import Connection
from flet.messaging.protocol import MessageAction, configure_encode_object_for_msgpack
from flet.messaging.session import Session
from flet.pubsub.pubsub_hub import PubSubHub


def played(test: Callable[..., Awaitable[None]]) -> Callable[..., None]:
    """A test that is written as a coroutine, played in a loop of its own."""

    @wraps(test)
    def run(**fixtures: Any) -> None:
        asyncio.run(_to_the_end(test(**fixtures)))

    return run


async def _to_the_end(test: Awaitable[None]) -> None:
    await test


class DeafConnection(Connection):
    """Takes what the app would send to Flutter; answers every call of a method with nothing."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # flet's
        self.loop = asyncio.get_running_loop()
        self.pubsubhub = PubSubHub(loop=self.loop)
        self.session: Session | None = None
        self.page_url = "http://phone/app/"
        self.crashes: list[str] = []
        self.calls: list[tuple[str, Any]] = []
        self.patches: list[Any] = []
        self.errors: dict[str, str] = {}
        """What is wrong with a method, instead of an answer."""
        self.held: list[Any] | None = None
        """Where it is a list: calls that wait for `answer_held`."""

    def pack(self, body: Any) -> None:
        """Encode as the real connection does: Flet diffs against what was last encoded."""
        encode = configure_encode_object_for_msgpack(ft.BaseControl)  # type: ignore[no-untyped-call]  # flet's
        msgpack.packb(body, default=encode)

    def send_message(self, message: Any) -> None:
        self.pack(message.body)
        if message.action == MessageAction.SESSION_CRASHED:
            self.crashes.append(message.body.message)
        if message.action == MessageAction.PATCH_CONTROL:
            self.patches.append(message.body.patch)
        if message.action == MessageAction.INVOKE_METHOD:
            self.calls.append((message.body.name, message.body.args))
            if self.held is not None and message.body.name != "push_route":
                self.held.append(message.body)
            else:
                self.loop.call_soon(self._answer, message.body)

    def answer_held(self) -> None:
        """Answer what was held, at once."""
        held, self.held = self.held or [], None
        for call in held:
            self._answer(call)

    def _answer(self, call: Any) -> None:
        assert self.session is not None
        if call.name == "push_route":
            route = call.args["route"]
            self.session.apply_page_patch({"route": route})
            self.loop.create_task(
                self.session.dispatch_event(self.session.page._i, "route_change", {"route": route})
            )
        self.session.handle_invoke_method_results(
            call.control_id, call.call_id, None, self.errors.get(call.name)
        )


class HeadlessPhone:
    """Finds controls by key and acts on them, as a person would."""

    gallery: Callable[[], list[bytes]] = list
    """The files that a person picks when a picker opens."""

    def __init__(
        self,
        component: Callable[..., Any],
        *given: Any,
        route: str = "/",
        about: dict[str, Any] | None = None,
    ) -> None:
        self.connection = DeafConnection()
        self.session = self.connection.session = Session(self.connection)
        self.page = self.session.page
        self.session.attach_connection(self.connection)
        self.session.apply_page_patch({"route": route, **(about or {})})
        self.connection.pack(self.session.get_page_patch())  # type: ignore[no-untyped-call]  # flet's
        self.page.render_views(component, *given)

    @classmethod
    async def open(
        cls, component: Callable[..., Any], *given: Any, route: str = "/", about: dict[str, Any] | None = None
    ) -> "HeadlessPhone":
        """The phone with `component(*given)` as its app, at rest; `about`: what Flutter says of the page."""
        phone = cls(component, *given, route=route, about=about)
        await phone.settle()
        return phone

    async def settle(self, seconds: float = 0.0) -> None:
        """Let everything that was started come to rest; `seconds` of real time first."""
        await asyncio.sleep(seconds)
        for _ in range(30):
            await asyncio.sleep(0)
        task = self.session._Session__updates_task  # type: ignore[attr-defined]
        if task.done() and task.exception():
            raise task.exception()
        assert not self.connection.crashes, self.connection.crashes[0]

    def controls(self) -> list[Any]:
        """What is shown now: every control of every view and dialog."""
        shown: list[Any] = []
        page: Any = self.page
        _walk([page.views, [dialog for dialog in page._dialogs.controls if dialog.open]], shown, set())
        return shown

    def find(self, key: str) -> Any:
        """The control with this key, on the uppermost view that has it."""
        found = self.find_all(key)
        if not found:
            raise LookupError(f"no control with key {key!r} on {self.page.route}: {self.all_keys()}")
        return found[-1]

    def find_all(self, key: str) -> list[Any]:
        """All controls with this key."""
        return [control for control in self.controls() if getattr(control, "key", None) == key]

    def has(self, key: str) -> bool:
        """Whether a control with this key is shown."""
        return bool(self.find_all(key))

    def all_keys(self) -> list[str]:
        """The keys of everything that is shown."""
        return [control.key for control in self.controls() if isinstance(getattr(control, "key", None), str)]

    def texts(self) -> list[str]:
        """Every text that is shown, in order: of texts, labels, buttons, errors."""
        said: list[str] = []
        for control in self.controls():
            for name in ("value", "label", "content", "title", "error"):
                text = getattr(control, name, None)
                if isinstance(text, str) and text:
                    said.append(text)
        return said

    def texts_only(self) -> set[str]:
        """What is only said: the values of texts, not of fields."""
        return {str(control.value) for control in self.controls() if isinstance(control, ft.Text)}

    def says(self, text: str) -> bool:
        """Whether `text` stands somewhere."""
        return any(text in said for said in self.texts())

    async def tap(self, key: str) -> None:
        """Tap the control with this key; its action is done before its event comes."""
        action = getattr(self.find(key), "action", None)
        if isinstance(action, ft.PickFiles) and not self.find(key).disabled:
            await self._pick(action)
        else:
            await self.send(key, "click")

    async def _pick(self, action: ft.PickFiles) -> None:
        """Pick everything in the gallery, as Flutter does within the tap."""
        assert action.service_id in [service._i for service in self.page._services._services]
        files = [
            {"id": number, "name": "pond.jpg", "size": len(data), "bytes": data}
            for number, data in enumerate(self.gallery())
        ]
        await self.session.dispatch_event(action.service_id, "result", {"files": files})
        await self.settle()

    async def pick_photos(self, key: str = "pick-photos") -> None:
        """Pick everything in the gallery, and use one after another as it is."""
        await self.tap(key)
        for _ in self.gallery():
            if self.has("use-photo"):
                await self.tap("use-photo")

    async def save(self) -> None:
        """Save the form, whatever it asks about."""
        await self.tap("save")
        if self.has("save-anyway"):
            await self.tap("save-anyway")

    async def send(self, key: str, event: str, data: Any = None) -> None:
        """Send an event of Flutter to the control with this key."""
        await self.session.dispatch_event(self.find(key)._i, event, data)
        await self.settle()

    async def write(self, key: str, text: Any) -> None:
        """Replace the text of a field, or the value of a slider."""
        control = self.find(key)
        self.session.apply_patch(control._i, {"value": text})
        await self.session.dispatch_event(control._i, "change", text)
        await self.settle()

    async def go(self, route: str) -> None:
        """Open another address of the app."""
        await self.page.push_route(route)
        await self.settle()


def _walk(value: Any, shown: list[Any], seen: set[int]) -> None:
    if isinstance(value, list | tuple):
        for item in value:
            _walk(item, shown, seen)
    elif isinstance(value, ft.BaseControl) and id(value) not in seen:
        seen.add(id(value))
        body = getattr(value, "_b", None)
        if body is not None:
            _walk(body, shown, seen)
            return
        shown.append(value)
        for name in value.__dataclass_fields__:
            if not name.startswith("_") and name not in ("parent", "data", "ref"):
                _walk(getattr(value, name, None), shown, seen)
