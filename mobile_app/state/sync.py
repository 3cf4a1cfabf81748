"""How the exchange with the server stands, for whoever shows it."""

from dataclasses import dataclass

import flet as ft

from shared.problems import Problem
from shared.sync.link_quality import NOTHING_MEASURED, LinkQuality, Network


@dataclass(frozen=True, slots=True)
class PhotoProgress:
    """The photo now on its way: which, of which hazard, and how many of its bytes have left."""

    sha256: str
    hazard: str | None
    sent: int
    total: int


@ft.observable
@dataclass
class SyncState:
    """Set on the event loop only; every field that changes notifies. Screens read the fields.

    `step` says what is being done: "push", "pull", "photos", or "" at rest. `online` is what the device
    thinks of its network. `photo_progress` is replaced whole for every piece. `last_success` is ISO 8601.
    `last_problem` is the reason why the last round did not end well, None when it did. `revision` grows
    whenever hazards changed here: a list that reads it shows what sync and saves brought. `network` is what
    the device is connected by, `link` how good the way to the server was lately, `held` whether photos wait
    for Wi-Fi.
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

    def begun(self) -> None:
        """A round began."""
        self.running = True

    def doing(self, step: str) -> None:
        """The round now does "push", "pull" or "photos"."""
        self.step = step

    def sending(self, sha256: str, hazard: str | None, sent: int, total: int) -> None:
        """So many of the photo's bytes have left."""
        self.photo_progress = PhotoProgress(sha256, hazard, sent, total)

    def changed(self, ops: int, photos: int, photo_bytes: int) -> None:
        """The store is new; so much waits in it."""
        self.ops_waiting, self.photos_waiting, self.bytes_waiting = ops, photos, photo_bytes
        self.revision += 1

    def measured(self, link: LinkQuality) -> None:
        """How good the way to the server is; small changes of its figures change nothing."""
        if self.link.quality is not link.quality or _figures(self.link) != _figures(link):
            self.link = link

    def holding(self, held: bool) -> None:
        """Whether photos wait for Wi-Fi."""
        if self.held != held:
            self.held = held

    def ended(self, problem: Problem | None, last_success: str | None) -> None:
        """The round ended, well when there is no problem."""
        self.running, self.step, self.photo_progress = False, "", None
        self.last_problem, self.last_success = problem, last_success


def _figures(link: LinkQuality) -> tuple[float | None, float | None]:
    """What of the figures is shown."""
    return (
        None if link.seconds is None else round(link.seconds, 1),
        None if link.rate is None else round(link.rate / 1024),
    )
