"""The form somebody has not saved yet: kept, so that a killed app loses no typing."""

import json
from typing import Any

from sqlalchemy import delete
from sqlalchemy.dialects.sqlite import insert
from sqlmodel import Session

from mobile_app.store.tables import Draft

_NAME = "hazard"


def keep(session: Session, form: dict[str, Any]) -> None:
    """Keep `form` (JSON-ready) in place of the one before."""
    text = json.dumps(form, ensure_ascii=False)
    statement = insert(Draft).values(name=_NAME, form=text)
    session.execute(statement.on_conflict_do_update(index_elements=["name"], set_={"form": text}))
    session.expire_all()


def kept(session: Session) -> dict[str, Any] | None:
    """The kept form, None where there is none."""
    row = session.get(Draft, _NAME)
    return None if row is None else dict(json.loads(row.form))


def drop(session: Session) -> None:
    """Forget the kept form."""
    session.execute(delete(Draft))
    session.expire_all()
