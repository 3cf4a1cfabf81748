"""What the signs of a programme say, besides the name of the water: in both languages on every sign."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from shared.wording import Wording


@dataclass(frozen=True, slots=True)
class SignWords:
    """`title`: the danger in a few words. `ban`: what is forbidden. `rescue`: what to do in an emergency.

    `dangers`: what is known to be dangerous about one hazard, a line each.
    """

    title: Wording
    ban: Wording
    rescue: Wording
    dangers: Callable[[Any], list[Wording]]
