"""Drafts: forms that are not saved yet, stored so that a killed or left app loses no input."""

import json
from typing import Any

from sqlalchemy import delete
from sqlalchemy.dialects.sqlite import insert
from sqlmodel import Session, col, select

from mobile_app.store.database.tables import Draft
from mobile_app.store.queries import draft_format

_NEW = "new"


def new(mark: str) -> str:
    """The name of a form for a hazard that is not there yet; "" marks the one that 0.1 could keep."""
    return f"{_NEW} {mark}" if mark else _NEW


def mark_of(name: str) -> str | None:
    """The mark of a form for a new hazard, by its name; None for a form about a hazard that there is."""
    first, _, mark = name.partition(" ")
    return mark if first == _NEW else None


def editing(hazard: str) -> str:
    """The name of the form that changes a hazard."""
    return f"edit {hazard}"


def step(hazard: str, event_type: str) -> str:
    """The name of the form for a step of a hazard."""
    return f"{event_type} {hazard}"


def keep(session: Session, name: str, form: dict[str, Any]) -> None:
    """Store `form` (JSON-ready) under this name, replacing the earlier one."""
    text = json.dumps(form, ensure_ascii=False)
    statement = insert(Draft).values(name=name, form=text)
    session.execute(statement.on_conflict_do_update(index_elements=["name"], set_={"form": text}))
    session.expire_all()


def kept(session: Session) -> dict[str, dict[str, Any]]:
    """The drafts by name."""
    return {row.name: draft_format.current(json.loads(row.form)) for row in session.exec(select(Draft)).all()}


def drop(session: Session, name: str) -> None:
    """Delete a draft."""
    session.execute(delete(Draft).where(col(Draft.name) == name))
    session.expire_all()
