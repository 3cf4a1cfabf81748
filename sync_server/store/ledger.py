"""编号: given once to each hazard, counted per town and year within a campaign."""

from collections import defaultdict
from collections.abc import Container, Sequence

from sqlalchemy import insert, select, update
from sqlmodel import Session

from shared.operations import Kind, Operation, RecordType
from shared.towns import BY_CODE, CITY_CODE
from sync_server.store.tables import CampaignRow, LedgerCounterRow

_COUNTER = LedgerCounterRow.metadata.tables["ledger_counter"]


def numbers(
    session: Session, campaign: CampaignRow, operations: Sequence[Operation], registered: Container[str]
) -> dict[int, str]:
    """Place in `operations` (from 1) → the 编号 for the hazard that it registers.

    `registered`: hazards that are in the register already. A hazard without a town of ours is the city's.
    """
    wanted: dict[tuple[str, int], list[int]] = defaultdict(list)
    seen: set[str] = set()
    for place, operation in enumerate(operations, 1):
        if operation.type is not RecordType.HAZARD or operation.kind is not Kind.EDIT:
            continue
        if operation.record in seen or operation.record in registered:
            continue
        seen.add(operation.record)
        town = operation.fields.get("town_code")
        wanted[town if town in BY_CODE else CITY_CODE, _year(operation, campaign)].append(place)
    given: dict[int, str] = {}
    for (town, year), places in wanted.items():
        last = _advance(session, campaign.id, town, year, len(places))
        for number, place in enumerate(places, last + 1):
            given[place] = f"DG-{town}-{year}-{number:05d}"
    return given


def _year(operation: Operation, campaign: CampaignRow) -> int:
    year = operation.fields.get("year")
    return int(year) if year is not None else campaign.year


def _advance(session: Session, campaign: str, town: str, year: int, count: int) -> int:
    """The last number given so far; `count` more are taken."""
    columns = _COUNTER.c
    this = (columns.campaign == campaign, columns.town_code == town, columns.year == year)
    last: int | None = session.execute(select(columns.last).where(*this)).scalar()
    if last is None:
        session.execute(insert(_COUNTER).values(campaign=campaign, town_code=town, year=year, last=count))
        return 0
    session.execute(update(_COUNTER).where(*this).values(last=last + count))
    return last
