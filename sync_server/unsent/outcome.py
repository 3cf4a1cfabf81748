"""What became of a file that was imported."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Literal

from shared.problems import Problem

Fate = Literal["new", "known", "quarantined", "settled", "refused", "left"]
"""New here; here already; waiting for a person; settled by the office before; refused; not looked at."""


@dataclass(slots=True)
class Outcome:
    """How many operations, home visits and photos met which fate.

    `stopped`: why the rest was left; the same file can be imported again later. `refused`: codes of problems,
    with how often. `person`, `device`, `name`: whose phone made it; `ended`: see `token_owner.Owner`.
    """

    device: str
    name: str
    person: str
    ended: bool
    operations: Counter[Fate] = field(default_factory=Counter)
    home_visits: Counter[Fate] = field(default_factory=Counter)
    photos: Counter[Fate] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    stopped: Problem | None = None
