"""Statements are compiled once for all databases of a kind, as a server does that has one for years.

SQLAlchemy keeps what it compiled with each engine, and most tests open their own: compiling took a third of
their time.
"""

from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.util import LRUCache

_MOST = 20_000
"""Statements that are kept."""


def put_in(patch: pytest.MonkeyPatch) -> None:
    """Let all engines keep what they compile in one place, by the kind of their dialect."""
    kept: LRUCache[Any, Any] = LRUCache(_MOST)
    begin = Engine.__init__

    def begun(engine: Engine, *given: Any, **named: Any) -> None:
        begin(engine, *given, **named)
        engine._compiled_cache = kept

    patch.setattr(Engine, "__init__", begun)
    patch.setattr(DefaultDialect, "__eq__", lambda one, other: _kind(one) == _kind(other))
    patch.setattr(DefaultDialect, "__hash__", lambda one: hash(_kind(one)))


def _kind(dialect: Any) -> tuple[type, bool]:
    """What its statements and the types of their results depend on."""
    return type(dialect), getattr(dialect, "_json_serializer", None) is not None
