"""Who hears how the exchange goes."""

from typing import Protocol

from shared.problems import Problem
from shared.sync.link_quality import LinkQuality


class Report(Protocol):
    """Called on the event loop only."""

    def begun(self) -> None:
        """A round began."""

    def doing(self, step: str) -> None:
        """The round now does "push", "pull" or "photos"."""

    def sending(self, sha256: str, owner: str | None, sent: int, total: int) -> None:
        """So many of the photo's bytes have left."""

    def changed(self, ops: int, photos: int, photo_bytes: int) -> None:
        """The store is new; so much waits in it."""

    def home_visits_changed(self, waiting: int) -> None:
        """Sealed home visits changed; so many wait."""

    def roles_changed(self) -> None:
        """The server named other roles of this phone's person than before."""

    def measured(self, link: LinkQuality) -> None:
        """How good the way to the server is."""

    def holding(self, held: bool) -> None:
        """Whether photos wait for Wi-Fi."""

    def ended(self, problem: Problem | None, last_success: str | None) -> None:
        """The round ended, well when there is no problem; ISO 8601 of the last that did."""
