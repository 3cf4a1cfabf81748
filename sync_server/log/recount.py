"""Counts a year anew from the operations on the log, without the rows that pages read."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import Row, select
from sqlmodel import Session

from shared import lifecycle, merge
from shared.counting import Case, Rules, Tally, tally
from shared.hazards import history
from shared.merge import Write
from shared.operations import Operation, RecordType, Stamp
from shared.vocabulary import Status
from sync_server.database.tables import CampaignRow, OperationRow

_LOG = OperationRow.metadata.tables["operation"].c
_BATCH = 500


@dataclass(frozen=True, slots=True)
class CountedHazard:
    """A hazard that counts in a year: since which ISO day, and how it stands.

    `number`: its 编号, if it has one. `tally`: what it adds to the numbers.
    """

    id: str
    number: str | None
    town_code: str | None
    day: str | None
    status: Status
    tally: Tally


def of_year(session: Session, campaign: CampaignRow, rules: Rules) -> Iterator[CountedHazard]:
    """The hazards that count in the year of `rules`, by their ids."""
    asked = (
        select(_LOG.owner, _LOG.record, _LOG.type, _LOG.wire, _LOG.seq, _LOG.hlc_eff, _LOG.base_eff)
        .add_columns(_LOG.ledger_no)
        .where(_LOG.campaign == campaign.id, _LOG.owner != "")
        .where(_LOG.type.in_([RecordType.HAZARD, RecordType.HAZARD_EVENT]))
        .order_by(_LOG.owner, _LOG.seq)
        .execution_options(yield_per=_BATCH)
    )
    for hazard, rows in groupby(session.execute(asked), attrgetter("owner")):
        found = _counted(hazard, rows, rules)
        if found is not None:
            yield found


def _counted(hazard: str, rows: Iterable[Row[Any]], rules: Rules) -> CountedHazard | None:
    """The hazard of some operations, None where it does not count."""
    state, events = merge.EMPTY, defaultdict[str, list[Write]](list)
    number: str | None = None
    for row in rows:
        if row.type == RecordType.HAZARD:
            state = merge.absorb(state, _write(row))
        else:
            events[row.record].append(_write(row))
        number = number or row.ledger_no
    if not state.live or merge.deleted(state):
        return None
    told = lifecycle.fold(
        history.timeline_event(record, history.first_write(writes)) for record, writes in events.items()
    )
    town = merge.shown(state).get("town_code")
    one = tally([Case(town, told.status, told.first_closed_on, told.controlled_on)], rules)
    if not one.done and not one.controlled:
        return None
    day = told.first_closed_on or told.controlled_on
    return CountedHazard(hazard, number, town, day, told.status, one)


def _write(row: Row[Any]) -> Write:
    operation = Operation.model_validate(json.loads(row.wire))
    return merge.write_of(operation, Stamp(row.seq, row.hlc_eff or operation.hlc, None, row.base_eff))
