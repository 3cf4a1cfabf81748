"""The base class of all tables, and kinds of columns that several of them have."""

from typing import Any

from sqlalchemy import JSON, BigInteger, Column, Text, text
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel


class Table(SQLModel, registry=registry()):
    """Every table of the server; apart from the phone's, which may live in the same process."""


def json_column() -> Any:
    """A JSON value that is always there."""
    return Field(sa_column=Column(JSON, nullable=False))


def text_column(default: Any = ...) -> Any:
    """A text of any length."""
    return Field(default, sa_type=Text)


def long_column(default: Any = ..., *, key: bool = False) -> Any:
    """A 64-bit integer."""
    return Field(default, sa_type=BigInteger, primary_key=key)


def added_text() -> Any:
    """A text that older rows did not have."""
    return Field(default="", sa_column_kwargs={"server_default": ""})


def where(condition: str) -> dict[str, Any]:
    """Keep an index of few rows only: the others then cost it nothing."""
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}
