"""The observable state of syncing, which screens show."""

from dataclasses import dataclass

import flet as ft

from shared.problems import Problem
from shared.sync.link_quality import NOTHING_MEASURED, LinkQuality, Network


@dataclass(frozen=True, slots=True)
class PhotoProgress:
    """The photo being uploaded: its hash, its owner, and the bytes sent so far and in total."""

    sha256: str
    owner: str | None
    sent: int
    total: int


@ft.observable
@dataclass
class SyncState:
    """Set on the event loop only; every changed field notifies the screens that read it.

    `step` is "push", "pull" or "photos" during a round, else "". `online` is what the device reports.
    `photo_progress` is replaced for every chunk. `last_success` is ISO 8601. `last_problem` is why the last
    round failed, None if it succeeded. `revision` grows whenever hazards on this phone change, by a save or a
    sync; `home_visits_revision` whenever sealed home visits do, of which `home_visits_waiting` wait.
    `roles_revision`: grows whenever the server names other roles of the person.
    `network` is the type of connection, `link` its measured quality, `held` whether photos wait for Wi-Fi.
    """

    running: bool = False
    step: str = ""
    ops_waiting: int = 0
    photos_waiting: int = 0
    bytes_waiting: int = 0
    photo_progress: PhotoProgress | None = None
    last_success: str | None = None
    last_problem: Problem | None = None
    online: bool = True
    network: Network = Network.UNKNOWN
    link: LinkQuality = NOTHING_MEASURED
    held: bool = False
    revision: int = 0
    home_visits_waiting: int = 0
    home_visits_revision: int = 0
    roles_revision: int = 0

    def begun(self) -> None:
        """A round began."""
        self.running = True

    def doing(self, step: str) -> None:
        """The round is now at the step "push", "pull" or "photos"."""
        self.step = step

    def sending(self, sha256: str, owner: str | None, sent: int, total: int) -> None:
        """`sent` of the photo's `total` bytes have been sent."""
        self.photo_progress = PhotoProgress(sha256, owner, sent, total)

    def changed(self, ops: int, photos: int, photo_bytes: int) -> None:
        """The store has changed: this many operations, photos and photo bytes are waiting."""
        self.ops_waiting, self.photos_waiting, self.bytes_waiting = ops, photos, photo_bytes
        self.revision += 1

    def home_visits_changed(self, waiting: int) -> None:
        """Sealed home visits have changed: this many are waiting."""
        self.home_visits_waiting = waiting
        self.home_visits_revision += 1

    def roles_changed(self) -> None:
        """The person's roles have changed."""
        self.roles_revision += 1

    def measured(self, link: LinkQuality) -> None:
        """Set the link quality; changes too small to be shown do not notify."""
        if self.link.quality is not link.quality or _shown_figures(self.link) != _shown_figures(link):
            self.link = link

    def holding(self, held: bool) -> None:
        """Set whether photos wait for Wi-Fi."""
        if self.held != held:
            self.held = held

    def ended(self, problem: Problem | None, last_success: str | None) -> None:
        """The round ended; it succeeded if `problem` is None."""
        self.running, self.step, self.photo_progress = False, "", None
        self.last_problem, self.last_success = problem, last_success


def _shown_figures(link: LinkQuality) -> tuple[float | None, float | None]:
    """The figures, rounded as screens show them."""
    return (
        None if link.seconds is None else round(link.seconds, 1),
        None if link.rate is None else round(link.rate / 1024),
    )
