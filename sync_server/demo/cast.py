"""The people and devices of the demo: an inspector with a phone per town, reviewers at their desks."""

from dataclasses import dataclass
from random import Random

from sqlmodel import Session

from shared.permissions import Grant
from shared.towns import TOWNS
from shared.vocabulary import Role
from sync_server.access import grants
from sync_server.database.tables import DeviceRow, PersonRow
from sync_server.database.timestamps import text_of_ms
from sync_server.demo.words import short_name

REVIEWERS = ("甲", "乙", "丙")


@dataclass(frozen=True, slots=True)
class Hand:
    """Somebody with a device: what they save is written under both."""

    person: str
    name: str
    device: str
    role: Role


@dataclass(frozen=True, slots=True)
class Cast:
    """All who take part: the inspector of each town by its code, and the reviewers."""

    inspectors: dict[str, Hand]
    reviewers: tuple[Hand, ...]


def gather(rng: Random) -> Cast:
    """The same people and devices for the same seed."""
    inspectors = {town.code: _hand(f"演示巡查员·{short_name(town)}", Role.INSPECTOR, rng) for town in TOWNS}
    return Cast(inspectors, tuple(_hand(f"演示审核人·{name}", Role.REVIEWER, rng) for name in REVIEWERS))


def enter(session: Session, cast: Cast, campaign: str, at_ms: int) -> None:
    """Add them and their devices. Nobody can sign in as them: they have no password and no token."""
    at = text_of_ms(at_ms)
    for hand in (*cast.inspectors.values(), *cast.reviewers):
        phone = hand.role is Role.INSPECTOR
        session.add(PersonRow(id=hand.person, name=hand.name, created_at=at))
        grants.give(session, hand.person, Grant(hand.role))
        session.add(
            DeviceRow(
                campaign=campaign,
                id=hand.device,
                person=hand.person,
                name=hand.name if phone else "office",
                platform="demo" if phone else "office",
                enrolled_at=at,
            )
        )
    session.flush()


def _hand(name: str, role: Role, rng: Random) -> Hand:
    return Hand(record_id(0, rng), name, f"{rng.getrandbits(64):016x}", role)


def record_id(at_ms: int, rng: Random) -> str:
    """A UUIDv7 (RFC 9562) of a moment, by chance that a seed decides."""
    digits = f"{at_ms:012x}7{rng.getrandbits(12):03x}{0b10 << 62 | rng.getrandbits(62):016x}"
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))
