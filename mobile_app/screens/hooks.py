"""Hooks: a value kept without redrawing, state that starts empty, part of an observable, a browser's back."""

from collections.abc import Callable
from typing import Any, Generic, TypeVar, cast

import flet as ft

T = TypeVar("T")


class Box(Generic[T]):
    """Holds one value."""

    def __init__(self, value: T) -> None:
        self.value = value


def use_box(make: Callable[[], T]) -> Box[T]:
    """The component's own box, filled by `make` once; changing its value draws nothing."""
    ref: Any = ft.use_ref(cast(Any, lambda: Box(make())))
    return cast(Box[T], ref.current)


def use_maybe() -> tuple[Any, Callable[[Any], None]]:
    """State that is None at first, and the way to set it."""
    return ft.use_state(cast(Any, None))


def use_part(observed: Any, part: Callable[[Any], T]) -> T:
    """`part(observed)`, and the component redrawn when that changes; other changes draw nothing."""
    seen, set_seen = ft.use_state(cast(Any, lambda: part(observed)))
    listener: Box[Any] = use_box(lambda: None)

    def listen() -> None:
        def changed(_sender: Any, _field: str | None) -> None:
            set_seen(part(observed))

        listener.value = changed  # held here: an observable forgets listeners that nobody holds
        observed.subscribe(changed)
        set_seen(part(observed))

    ft.use_effect(listen, [])
    return cast(T, seen)


def use_back(close: Callable[[], None] | None, asks: Callable[[], bool] = lambda: True) -> None:
    """While `close` is given and `asks()`, a browser's way back calls it and leaves the screen as it is.

    For what lies over a screen and has no address of its own, and for a form that asks first. The address
    that the browser went back from is put in place again.
    """
    page = ft.context.page
    current: Box[Callable[[], None] | None] = use_box(lambda: None)
    current.value = close
    before: Box[Any] = use_box(lambda: None)

    def watch() -> None:
        if close is None:
            return
        here, inner = page.route, page.on_route_change

        def gone_back(event: ft.RouteChangeEvent) -> Any:
            if event.route == here or current.value is None or not asks():
                return cast(Any, inner)(event)
            current.value()
            page.navigate(here)
            return None

        before.value = (inner, gone_back)
        page.on_route_change = gone_back

    def leave() -> None:
        if before.value and page.on_route_change is before.value[1]:
            page.on_route_change = before.value[0]
        before.value = None

    ft.use_effect(watch, [close is None], leave)
