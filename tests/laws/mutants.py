"""Small faults put into the real code of phone and server: the laws are worth something if each is caught.

A mutant is a change of the source text of one function, so that it cannot outlive a change of that function
unseen.
"""

import importlib
import inspect
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


class Mutant:
    """A change of a function, (text, what takes its place), and the play in which a law is broken by it."""

    def __init__(self, module: str, name: str, caught_where: str, *changes: tuple[str, str]) -> None:
        self.module, self.name, self.caught_where, self.changes = module, name, caught_where, changes


MUTANTS: dict[str, Mutant] = {
    "the cursor is kept before the operations": Mutant(
        "mobile_app.sync.sync_round",
        "SyncRound._pull",
        "a_phone_dies_at_every_step_of_a_round",
        (
            "more = await self._keeper.write(work)",
            "await self._keeper.write(lambda s: meta.set_progress("
            "s, replace(meta.progress(s), cursor=page.next, tip=page.tip)))\n"
            "        more = await self._keeper.write(work)",
        ),
        ("if not _same_reading(session, where):", "if False:"),
    ),
    "base is always 0": Mutant(
        "mobile_app.store.log.saving",
        "save",
        "two_write_the_same_field_unseen",
        ("base=base", "base=0"),
        ("tip=tip", 'tip="0" * 16'),
    ),
    "base is one too low": Mutant(
        "mobile_app.store.log.saving",
        "save",
        "two_write_the_same_field_unseen",
        ("base=base", "base=max(0, base - 1)"),
    ),
    "base is one too high": Mutant(
        "mobile_app.store.log.saving",
        "save",
        "two_write_the_same_field_unseen",
        ("base=base", "base=base + 1"),
    ),
    "a push is answered before it is stored": Mutant(
        "sync_server.log.ingest",
        "ingest",
        "many_operations_wait",
        (
            "writer.append(session, campaign, [entry for entry in fresh.values() if not entry.problem],"
            " received_ms)",
            "kept = [entry for entry in fresh.values() if not entry.problem]\n"
            "    writer.append(session, campaign, kept[:2], received_ms)\n"
            "    for entry in kept[2:]:\n"
            "        entry.given = Stamp(kept[0].stamp.seq + 1, entry.operation.hlc)",
        ),
    ),
    "a repeated push is stored again under another number": Mutant(
        "sync_server.log.ingest",
        "_result",
        "answers_are_lost_and_requests_come_twice",
        ("Stamp(known.seq, hlc", "Stamp(known.seq + 1, hlc"),
    ),
    "the server drops the older of two writes": Mutant(
        "sync_server.log.projection",
        "fold",
        "two_write_the_same_field_unseen",
        ("merge.absorb(state, write)", "merge.absorb(merge.EMPTY, write)"),
    ),
    "what others wrote moves no clock": Mutant(
        "mobile_app.store.log.writer",
        "_count",
        "news_of_a_fast_clock_move_a_slow_one",
        ("hlc = max(hlc, entry.write.hlc)", "pass"),
    ),
    "records that are read move no clock": Mutant(
        "mobile_app.store.log.snapshot",
        "take",
        "clocks_are_days_wrong",
        ("replace(where, hlc=hlc)", "where"),
    ),
    "starting over forgets what was acknowledged": Mutant(
        "mobile_app.store.log.recovery",
        "start_over",
        "the_server_is_put_back_and_says_so",
        ("in_(_OFFERED)", "in_(UNSTORED)"),
    ),
    "starting over forgets delivered photos": Mutant(
        "mobile_app.store.log.recovery",
        "start_over",
        "the_server_is_put_back_and_says_so",
        ("photos.begin_again(session, *_HELD)", "pass"),
    ),
    "an acknowledged operation that is not in its place is not missed": Mutant(
        "mobile_app.store.log.clone_detection",
        "check_pulled",
        "the_server_is_put_back_to_before_the_last_push",
        ("raise problems.epoch_changed(epoch=where.epoch)", "pass"),
    ),
    "any answer to a push settles it": Mutant(
        "mobile_app.sync.sync_round",
        "SyncRound._push",
        "an_answer_to_the_push_of_another_device_comes",
        ("if answer.device != device:", "if False:"),
    ),
    "a push vouches for no more than the cursor": Mutant(
        "mobile_app.sync.server",
        "Server.push",
        "a_copy_goes_on_after_its_save_was_put_back_and_its_number_taken",
        ("where.heard, ", "where.cursor, "),
        ("where.heard_tip", "where.tip"),
    ),
    "chosen towns leave the cursor where it was": Mutant(
        "mobile_app.store.log.snapshot",
        "choose_towns",
        "all_towns_are_chosen_again",
        ("if meta.towns(session):", "if False:"),
    ),
    "the first page of records is taken for all": Mutant(
        "mobile_app.store.log.snapshot",
        "turn",
        "the_server_is_put_back_and_says_so",
        ("snapshot=page.next)", "snapshot=None)"),
        ("if page.next is None:", "if True:"),
    ),
    "reading ends where its last page was read": Mutant(
        "mobile_app.store.log.snapshot",
        "turn",
        "records_change_while_they_are_read",
        ('if where.snapshot == "":', "if True:"),
    ),
    "what was moved is offered under its old key too": Mutant(
        "mobile_app.store.log.recovery",
        "_renew",
        "two_copies_of_a_phone_save",
        ("state=OperationState.MOVED", "state=OperationState.UNSENT"),
    ),
    "what was moved is forgotten": Mutant(
        "mobile_app.store.log.recovery",
        "_renew",
        "two_copies_of_a_phone_save",
        ("writer.take(session, _under(who.device, old))", "pass"),
    ),
    "what the server refused counts as stored": Mutant(
        "mobile_app.store.log.outbox",
        "settle",
        "the_server_refuses_what_an_inspector_may_not",
        ("settled.refused, OperationState.QUARANTINED", "settled.refused, OperationState.ACKED"),
    ),
    "a push is settled by guess": Mutant(
        "mobile_app.store.log.outbox",
        "settle",
        "a_phone_dies_at_every_step_of_saving",
        (
            "rows = {row.n: row for row in _unstored(session, device, numbers)}",
            "rows = {row.n: row for row in _unstored(session, device, [*numbers, max(numbers) + 1])}\n"
            "    for n in rows.keys() - set(numbers):\n"
            "        settled.stamps.update({n: stamp for stamp in list(settled.stamps.values())[:1]})",
        ),
    ),
    "a photo is called delivered when it is announced": Mutant(
        "mobile_app.sync.upload",
        "Uploader.send",
        "a_phone_dies_at_every_step_of_saving",
        (
            "upload = await self._go_on(upload, photo, reached, moving)",
            "upload = await self._server.begin_upload(photo) and None",
        ),
    ),
    "a save is told before its line is kept": Mutant(
        "mobile_app.store.database.phone_database",
        "PhoneDatabase._commit",
        "a_phone_dies_at_every_step_of_saving",
        ("await self._disk.append(line)", "pass"),
    ),
    "an answer speaks of what is not committed": Mutant(
        "sync_server.api.push",
        "_push",
        "many_operations_wait",
        ("devices.seen(session, phone)", "session.rollback()"),
    ),
    "the tip is not checked on intake": Mutant(
        "sync_server.log.writer",
        "append",
        "another_takes_the_place_that_somebody_saw_filled",
        ("None if seen else 0", "None"),
    ),
    "base is the end of the log at the push": Mutant(
        "sync_server.log.writer",
        "append",
        "clocks_are_days_wrong",
        ("None if seen else 0", "end.seq"),
    ),
    "a clock that is days ahead is believed": Mutant(
        "shared.clock",
        "clamp",
        "clocks_are_days_wrong",
        ("min(hlc, stamp(received_ms + MAX_AHEAD_MS))", "hlc"),
    ),
    "another content under a known key is a duplicate": Mutant(
        "sync_server.log.ingest",
        "_refuse_rewriting",
        "two_copies_of_a_phone_save",
        ("raise problems.operation_rewritten(n=entry.sent_number)", "return"),
    ),
    "a pull does not say which log it knows": Mutant(
        "mobile_app.sync.server",
        "Server.pull",
        "the_server_is_put_back_and_nobody_writes",
        ("&tip={where.tip}", ""),
    ),
    "a reading does not say which log it knows": Mutant(
        "mobile_app.sync.server",
        "Server.snapshot",
        "a_log_is_put_back_before_records_are_read",
        ("&tip={where.heard_tip}", ""),
    ),
    "a push is taken whatever log it is for": Mutant(
        "sync_server.api.push",
        "_push",
        "two_copies_fill_a_log_that_was_put_back",
        ("message.tip not in (None, writer.tip_at(session, campaign.id, message.since))", "False"),
    ),
    "the log's fingerprint is not of what it says": Mutant(
        "sync_server.log.writer",
        "_fingerprint",
        "two_copies_fill_a_log_that_was_put_back",
        ("next_tip(tip, entry.json)", "next_tip(tip, '')"),
    ),
    "a page of the log skips one": Mutant(
        "sync_server.log.pages",
        "_page",
        "two_write_the_same_field_unseen",
        ("last = rows[-1].seq", "last = rows[-1].seq + 1"),
    ),
    "a scope forgets the past of what enters it": Mutant(
        "sync_server.log.pages",
        "scoped",
        "a_hazard_moves_into_the_chosen_town",
        ("if not entered:", "if True:"),
    ),
    "half a photo is taken for whole": Mutant(
        "sync_server.photos.service",
        "_verified",
        "a_photo_that_is_not_whole_is_not_taken",
        ("sha256 != announced.sha256", "False"),
    ),
    "a phone that is let in again is a stranger": Mutant(
        "sync_server.access.devices",
        "enrol",
        "access_ends_and_begins_again",
        ("if was and was.person == person.id else []", "if False else []"),
    ),
    "a copy takes the access of the other": Mutant(
        "sync_server.access.devices",
        "enrol",
        "two_copies_are_let_in_again",
        ("if before and (before[0].revoked_at or before[0].last_seen_at is None):", "if before:"),
    ),
    "a log that was put back forgets who a phone was": Mutant(
        "sync_server.access.devices",
        "_shown",
        "a_log_was_put_back_to_before_a_phone_was_enrolled",
        ("if row is None:", "if row is None:\n            break\n        if False:"),
    ),
    "a device forgets which it was before": Mutant(
        "sync_server.access.devices",
        "_shown",
        "a_log_was_put_back_to_before_a_phone_was_enrolled",
        ("found[-1].predecessor = device", "pass"),
    ),
    "a phone that is let in again makes all anew": Mutant(
        "mobile_app.store.log.recovery",
        "enrol_again",
        "two_copies_are_let_in_again",
        ("was.device not in (answer.device, answer.predecessor)", "was.device != answer.device"),
    ),
    "the later clock supersedes": Mutant(
        "shared.merge",
        "Write.supersedes",
        "clocks_are_days_wrong",
        ("(other.seq is not None and other.seq <= self.base)", "other.hlc < self.hlc"),
    ),
}


@contextmanager
def put_in(mutant: Mutant) -> Iterator[None]:
    """The code with that fault."""
    module = importlib.import_module(mutant.module)
    owner: Any = module
    *path, name = mutant.name.split(".")
    for part in path:
        owner = getattr(owner, part)
    right = owner.__dict__[name]
    source = inspect.getsource(right)
    for old, new in mutant.changes:
        if old not in source:
            raise LookupError(f"{old!r} is not in {mutant.name}")
        source = source.replace(old, new)
    source = textwrap.dedent(source)
    made: dict[str, Any] = {}
    exec(compile(source, f"<mutant of {module.__name__}>", "exec"), module.__dict__, made)
    setattr(owner, name, made[name])
    try:
        yield
    finally:
        setattr(owner, name, right)
