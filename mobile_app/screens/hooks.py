"""Hooks: a value kept without redrawing, state that starts with nothing, one part of an observable."""

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
