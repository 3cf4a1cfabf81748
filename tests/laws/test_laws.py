"""The laws hold for the real phone and the real server, whatever the state machine does."""

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.laws.machine import Machine
from tests.laws.world import Prepared

EXAMPLES, STEPS = 10, 40


def _search(prepared: Prepared, examples: int, steps: int) -> None:
    Machine.prepared = prepared
    search = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
    try:
        run_state_machine_as_test(Machine, settings=search)
    finally:
        print(", ".join(f"{count} {name}" for name, count in sorted(prepared.figures.items()) if count))


@pytest.mark.timeout(900)
def test_nothing_is_lost_whatever_happens(prepared: Prepared) -> None:
    """The same ten runs each time; `make soak` draws thousands of other and longer ones."""
    _search(prepared, EXAMPLES, STEPS)
    assert prepared.figures["runs"] >= EXAMPLES
    assert prepared.figures["chunks inside a photo"] >= EXAMPLES // 4, "no photo was sent in chunks"
    assert prepared.figures["replaced tokens"] >= EXAMPLES // 2


@pytest.mark.soak
@pytest.mark.timeout(7200)
def test_nothing_is_lost_in_thousands_of_runs(prepared: Prepared) -> None:
    _search(prepared, 4000, 50)
