"""The laws can fail: every mutant must be caught by one."""

import logging

import pytest

from tests.laws import plays
from tests.laws.mutants import MUTANTS, put_in
from tests.laws.world import Prepared, World


@pytest.mark.parametrize("name", MUTANTS)
def test_the_laws_catch(name: str, prepared: Prepared, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL)
    mutant = MUTANTS[name]
    world = World(prepared, plays.PLAYS[mutant.caught_where][1])
    try:
        with put_in(mutant), pytest.raises(AssertionError):
            plays.run(mutant.caught_where, world)
    finally:
        world.close()
