"""Drafts: forms that are not saved yet, stored so that a killed or left app loses no input."""

import json
from typing import Any

from sqlalchemy import delete
from sqlalchemy.dialects.sqlite import insert
from sqlmodel import Session, col, select

from mobile_app.store.database.tables import Draft
from mobile_app.store.queries import draft_format

_NEW, _VISIT = "new", "visit"


def new(mark: str) -> str:
    """The name of a form for a hazard that is not there yet; "" marks the one that 0.1 could keep."""
    return f"{_NEW} {mark}" if mark else _NEW


def mark_of(name: str) -> str | None:
    """The mark of a form for a new hazard, by its name; None for a form about a hazard that there is."""
    first, _, mark = name.partition(" ")
    return mark if first == _NEW else None


def new_visit(mark: str) -> str:
    """The name of a form for a visit that is not there yet."""
    return f"{_VISIT} {mark}"


def visit_mark_of(name: str) -> str | None:
    """The mark of a form for a new visit, by its name; None for any other form."""
    first, _, mark = name.partition(" ")
    return mark if first == _VISIT else None


def about(form: dict[str, Any]) -> str | None:
    """The hazard or the visit that a form is about; None for a new one."""
    found: str | None = form.get("hazard") or form.get("visit")
    return found


def editing(record: str) -> str:
    """The name of the form that changes a hazard or a visit."""
    return f"edit {record}"


def step(hazard: str, event_type: str) -> str:
    """The name of the form for a step of a hazard."""
    return f"{event_type} {hazard}"


def keep(session: Session, name: str, form: dict[str, Any] | None) -> None:
    """Store `form` (JSON-ready) under this name, replacing the earlier one; None deletes it."""
    if form is None:
        drop(session, name)
        return
    text = json.dumps(form, ensure_ascii=False)
    statement = insert(Draft).values(name=name, form=text)
    session.execute(statement.on_conflict_do_update(index_elements=["name"], set_={"form": text}))
    session.expire_all()


def kept(session: Session) -> dict[str, dict[str, Any]]:
    """The drafts by name."""
    return {row.name: draft_format.current(json.loads(row.form)) for row in session.exec(select(Draft)).all()}


def link(session: Session, name: str, hazard: str) -> dict[str, Any] | None:
    """Link a hazard in the kept form of a visit, and return the form; None where it is not kept any more."""
    form = kept(session).get(name)
    if form is None:
        return None
    linked = list(dict.fromkeys([*(form["fields"].get("hazards") or []), hazard]))
    touched = sorted({*form.get("touched", []), "hazards"})
    form = {**form, "fields": {**form["fields"], "hazards": linked}, "touched": touched}
    keep(session, name, form)
    return form


def drop(session: Session, name: str) -> None:
    """Delete a draft."""
    session.execute(delete(Draft).where(col(Draft.name) == name))
    session.expire_all()
