"""A PostgreSQL that fails again and again as it may: the driver's own errors, at statements and at commit."""

from random import Random
from typing import Any

from psycopg import errors
from sqlalchemy import Engine

SERIALIZABLE = "-c default_transaction_isolation=serializable"
_AT_STATEMENT, _AT_COMMIT = 1 / 40, 1 / 10


class UnderFire:
    """Makes an engine's writing transactions fail by chance; `failed` counts how often."""

    def __init__(self, engine: Engine, seed: int = 3) -> None:
        self.failed = 0
        self._chance = Random(seed)
        self._dialect = engine.get_execution_options()["backend"].writer.dialect
        for name in ("do_execute", "do_executemany", "do_commit"):
            setattr(self._dialect, name, self._failing(name, getattr(self._dialect, name)))

    def _failing(self, name: str, does: Any) -> Any:
        def do(first: Any, *rest: Any) -> Any:
            if self._chance.random() >= (_AT_COMMIT if name == "do_commit" else _AT_STATEMENT):
                return does(first, *rest)
            self.failed += 1
            if name == "do_commit":  # a commit that failed has ended its transaction
                self._dialect.do_rollback(first)
            raise self._chance.choice((errors.SerializationFailure, errors.DeadlockDetected))("by chance")

        return do
