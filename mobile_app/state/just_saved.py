"""The hazard that was saved last, which the list shows first until its person goes on."""

from dataclasses import dataclass

import flet as ft


@ft.observable
@dataclass
class JustSaved:
    """`hazard`: its id, "" where there is none or it has been seen."""

    hazard: str = ""

    def saved(self, hazard: str) -> None:
        """Show this one first."""
        self.hazard = hazard

    def seen(self) -> None:
        """Show it in its place again."""
        if self.hazard:
            self.hazard = ""
