"""People, their roles and schools, and lists of people to add."""

from typing import Any

from sqlmodel import Field

from sync_server.database.rows.table import Table, json_column


class PersonRow(Table, table=True):
    """Someone who works with the register; without a password, only on phones. `unit`: whom they work for."""

    __tablename__ = "person"
    id: str = Field(primary_key=True)
    name: str = Field(unique=True)
    password_hash: str | None = None
    active: bool = True
    created_at: str
    unit: str = Field(default="", sa_column_kwargs={"server_default": ""})


class GrantRow(Table, table=True):
    """A role that a person has within a scope: "city", "towns" (codes) or "school" (with classes).

    `given_by`: a person; None where the deployment gave it.
    """

    __tablename__ = "role_grant"
    id: str = Field(primary_key=True)
    person: str = Field(index=True)
    role: str
    scope: str
    towns: list[str] = json_column()
    school: str = ""
    classes: list[str] = json_column()
    given_by: str | None = None
    given_at: str
    withdrawn_by: str | None = None
    withdrawn_at: str | None = None


class SchoolRow(Table, table=True):
    """A school for which people have roles. `code`: the name that it first had, by which grants name it.

    `plans_since`: since when it asks that follow-up plans of home visits are approved, None if it does not.
    """

    __tablename__ = "school"
    code: str = Field(primary_key=True)
    name: str = Field(unique=True)
    town_code: str | None = None
    created_at: str
    plans_since: str | None = None


class PeopleImportRow(Table, table=True):
    """A list of people that somebody sent: added once it is confirmed, and then kept with whom it added.

    `lines`: `{number, cells, fault}` of each row, and `detail` of its fault once it is confirmed.
    `people`: their ids.
    """

    __tablename__ = "people_import"
    id: str = Field(primary_key=True)
    person: str
    lines: list[dict[str, Any]] = json_column()
    people: list[str] = json_column()
    created_at: str
    confirmed_at: str | None = None
