"""A component that is told from its neighbours by a key."""

from collections.abc import Callable
from functools import partial
from typing import ParamSpec

import flet as ft

P = ParamSpec("P")


def keyed(key: str, component: Callable[P, ft.Control]) -> Callable[P, ft.Control]:
    """The component, to be made with a key: among its neighbours, with another key it is another one."""
    return partial(component, key=key)  # type: ignore[arg-type]  # every component takes one
