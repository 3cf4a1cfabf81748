"""Assigns 编号: one to each hazard, counted per town and year within a campaign."""

from collections import defaultdict
from collections.abc import Container, Sequence

from sqlalchemy import bindparam, insert, select, update
from sqlmodel import Session

from shared.china_time import day_of, day_of_ms, year_of
from shared.operations import Kind, Operation, RecordType
from shared.towns import BY_CODE, CITY_CODE
from sync_server.database import campaigns
from sync_server.database.tables import CampaignRow, LedgerCounterRow
from sync_server.log.log_entry import LogEntry

_COUNTER = LedgerCounterRow.metadata.tables["ledger_counter"]

FIRST_YEAR = 2000
"""A clock that shows an earlier year was reset."""

Wanted = dict[tuple[str, int], list[int]]
"""(town code, year) → the indexes of operations that need a number there."""


def numbers(
    session: Session,
    campaign: CampaignRow,
    entries: Sequence[LogEntry],
    numbered: Container[str],
    received_ms: int,
) -> dict[int, str]:
    """Index in `entries` → the 编号 for the hazard that the operation registers.

    `numbered`: hazards that already have one. A hazard outside our towns gets a number of the city. Its year
    is the one in its fields, else that of its first save in China, else that of its receipt.
    """
    wanted: Wanted = defaultdict(list)
    seen: set[str] = set()
    for place, entry in enumerate(entries):
        operation = entry.operation
        if operation.type != RecordType.HAZARD or operation.kind is not Kind.EDIT:
            continue
        if operation.record in seen or operation.record in numbered:
            continue
        seen.add(operation.record)
        town = operation.fields.get("town_code")
        wanted[town if town in BY_CODE else CITY_CODE, _year(operation, received_ms)].append(place)
    if not wanted:
        return {}
    prefix = campaigns.profile_of(campaign).number_prefix
    columns = _COUNTER.c
    rows = session.execute(
        select(columns.town_code, columns.year, columns.last).where(columns.campaign == campaign.id)
    )
    last = {(row.town_code, row.year): row.last for row in rows}
    given: dict[int, str] = {}
    for (town, year), places in wanted.items():
        for number, place in enumerate(places, last.get((town, year), 0) + 1):
            given[place] = f"{prefix}-{town}-{year}-{number:05d}"
    _advance(session, campaign.id, wanted, last)
    return given


def _advance(session: Session, campaign: str, wanted: Wanted, last: dict[tuple[str, int], int]) -> None:
    columns = _COUNTER.c
    begun = [key for key in wanted if key in last]
    if begun:
        this = (
            columns.campaign == campaign,
            columns.town_code == bindparam("town"),
            columns.year == bindparam("in_year"),
        )
        session.connection().execute(
            update(_COUNTER).where(*this).values(last=bindparam("now")),
            [{"town": key[0], "in_year": key[1], "now": last[key] + len(wanted[key])} for key in begun],
        )
    new = [key for key in wanted if key not in last]
    if new:
        session.connection().execute(
            insert(_COUNTER),
            [
                {"campaign": campaign, "town_code": key[0], "year": key[1], "last": len(wanted[key])}
                for key in new
            ],
        )


def _year(operation: Operation, received_ms: int) -> int:
    said = operation.fields.get("year")
    if said is not None:
        return int(said)
    saved = year_of(day_of(operation.made_at))
    return saved if saved >= FIRST_YEAR else year_of(day_of_ms(received_ms))
