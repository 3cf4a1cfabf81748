"""The 巡查 of a year: how many there were, and how many count, by town and by person (`hazards.patrols`).

Which of them count follows from the events of each hazard, so all of the year's are read.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter

from sqlalchemy import RowMapping, and_, func, select
from sqlmodel import Session

from shared.hazards import sign_code
from shared.hazards.history import day_of_event
from shared.hazards.merging import GONE
from shared.hazards.patrols import is_valid, judged
from shared.permissions import Action
from shared.profiles.profile import Profile
from shared.vocabulary import EventType, Status
from sync_server.access.policy import EVENT, HAZARD, Access
from sync_server.database.tables import CampaignRow
from sync_server.log.projectors import hazard_event_rows
from sync_server.queries import hazard_details

_EVENT, _HAZARD = EVENT.c, HAZARD.c
_BATCH = 500


@dataclass(slots=True)
class Patrols:
    """How many 巡查 there were, how many of them are valid, and at how many waters (处) any was valid."""

    all: int = 0
    valid: int = 0
    waters: int = 0

    def add(self, every: int, valid: int, *, counts: bool) -> None:
        """Add those at one water; `counts`: it is still a water of its own."""
        self.all += every
        self.valid += valid
        self.waters += counts and valid > 0


@dataclass(frozen=True, slots=True)
class PatrolNumbers:
    """The 巡查 of a year: all, by the code of the water's town (None for none), and by who was there (an id).

    `known`: town → its waters, but for merged and unfounded ones.
    """

    whole: Patrols = field(default_factory=Patrols)
    towns: defaultdict[str | None, Patrols] = field(default_factory=lambda: defaultdict(Patrols))
    people: defaultdict[str, Patrols] = field(default_factory=lambda: defaultdict(Patrols))
    known: dict[str | None, int] = field(default_factory=dict)


def of_year(
    session: Session, access: Access, campaign: CampaignRow, profile: Profile, year: int
) -> PatrolNumbers:
    """The numbers of a year in China, of the hazards that may be seen and are not deleted."""
    numbers = PatrolNumbers(known=_known(session, access, campaign.id))
    for hazard, rows in groupby(_events(session, access, campaign.id, year), itemgetter("hazard")):
        of_water = list(rows)
        _count(numbers, of_water, _codes(session, access, campaign.id, hazard, of_water), profile, year)
    return numbers


def _count(
    numbers: PatrolNumbers, rows: Sequence[RowMapping], codes: set[str], profile: Profile, year: int
) -> None:
    """Add the 巡查 of one water."""
    events = [hazard_event_rows.timeline_event(dict(row)) for row in rows]
    water = rows[0]
    lat, lon = water["lat"], water["lon"]
    point = None if lat is None or lon is None else (lat, lon)
    validity = judged(events, codes, point, profile.patrol_m)
    inside = [event for event in events if day_of_event(event)[:4] == str(year)]
    valid = [event for event in inside if is_valid(validity[event.record])]
    if not inside:
        return
    counts = Status(water["status"]) not in GONE
    for patrols in (numbers.whole, numbers.towns[water["town_code"]]):
        patrols.add(len(inside), len(valid), counts=counts)
    for author in {event.write.author for event in inside}:
        every = sum(event.write.author == author for event in inside)
        of_author = sum(event.write.author == author for event in valid)
        numbers.people[author].add(every, of_author, counts=counts)


def _codes(
    session: Session, access: Access, campaign: str, hazard: str, rows: Sequence[RowMapping]
) -> set[str]:
    """The codes of the signs that count at a water; those of merged ones are asked for only where scanned."""
    own = sign_code.code_of(hazard)
    if {row["fields"].get("sign_code") for row in rows} <= {own, None}:
        return {own}
    merged = hazard_details.merged_into(session, access, campaign, hazard)
    return {own, *map(sign_code.code_of, merged)}


def _events(session: Session, access: Access, campaign: str, year: int) -> Iterator[RowMapping]:
    """The 巡查 that may be of the year, by hazard: an event is never of a later day than its `at` says."""
    columns = (_EVENT.id, _EVENT.hazard, _EVENT.fields, _EVENT.author, _EVENT.device, _EVENT.hlc)
    of_hazard = (_HAZARD.lat, _HAZARD.lon, _HAZARD.town_code, _HAZARD.status)
    of_event = and_(_HAZARD.campaign == _EVENT.campaign, _HAZARD.id == _EVENT.hazard)
    asked = (
        select(*columns, _EVENT.n, _EVENT.seq, _EVENT.base, *of_hazard)
        .select_from(EVENT.join(HAZARD, of_event))
        .where(_EVENT.campaign == campaign, _EVENT.event_type == EventType.PATROL.value)
        .where(_EVENT.at >= f"{year - 1}-12-31", _HAZARD.deleted.is_(False))
        .where(access.where(HAZARD, Action.SEE_HAZARDS))
        .order_by(_EVENT.hazard)
        .execution_options(yield_per=_BATCH)
    )
    yield from session.execute(asked).mappings()


def _known(session: Session, access: Access, campaign: str) -> dict[str | None, int]:
    found = session.execute(
        select(_HAZARD.town_code, func.count())
        .where(_HAZARD.campaign == campaign, _HAZARD.deleted.is_(False))
        .where(_HAZARD.status.not_in(sorted(status.value for status in GONE)))
        .where(access.where(HAZARD, Action.SEE_HAZARDS))
        .group_by(_HAZARD.town_code)
    )
    return {town: int(number) for town, number in found}
