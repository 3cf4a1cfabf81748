"""Hooks with types: a value that is kept without drawing anew, and state that starts with nothing."""

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
