"""The people and devices of the demo: one inspector with a phone per town, and reviewers in the office."""

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
class Actor:
    """A person with a device, under whose names they save records."""

    person: str
    name: str
    device: str
    role: Role


@dataclass(frozen=True, slots=True)
class Cast:
    """All actors: the inspector of each town by town code, and the reviewers."""

    inspectors: dict[str, Actor]
    reviewers: tuple[Actor, ...]


def create(rng: Random) -> Cast:
    """Create the cast; the same seed gives the same people and devices."""
    inspectors = {town.code: _actor(f"演示巡查员·{short_name(town)}", Role.INSPECTOR, rng) for town in TOWNS}
    return Cast(inspectors, tuple(_actor(f"演示审核人·{name}", Role.REVIEWER, rng) for name in REVIEWERS))


def enter(session: Session, cast: Cast, campaign: str, at_ms: int) -> None:
    """Add the people and devices to the database. They have no password and no token: nobody can sign in."""
    at = text_of_ms(at_ms)
    for actor in (*cast.inspectors.values(), *cast.reviewers):
        phone = actor.role is Role.INSPECTOR
        session.add(PersonRow(id=actor.person, name=actor.name, created_at=at))
        grants.give(session, actor.person, Grant(actor.role))
        session.add(
            DeviceRow(
                campaign=campaign,
                id=actor.device,
                person=actor.person,
                name=actor.name if phone else "office",
                platform="demo" if phone else "office",
                enrolled_at=at,
            )
        )
    session.flush()


def _actor(name: str, role: Role, rng: Random) -> Actor:
    return Actor(record_id(0, rng), name, f"{rng.getrandbits(64):016x}", role)


def record_id(at_ms: int, rng: Random) -> str:
    """A UUIDv7 (RFC 9562) for a time, with random bits from `rng`."""
    digits = f"{at_ms:012x}7{rng.getrandbits(12):03x}{0b10 << 62 | rng.getrandbits(62):016x}"
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))
