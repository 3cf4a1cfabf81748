"""One hazard as an export takes it: plain facts, already masked for whoever asked."""

from dataclasses import dataclass
from typing import Any

from shared.hazards.history import HazardHistory
from shared.profiles.profile import Profile
from shared.vocabulary import RiskLevel
from sync_server.exports.table import NO_PICTURE, Picture


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """One row of the ledger; `hazard` is a record of its programme.

    `unrated`: its risk cannot be rated, as data are missing. Names of persons in it are masked where the
    reader may not see them.
    """

    id: str
    number: str
    hazard: Any
    history: HazardHistory
    risk: RiskLevel | None
    inspector: str
    acceptor: str
    unrated: bool = False
    before: Picture = NO_PICTURE
    after: Picture = NO_PICTURE


@dataclass(frozen=True, slots=True)
class Heading:
    """The heading of a ledger: what it contains, and what stands above the table.

    `unit`: the town that reports, "" for the city; `day`: ISO.
    """

    profile: Profile
    campaign: str
    year: int
    unit: str
    filled_by: str
    day: str
