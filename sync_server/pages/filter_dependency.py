"""What the map, the ledger and the exports are asked: one query string, read the same way everywhere."""

from datetime import datetime
from typing import Annotated

from fastapi import Depends, Request

from shared import lifecycle
from shared.china_time import CHINA_TIME
from shared.vocabulary import Status
from sync_server.database.timestamps import today
from sync_server.queries.filters import Filter, parse


def _asked(request: Request) -> Filter:
    return parse(request.query_params)


Asked = Annotated[Filter, Depends(_asked)]
"""The filter of the query string. Problem invalid where a value is impossible."""


def minute(moment: str | None) -> str:
    """A moment of the records as people read it: China's time, to the minute; "" for none."""
    if not moment:
        return ""
    return datetime.fromisoformat(moment).astimezone(CHINA_TIME).strftime("%Y-%m-%d %H:%M")


def is_late(due: str | None, status: Status) -> bool:
    """Whether a hazard still waits for something although its day has passed."""
    return bool(due) and str(due) < today() and status in lifecycle.OPEN
