"""What every screen is given: the services, the texts, and how the language is chosen."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

import flet as ft

from mobile_app.screens.late_taps import LateTaps
from mobile_app.state.app_lock import LockStanding
from mobile_app.state.just_saved import JustSaved
from mobile_app.state.list_search import ListSearch
from mobile_app.texts import zh
from mobile_app.texts.words import Language, Texts
from shared import problems
from shared.problems import Problem

if TYPE_CHECKING:
    from mobile_app.screens.map.map_view import MapView
    from mobile_app.services import Services
    from mobile_app.store.queries.hazards import HazardCard
    from mobile_app.store.queries.visits import VisitCard
    from shared.profiles.profile import Profile
    from shared.vocabulary import Term


@dataclass
class LastList:
    """Where a hazard, or the form of a new one, was opened last: the way back leads to `route`."""

    route: str = "/"


@dataclass
class LastView:
    """What the map showed last; None before it was opened."""

    view: "MapView | None" = None


def _nothing(*_given: object) -> None:
    return None


@dataclass(frozen=True, eq=False)
class AppContext:
    """The phone as the screens see it.

    `services` is None while it opens, or when `closed` says why it cannot.
    `enrolled()` is called once this device has an identity; `reopen()` tries again; `link_code` is the
    enrolment code of the link that opened the app, `user_agent` what its browser calls itself.
    `late_taps`: since a form was saved; `opened`: since one was opened; `discarded`: since a draft was.
    `carried`: form → what was last saved with it. `text_size`: in percent of what the device says;
    `choose_text_size` is None where the device alone decides.
    """

    services: "Services | None" = None
    texts: Texts = zh.TEXTS
    closed: Problem | None = None
    link_code: str = ""
    user_agent: str = ""
    version: str = ""
    previews: dict[str, bytes] = field(default_factory=dict)
    carried: dict[str, dict[str, Any]] = field(default_factory=dict)
    late_taps: LateTaps = field(default_factory=LateTaps)
    opened: LateTaps = field(default_factory=LateTaps)
    discarded: LateTaps = field(default_factory=LateTaps)
    just_saved: JustSaved = field(default_factory=JustSaved)
    last_list: LastList = field(default_factory=LastList)
    hazard_search: ListSearch = field(default_factory=ListSearch)
    visit_search: ListSearch = field(default_factory=ListSearch)
    last_view: LastView = field(default_factory=LastView)
    choose_language: Callable[[Language], None] = _nothing
    text_size: int = 100
    choose_text_size: Callable[[int], None] | None = None
    enrolled: Callable[[], None] = _nothing
    reopen: Callable[[], None] = _nothing
    lock: LockStanding = LockStanding.OPEN

    @property
    def open(self) -> "Services":
        """The services of a phone that is open, as it is on every screen but the gates."""
        if self.services is None:
            raise LookupError("the phone is not open")
        return self.services

    def find_hazard(self, hazard: str) -> "HazardCard | None":
        """All about a hazard; None where it is not on this phone."""
        try:
            return self.open.hazard(hazard)
        except Problem as problem:
            if problem.kind is not problems.hazard_unknown:
                raise
            return None

    def find_visit(self, visit: str) -> "VisitCard | None":
        """All about a visit; None where it is not on this phone, or deleted."""
        try:
            return self.open.visits.card(visit)
        except Problem as problem:
            if problem.kind is not problems.not_found:
                raise
            return None

    @property
    def today(self) -> date:
        """The day in China, whatever the zone and the clock of this phone."""
        return self.open.server_clock.today()

    @property
    def profile(self) -> "Profile":
        """What makes the programme that this phone works for."""
        from shared.profiles import registry

        settings = self.services.settings if self.services else None
        return registry.profile_of(settings.programme) if settings else registry.DEFAULT

    @property
    def kit(self) -> "tuple[Term, ...]":
        """The kit items that people look at here."""
        settings = self.services.settings if self.services else None
        return self.profile.kit_items(settings.kit if settings else ())


PhoneContext = ft.create_context(AppContext())


def use_app() -> AppContext:
    """The phone, in the body of a component."""
    return ft.use_context(PhoneContext)
