"""Small values that the phone keeps by name, as JSON."""

import json
from typing import Any

from sqlalchemy.dialects.sqlite import insert
from sqlmodel import Session

from mobile_app.store.database.tables import Meta


def read(session: Session, key: str) -> Any:
    """The value of that name, None where there is none."""
    row = session.get(Meta, key)
    return None if row is None else json.loads(row.value)


def write(session: Session, key: str, value: Any) -> None:
    """Keep a value instead of the one of that name."""
    text = json.dumps(value, ensure_ascii=False)
    statement = insert(Meta).values(key=key, value=text)
    session.execute(statement.on_conflict_do_update(index_elements=["key"], set_={"value": text}))
    session.expire_all()
