"""What a list is searched for and narrowed to, which is remembered while the app is open."""

from dataclasses import dataclass
from typing import Any

import flet as ft


@ft.observable
@dataclass
class ListSearch:
    """`text`: the words looked for; `narrowed`: see the list, None for nothing; `emptied`: how often the
    text was emptied other than in its field."""

    text: str = ""
    narrowed: Any = None
    emptied: int = 0

    def begin(self, narrowed: Any = None) -> None:
        """Look for nothing but this."""
        self.narrowed = narrowed
        self.empty()

    def empty(self) -> None:
        """Look for no words."""
        self.text = ""
        self.emptied += 1
