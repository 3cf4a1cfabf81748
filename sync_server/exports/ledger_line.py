"""One hazard as an export takes it: plain facts, already masked for whoever asked."""

from dataclasses import dataclass
from enum import Enum
from typing import Any

from shared.hazards.history import HazardHistory
from shared.profiles.profile import Profile
from shared.vocabulary import RiskLevel


class PhotoState(Enum):
    """Whether a hazard has a photo of one role, and whether its bytes have arrived."""

    NONE = "none"
    AWAITED = "awaited"
    HERE = "here"


@dataclass(frozen=True, slots=True)
class Picture:
    """A photo for a cell: `thumb` is a JPEG of at most 320 px, `link` the address of the whole photo."""

    state: PhotoState = PhotoState.NONE
    link: str = ""
    thumb: bytes | None = None


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
    before: Picture = Picture()
    after: Picture = Picture()


@dataclass(frozen=True, slots=True)
class Heading:
    """What the ledger is of, and what stands above the table.

    `unit`: the town that reports, "" for the city; `day`: ISO.
    """

    profile: Profile
    campaign: str
    year: int
    unit: str
    filled_by: str
    day: str
