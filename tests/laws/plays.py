"""Plays: scripted scenarios that the state machine would find only by luck, each aimed at one law.

Every play ends by syncing everything and checking all the laws that hold at rest.
"""

from collections.abc import Callable, Sequence
from typing import Any
from unittest.mock import patch

from mobile_app.store.log import recording, snapshot
from mobile_app.store.log.saving import Change
from shared import problems
from shared.operations import Kind, Operation, RecordType
from sync_server.access import receipts
from sync_server.log import pages as log_pages
from tests.laws import laws
from tests.laws.handset import Handset
from tests.laws.network import Fault
from tests.laws.world import DAY_MS, TOWNS, World

Play = Callable[[World], None]
PLAYS: dict[str, tuple[Play, tuple[int, int, int]]] = {}
"""Name → the play, and the errors of the phones' clocks in ms."""


def _play(*skews: int) -> Callable[[Play], Play]:
    def noted(play: Play) -> Play:
        first, second, third = skews or (0, 0, 0)
        PLAYS[play.__name__] = (play, (first, second, third))
        return play

    return noted


def run(name: str, world: World) -> None:
    """Run a play. `world` must have the clocks that the play needs."""
    PLAYS[name][0](world)
    for phone in world.phones:
        laws.of_a_phone(world, phone)
    world.rest()
    laws.at_rest(world, exact=False)
    laws.replays_change_nothing(world)
    laws.cursor_gives_each_once(world, 0, 2)
    laws.cursor_gives_each_once(world, 1, 500)


def hazard_of(phone: Handset, *, last: bool = False) -> str:
    """The first hazard that everybody has, or the last that the phone has."""
    return str(phone.rows("SELECT id FROM record WHERE type = 'hazard' ORDER BY id")[-last][0])


def edit(
    world: World, phone: Handset, kill: int = 0, *, last: bool = False, **fields: Any
) -> list[Operation]:
    """Edit the first hazard, or the last."""
    hazard, moment = hazard_of(phone, last=last), phone.moment()
    return world.save(
        phone, lambda session: recording.edit_hazard(session, hazard, fields, [], moment), kill=kill
    )


def report(world: World, phone: Handset, photos: Sequence[int] = (), kill: int = 0) -> list[Operation]:
    """Report another hazard."""
    moment, attached = phone.moment(), phone.photographed(photos)
    given = {"water_name": "后山塘", "water_type": "pond", "town_code": TOWNS[0]}
    return world.save(
        phone, lambda session: recording.add_hazard(session, given, attached, moment), kill=kill
    )


def choose(world: World, phone: Handset, *towns: str) -> None:
    """Sync only some towns, or all."""
    world.play(phone.database.write(lambda session: snapshot.choose_towns(session, towns)))


@_play()
def a_phone_forgets_a_lost_log_but_not_what_it_saved_there(world: World) -> None:
    """What it saved claims to have seen that log, and has superseded a value by that claim."""
    _, reader, author = world.phones
    world.office.restore(announced=True, photos=True)
    edit(world, author, description="深")
    world.sync(author)
    world.sync(reader)
    world.office.restore(announced=False, photos=True)
    edit(world, reader, last=True, town_code=TOWNS[1], depth_m=1)
    world.sync(reader)
    for phone in world.phones:
        world.reopen(phone)


@_play()
def a_phone_keeps_its_own_part_of_a_hazard_outside_its_towns(world: World) -> None:
    """It starts over, and its towns leave out what others wrote there: it must not say that it saw that."""
    one, two, _ = world.phones
    hazard = hazard_of(one)
    edit(world, two, depth_m=1)
    choose(world, two, TOWNS[1])
    world.office.restore(announced=True, photos=True)
    world.change(one, Change(RecordType.HAZARD, Kind.RESTORE, hazard, {}))
    world.sync(one)
    world.sync(two)
    world.change(two, Change(RecordType.HAZARD, Kind.DELETE, hazard, {}))
    world.rest()
    laws.shows(one, hazard, "deleted", 2)


@_play()
def a_hazard_with_a_long_history_comes_into_a_phones_towns(world: World) -> None:
    """The phone reads it as it stands, and goes on from there."""
    one, two, _ = world.phones
    hazard = hazard_of(one)
    choose(world, two, TOWNS[1])
    world.sync(two)
    assert not two.state(hazard).live
    for depth in range(9):
        edit(world, one, depth_m=depth)
    edit(world, one, town_code=TOWNS[1])
    world.sync(one)
    with patch.object(log_pages, "MAX_CHARACTERS", 2000):
        world.sync(two)
    assert two.state(hazard).live == world.office.records()[hazard].live


@_play()
def two_phones_write_the_same_field_concurrently(world: World) -> None:
    one, two, _ = world.phones
    edit(world, one, description="深", depth_m=1)
    edit(world, two, description="浅", village="上沙")
    world.sync(one)
    world.sync(two)
    world.sync(one)
    laws.shows(one, hazard_of(one), "description", 2)
    edit(world, one, description="满")
    edit(world, two, depth_m=3)
    world.rest()
    laws.shows(two, hazard_of(one), "description", 1)


@_play(5 * DAY_MS, -5 * DAY_MS, 0)
def clocks_are_days_wrong(world: World) -> None:
    one, two, three = world.phones
    edit(world, one, description="深")
    world.sync(one)
    choose(world, two)
    world.sync(two, [Fault.NONE, Fault.LOST])  # the snapshot is read, the log is not
    edit(world, two, description="浅")
    world.sync(three, [Fault.NONE, Fault.LOST])
    edit(world, three, description="满", depth_m=2)
    world.sync(two)
    edit(world, two, description="干")


@_play(5 * DAY_MS, -5 * DAY_MS, 0)
def updates_from_a_fast_clock_advance_a_slow_one(world: World) -> None:
    one, two, _ = world.phones
    edit(world, one, description="深")
    world.sync(one)
    world.sync(two, [Fault.NONE, Fault.PORTAL])
    edit(world, two, description="浅")


@_play()
def a_phone_dies_at_every_step_of_a_round(world: World) -> None:
    one, two, three = world.phones
    for step in range(1, 60, 2):
        if step % 8 == 1:
            report(world, one, [step % 4])
            edit(world, one, depth_m=step)
            world.sync(one)
            edit(world, two, description=f"第{step}次")
        for phone in (two, three):
            world.sync(phone, kill=step)
            laws.of_a_phone(world, phone)


@_play()
def a_phone_dies_at_every_step_of_saving(world: World) -> None:
    for phone in world.phones[:2]:
        for step in range(7):
            report(world, phone, [step % 4], kill=step)
            laws.of_a_phone(world, phone)
            world.reopen(phone)
            laws.of_a_phone(world, phone)
            if step == 3:
                world.play(phone.database.settle())


@_play()
def answers_are_lost_and_requests_arrive_twice(world: World) -> None:
    one, two, _ = world.phones
    for fault in Fault:
        report(world, one, [0, 1])
        edit(world, two, description=fault.value)
        for place in range(6):
            world.sync(one, [Fault.NONE] * place + [fault])
            world.sync(two, [Fault.NONE] * place + [fault])
            laws.of_a_phone(world, one)
            laws.of_a_phone(world, two)


@_play()
def many_operations_wait(world: World) -> None:
    one, two, _ = world.phones
    for depth in range(7):
        edit(world, one, depth_m=depth)
        report(world, one)
    world.sync(one, [Fault.NONE, Fault.UNANSWERED])
    laws.of_a_phone(world, one)
    world.sync(two)


@_play()
def the_server_refuses_what_an_inspector_may_not_do(world: World) -> None:
    one, two, _ = world.phones
    moment, hazard = one.moment(), hazard_of(one)
    said = {"hazard": hazard, "event_type": "close", "at": moment.made_at}
    world.change(one, Change(RecordType.HAZARD_EVENT, Kind.APPEND, moment.new_id(), said))
    edit(world, one, description="深")
    world.sync(one)
    laws.of_a_phone(world, one)
    world.sync(two)


@_play()
def the_server_is_restored_and_says_so(world: World) -> None:
    one, two, three = world.phones
    world.office.back_up()
    report(world, one, [2])
    edit(world, two, description="浅")
    world.rest()
    edit(world, three, description="深")
    world.office.restore(announced=True, photos=True)


@_play()
def the_server_is_restored_silently(world: World) -> None:
    one, two, _ = world.phones
    world.office.back_up()
    report(world, one, [2])
    world.rest()
    world.office.restore(announced=False, photos=True)
    world.sync(two)
    edit(world, two, description="浅")


@_play()
def the_server_is_restored_and_nobody_writes(world: World) -> None:
    one, _, _ = world.phones
    world.office.back_up()
    report(world, one, [2])
    world.rest()
    world.office.restore(announced=False, photos=True)


@_play()
def the_server_is_restored_to_before_the_last_push(world: World) -> None:
    one, _, three = world.phones
    world.office.back_up()
    edit(world, one, description="浅")
    world.sync(one, [Fault.NONE, Fault.LOST])  # acknowledged, not pulled
    world.office.restore(announced=False, photos=True)
    edit(world, three, depth_m=3)
    world.sync(three)


@_play()
def a_phone_without_a_receipt_loses_its_last_push(world: World) -> None:
    with patch.object(receipts, "of", lambda *_: ""):
        the_server_is_restored_to_before_the_last_push(world)


@_play()
def a_photo_is_lost_that_only_a_new_epoch_brings_back(world: World) -> None:
    one, two, _ = world.phones
    report(world, one, [3])
    world.sync(one, [Fault.NONE, Fault.NONE, Fault.LOST])  # all but the photo
    world.office.back_up()
    world.sync(one)  # the photo, about which the log says nothing
    edit(world, two, description="浅")
    world.sync(two)  # the only one who can see that the log was restored
    world.office.restore(announced=False, photos=True)


@_play()
def a_phone_claims_to_have_seen_another_log(world: World) -> None:
    one, two, three = world.phones
    edit(world, two, description="浅")
    epoch = world.office.epoch()
    for since, tip in ((1, "f" * 16), (10**6, "0" * 16), (0, "1" * 16)):
        world.claim(one, since, tip)
        world.sync(three)
    assert world.office.epoch() == epoch, "one phone's word began a new epoch"
    world.office.back_up()
    report(world, one, [2])
    world.sync(one)
    world.office.restore(announced=False, photos=True)


@_play()
def a_restored_log_continues_differently(world: World) -> None:
    one, _, three = world.phones
    world.office.back_up()
    report(world, one, [2])
    world.rest()
    world.office.restore(announced=False, photos=True)
    for depth in (1, 2):
        edit(world, three, depth_m=depth)
        world.sync(three)


@_play()
def another_operation_gets_a_seq_that_was_already_seen(world: World) -> None:
    one, two, three = world.phones
    world.office.back_up()
    edit(world, one, description="深")
    world.sync(one)
    world.sync(two)  # has seen the first of two logs
    world.office.restore(announced=False, photos=True)
    edit(world, three, description="满")
    world.sync(three)  # now has the seq that the other had
    edit(world, two, description="浅")
    world.sync(two, [Fault.NONE, Fault.LOST])


@_play()
def two_clones_save(world: World) -> None:
    one, two, _ = world.phones
    for depth, phone in enumerate((one, two)):
        twin = world.clone(phone)
        edit(world, phone, description="深", depth_m=depth)
        edit(world, twin, description="浅")
        report(world, twin, [1])
        world.sync(phone)
        world.sync(twin, [Fault.NONE, Fault.NONE, Fault.UNANSWERED])
        edit(world, phone, description="满")
        edit(world, twin, village="上沙")
        world.sync(twin)
        edit(world, twin, description="干")
        world.sync(phone)


@_play()
def a_clone_learns_of_the_other_only_by_pulling(world: World) -> None:
    one, _, three = world.phones
    twin = world.clone(one)
    edit(world, one, description="深")
    world.sync(one)
    edit(world, three, description="满")
    world.sync(three)
    world.sync(twin)
    edit(world, one, depth_m=1)
    edit(world, twin, depth_m=2)
    world.sync(twin)


@_play()
def an_older_refusal_of_a_push_arrives(world: World) -> None:
    _, two, _ = world.phones
    twin = world.clone(two)
    edit(world, two, depth_m=3)
    world.sync(two)
    report(world, twin, [1])
    refused, renewed = [Fault.NONE] * 2
    world.sync(twin, [refused, renewed, Fault.STALE])


@_play()
def an_answer_to_another_devices_push_arrives(world: World) -> None:
    _, two, _ = world.phones
    edit(world, two, village="上沙")
    twin = world.clone(two)
    edit(world, two, depth_m=3)
    world.sync(two)
    edit(world, twin, description="满", depth_m=1)
    refused, renewed, before = [Fault.NONE] * 3
    world.sync(twin, [refused, renewed, before, Fault.STALE, Fault.LOST])
    world.play(twin.database.settle())
    world.reopen(twin)


@_play()
def a_clone_dies_at_every_step_of_becoming_a_new_device(world: World) -> None:
    _, browser, _ = world.phones
    twin = world.clone(browser)
    for step in range(1, 30):
        edit(world, browser, depth_m=step)
        edit(world, twin, description=f"第{step}次")
        world.sync(browser)
        world.sync(twin, kill=step)
        laws.of_a_phone(world, twin)
        world.t += DAY_MS // 8  # so many new devices in one day would be refused


@_play()
def two_clones_refill_a_restored_log(world: World) -> None:
    one, _, _ = world.phones
    twin = world.clone(one)
    world.office.back_up()
    edit(world, twin, description="深")
    world.sync(twin)
    world.office.restore(announced=False, photos=True)
    edit(world, one, description="浅")  # under a number that the log has lost
    edit(world, twin, description="满")
    report(world, twin, [1])
    world.sync(twin, [Fault.NONE, Fault.LOST])
    world.sync(one)


@_play()
def a_clone_continues_after_a_restore_lost_its_save(world: World) -> None:
    one, _, _ = world.phones
    twin = world.clone(one)
    edit(world, one, description="深")
    edit(world, twin, description="浅")
    world.office.back_up()
    world.sync(twin, [Fault.NONE, Fault.LOST])
    world.office.restore(announced=False, photos=True)
    world.sync(one)
    edit(world, twin, description="满")
    world.sync(twin)


@_play()
def a_late_push_refills_a_restored_log(world: World) -> None:
    one, two, _ = world.phones
    choose(world, one, TOWNS[0])
    world.sync(one)
    world.office.back_up()
    edit(world, one, description="深")
    world.sync(one)
    late = world.network.past[-1]
    choose(world, one)
    world.office.restore(announced=False, photos=True)
    edit(world, two, description="浅")
    world.sync(two, [Fault.NONE, Fault.LOST])
    world.play(world.network.ask(late))


@_play()
def a_log_is_restored_before_the_snapshot_is_read(world: World) -> None:
    one, _, three = world.phones
    world.office.back_up()
    report(world, one)
    world.sync(one)
    world.office.restore(announced=False, photos=True)
    edit(world, three, description="深")
    world.sync(three)
    choose(world, one)  # the snapshot does not contain what the restored log lacks
    world.sync(one)


@_play()
def a_phone_without_a_receipt_reads_the_snapshot_of_a_restored_log(world: World) -> None:
    with patch.object(receipts, "of", lambda *_: ""):
        a_log_is_restored_before_the_snapshot_is_read(world)


@_play()
def records_change_while_the_snapshot_is_read(world: World) -> None:
    one, two, three = world.phones
    for _ in range(6):
        report(world, one)
    world.rest()
    for pages in (3, 2, 1):
        edit(world, one, last=True, village=f"{pages}村")
        world.sync(one)
        for phone in (two, three):
            choose(world, phone)
            world.sync(phone, [Fault.NONE] * pages + [Fault.LOST])
        edit(world, one, description=f"{pages}", depth_m=pages)
        report(world, one)
        world.sync(one)
        edit(world, two, description=f"{pages} {pages}")
        world.sync(two)
        world.sync(three)


@_play()
def a_hazard_moves_into_the_chosen_town(world: World) -> None:
    one, two, _ = world.phones
    choose(world, two, TOWNS[1])
    edit(world, one, description="深")
    report(world, one)
    world.sync(one)
    world.sync(two)
    edit(world, one, town_code=TOWNS[1])
    world.sync(one)
    world.sync(two)


@_play()
def all_towns_are_chosen_again(world: World) -> None:
    one, two, _ = world.phones
    choose(world, one, TOWNS[1])
    world.sync(one)
    edit(world, two, description="深")
    world.sync(two)
    edit(world, one, depth_m=1)
    world.sync(one)
    choose(world, one)
    edit(world, one, description="浅")


@_play()
def a_corrupt_photo_is_not_accepted(world: World) -> None:
    one, two, _ = world.phones
    for phone in (one, two):
        made = report(world, phone, [3])
        sha256 = made[-1].fields["sha256"]
        good = phone.pocket.files[sha256]
        phone.pocket.files[sha256] = good[:-30] + b"?" * 28 + good[-2:]
        world.sync(phone)
        laws.of_a_phone(world, phone)
        phone.pocket.files[sha256] = good


@_play()
def phones_are_revoked_and_enrolled_again(world: World) -> None:
    for phone, faults in zip(world.phones, ([], [Fault.UNANSWERED], [Fault.LOST]), strict=True):
        edit(world, phone, description="深")
        report(world, phone, [1])
        world.sync(phone, [Fault.UNANSWERED])  # stored, but the phone does not know
        edit(world, phone, depth_m=2)
        world.revoke(phone)
        world.sync(phone)
        world.enrol_again(phone, faults)
        edit(world, phone, description="浅")
        world.sync(phone)
        world.enrol_again(phone)
        edit(world, phone, description="满")
        laws.of_a_phone(world, phone)


@_play()
def a_reenrolled_phone_refills_a_restored_log(world: World) -> None:
    one, _, _ = world.phones
    world.office.back_up()
    edit(world, one, description="深")
    report(world, one, [2])
    world.rest()
    world.revoke(one)
    world.sync(one)
    world.enrol_again(one)
    edit(world, one, depth_m=1)
    world.sync(one)
    world.office.restore(announced=True, photos=False)


@_play()
def a_log_is_restored_to_before_a_phone_was_enrolled(world: World) -> None:
    one, _, _ = world.phones
    twin = world.clone(one)
    world.office.back_up()
    edit(world, one, description="深")
    edit(world, twin, description="浅")
    world.sync(one)
    world.sync(twin)  # is a new device from here on
    edit(world, twin, depth_m=1)
    report(world, twin, [3])
    world.rest()
    edit(world, twin, village="上沙")
    world.office.restore(announced=False, photos=True)


@_play()
def two_clones_are_enrolled_again(world: World) -> None:
    one, two, _ = world.phones
    world.clone(two)  # both only pull
    world.revoke(two)
    edit(world, one, description="深")
    world.sync(one, [Fault.UNANSWERED])
    twin = world.clone(one)
    edit(world, one, depth_m=1)
    edit(world, twin, depth_m=2)
    world.revoke(one)
    for phone in (one, twin):
        world.sync(phone)
        world.enrol_again(phone)
        world.sync(phone)


@_play()
def tokens_are_replaced_whatever_is_lost(world: World) -> None:
    """Of getting, keeping and first using a new token everything fails once; the phone always has one."""
    phone = world.phones[0]
    for fault in (Fault.UNANSWERED, Fault.TRUNCATED, Fault.TWICE, Fault.LATE, Fault.STALE):
        for met in range(6):
            world.t += DAY_MS
            world.sync(phone, [Fault.NONE] * met + [fault])
            laws.has_a_token(phone)
    for kill in range(1, 16):
        world.t += DAY_MS
        world.sync(phone, kill=kill)
        world.sync(phone)
        laws.has_a_token(phone)
    assert len(world.office.rows("SELECT 1 FROM replaced_token")) >= 10


@_play()
def the_server_is_restored_to_before_tokens_were_replaced(world: World) -> None:
    """The phone goes on with the token that the backup knows, and is given a new one."""
    phone = world.phones[1]
    world.office.back_up()
    for _ in range(5):
        world.t += DAY_MS
        world.sync(phone)
    edit(world, phone, description="深")
    world.sync(phone)
    world.office.restore(announced=False, photos=True)
    world.sync(phone)
    laws.has_a_token(phone)
    assert not world.office.rows("SELECT 1 FROM device WHERE copied_at IS NOT NULL")


@_play()
def a_clone_keeps_a_token_that_was_replaced(world: World) -> None:
    """It is refused, the office is told, and enrolled again it brings what it holds."""
    phone = world.phones[1]
    twin = world.clone(phone)
    edit(world, twin, description="浅")
    for _ in range(3):
        world.t += DAY_MS
        world.sync(phone)
    world.sync(twin)
    assert twin.heard.problem is not None
    assert twin.heard.problem.kind is problems.token_invalid
    assert world.office.rows("SELECT 1 FROM device WHERE copied_at IS NOT NULL")
    assert world.enrol_again(twin)
    world.sync(phone)
    laws.has_a_token(phone)
