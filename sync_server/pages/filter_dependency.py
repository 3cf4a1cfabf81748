"""The filter of the map, the ledger and the exports: one query string, read the same way everywhere."""

from datetime import datetime
from typing import Annotated

from fastapi import Depends, Request

from shared.china_time import CHINA_TIME
from shared.hazards.due import deadline, is_overdue
from shared.vocabulary import Status
from sync_server.commands import searching
from sync_server.database.timestamps import today
from sync_server.database.transactions import reading
from sync_server.deps import EngineDep, campaign_of
from sync_server.queries.filters import Filter, parse


def _asked(request: Request, engine: EngineDep) -> Filter:
    asked = parse(request.query_params)
    if asked.text:
        with reading(engine) as session:
            campaign = campaign_of(session, request).id
        searching.make_searchable(engine, campaign)
    return asked


Asked = Annotated[Filter, Depends(_asked)]
"""The filter of the query string. Raises Problem invalid for an impossible value."""


def minute(moment: str | None) -> str:
    """A time of a record as text for people: China's time, to the minute; "" for none."""
    if not moment:
        return ""
    return datetime.fromisoformat(moment).astimezone(CHINA_TIME).strftime("%Y-%m-%d %H:%M")


def is_late(due_date: str | None, status: Status) -> bool:
    """Whether a hazard should have been rectified before today."""
    return is_overdue(deadline(status, due_date), today())
