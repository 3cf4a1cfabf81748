"""The laws hold in scripted scenarios that a search would find only by luck."""

import pytest

from sync_server.access import receipts
from tests.laws import plays
from tests.laws.world import Prepared, World

RESTORES = [
    "the_server_is_restored_silently",
    "the_server_is_restored_to_before_the_last_push",
    "another_operation_gets_a_seq_that_was_already_seen",
    "a_clone_continues_after_a_restore_lost_its_save",
]


@pytest.mark.parametrize("name", plays.PLAYS)
def test_the_laws_hold_where(name: str, prepared: Prepared) -> None:
    world = World(prepared, plays.PLAYS[name][1])
    try:
        plays.run(name, world)
    finally:
        world.close()


@pytest.mark.parametrize("name", RESTORES)
def test_phones_without_receipts_refill_a_restored_log_each_by_itself(
    name: str, prepared: Prepared, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receipts, "of", lambda *_: "")
    test_the_laws_hold_where(name, prepared)
