"""The laws hold in scripted scenarios that a search would find only by luck."""

import pytest

from tests.laws import plays
from tests.laws.world import Prepared, World


@pytest.mark.parametrize("name", plays.PLAYS)
def test_the_laws_hold_where(name: str, prepared: Prepared) -> None:
    world = World(prepared, plays.PLAYS[name][1])
    try:
        plays.run(name, world)
    finally:
        world.close()
