"""Mutants: small bugs inserted into the real code of phone and server, each of which the laws must catch.

A mutant replaces source text of one function, so it fails loudly when that function changes.
"""

import importlib
import inspect
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


class Mutant:
    """Changes to a function, as (text, replacement), and the play in which they break a law."""

    def __init__(self, module: str, name: str, caught_where: str, *changes: tuple[str, str]) -> None:
        self.module, self.name, self.caught_where, self.changes = module, name, caught_where, changes


MUTANTS: dict[str, Mutant] = {
    "the cursor is kept before the operations": Mutant(
        "mobile_app.sync.sync_round",
        "SyncRound._pull",
        "a_phone_dies_at_every_step_of_a_round",
        (
            "more = await self._database.write(work)",
            "await self._database.write(lambda s: meta.set_progress("
            "s, replace(meta.progress(s), cursor=page.next, fingerprint=page.tip)))\n"
            "        more = await self._database.write(work)",
        ),
        ("if not _same_reading(session, where):", "if False:"),
    ),
    "base is always 0": Mutant(
        "mobile_app.store.log.saving",
        "save",
        "two_phones_write_the_same_field_concurrently",
        ("base=base", "base=0"),
        ("base_fingerprint=tip", 'base_fingerprint="0" * 16'),
    ),
    "base is one too low": Mutant(
        "mobile_app.store.log.saving",
        "save",
        "two_phones_write_the_same_field_concurrently",
        ("base=base", "base=max(0, base - 1)"),
    ),
    "base is one too high": Mutant(
        "mobile_app.store.log.saving",
        "save",
        "two_phones_write_the_same_field_concurrently",
        ("base=base", "base=base + 1"),
    ),
    "a push is answered before it is stored": Mutant(
        "sync_server.log.ingest",
        "ingest",
        "many_operations_wait",
        (
            "end = writer.append(session, campaign, valid, received_ms, end)",
            "end = writer.append(session, campaign, valid[:2], received_ms, end)\n"
            "    for entry in valid[2:]:\n"
            "        entry.given = Stamp(valid[0].stamp.seq + 1, entry.operation.hlc)",
        ),
    ),
    "a repeated push is stored again under another number": Mutant(
        "sync_server.log.ingest",
        "_result",
        "many_operations_wait",
        ("Stamp(known.seq, hlc", "Stamp(known.seq + 1, hlc"),
    ),
    "the server drops the older of two writes": Mutant(
        "sync_server.log.projection",
        "fold",
        "two_phones_write_the_same_field_concurrently",
        ("merge.absorb(state, write)", "merge.absorb(merge.EMPTY, write)"),
    ),
    "pulled operations do not advance the clock": Mutant(
        "mobile_app.store.log.writer",
        "_count",
        "updates_from_a_fast_clock_advance_a_slow_one",
        ("hlc = max(hlc, entry.write.hlc)", "pass"),
    ),
    "snapshot records do not advance the clock": Mutant(
        "mobile_app.store.log.snapshot",
        "store",
        "clocks_are_days_wrong",
        ("replace(where, hlc=hlc)", "where"),
    ),
    "starting over forgets acknowledged operations": Mutant(
        "mobile_app.store.log.recovery",
        "start_over",
        "the_server_is_restored_and_says_so",
        ("in_(_OFFERED)", "in_(UNSTORED)"),
    ),
    "starting over forgets delivered photos": Mutant(
        "mobile_app.store.log.recovery",
        "start_over",
        "the_server_is_restored_and_says_so",
        ("photos.restart_uploads(session, *_HELD)", "pass"),
    ),
    "a missing acknowledged operation goes unnoticed": Mutant(
        "mobile_app.store.log.clone_detection",
        "check_pulled",
        "a_phone_without_a_receipt_loses_its_last_push",
        ("raise problems.epoch_changed(epoch=where.epoch)", "pass"),
    ),
    "any answer to a push settles it": Mutant(
        "mobile_app.sync.sync_round",
        "SyncRound._push",
        "an_answer_to_another_devices_push_arrives",
        ("if answer.device != device:", "if False:"),
    ),
    "a push vouches for no more than the cursor": Mutant(
        "mobile_app.sync.server",
        "Server.push",
        "a_clone_continues_after_a_restore_lost_its_save",
        ("where.farthest, ", "where.cursor, "),
        ("where.farthest_fingerprint", "where.fingerprint"),
        ("if where.receipt:", "if False:"),
    ),
    "chosen towns leave the cursor where it was": Mutant(
        "mobile_app.store.log.snapshot",
        "choose_towns",
        "all_towns_are_chosen_again",
        ("if meta.towns(session):", "if False:"),
    ),
    "the first page of the snapshot is taken for all of it": Mutant(
        "mobile_app.store.log.snapshot",
        "turn_page",
        "the_server_is_restored_and_says_so",
        ("snapshot=page.next)", "snapshot=None)"),
        ("if page.next is None:", "if True:"),
    ),
    "the snapshot's end is that of its last page": Mutant(
        "mobile_app.store.log.snapshot",
        "turn_page",
        "records_change_while_the_snapshot_is_read",
        ('if where.snapshot == "":', "if True:"),
    ),
    "a moved operation is also sent under its old key": Mutant(
        "mobile_app.store.log.recovery",
        "_renew",
        "two_clones_save",
        ("state=OperationState.MOVED", "state=OperationState.UNSENT"),
    ),
    "a moved operation is forgotten": Mutant(
        "mobile_app.store.log.recovery",
        "_renew",
        "two_clones_save",
        ("writer.append(session, _under(who.device, old))", "pass"),
    ),
    "a quarantined operation counts as stored": Mutant(
        "mobile_app.store.log.outbox",
        "settle",
        "the_server_refuses_what_an_inspector_may_not_do",
        ("settled.refused, OperationState.QUARANTINED", "settled.refused, OperationState.ACKED"),
    ),
    "a push is settled without its results": Mutant(
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
    "a photo counts as delivered when its upload is created": Mutant(
        "mobile_app.sync.upload",
        "Uploader.send",
        "a_phone_dies_at_every_step_of_saving",
        (
            "upload = await self._go_on(upload, photo, reached, moving)",
            "upload = await self._server.begin_upload(photo) and None",
        ),
    ),
    "a save is reported before its journal line is durable": Mutant(
        "mobile_app.store.database.phone_database",
        "PhoneDatabase._commit",
        "a_phone_dies_at_every_step_of_saving",
        ("await self._disk.append(line)", "pass"),
    ),
    "an answer is sent before the commit": Mutant(
        "sync_server.api.push",
        "_push",
        "many_operations_wait",
        ("devices.seen(session, phone, waiting)", "session.rollback()"),
    ),
    "the log fingerprint is not checked on ingest": Mutant(
        "sync_server.log.writer",
        "append",
        "another_operation_gets_a_seq_that_was_already_seen",
        ("None if seen else 0", "None"),
    ),
    "base is the end of the log at the push": Mutant(
        "sync_server.log.writer",
        "append",
        "clocks_are_days_wrong",
        ("None if seen else 0", "end.seq"),
    ),
    "a clock that is days ahead is trusted": Mutant(
        "shared.clock",
        "clamp",
        "clocks_are_days_wrong",
        ("min(hlc, stamp(received_ms + MAX_AHEAD_MS))", "hlc"),
    ),
    "different content under a known key counts as a duplicate": Mutant(
        "sync_server.log.ingest",
        "_refuse_rewriting",
        "two_clones_save",
        ("raise problems.operation_rewritten(device=device, n=entry.sent_number)", "return"),
    ),
    "a refusal counts though it was of another device": Mutant(
        "mobile_app.sync.sync_round",
        "SyncRound._push",
        "an_older_refusal_of_a_push_arrives",
        ('if problem.details.get("device", device) != device:', "if False:"),
    ),
    "a pull does not send the log fingerprint": Mutant(
        "mobile_app.sync.server",
        "Server.pull",
        "the_server_is_restored_and_nobody_writes",
        ("&tip={where.fingerprint}", ""),
        ("{_receipt(where)}", ""),
    ),
    "a snapshot request does not send the log fingerprint": Mutant(
        "mobile_app.sync.server",
        "Server.snapshot",
        "a_phone_without_a_receipt_reads_the_snapshot_of_a_restored_log",
        ("&tip={where.farthest_fingerprint}", ""),
    ),
    "a push is accepted whatever log it is for": Mutant(
        "sync_server.api.push",
        "_push",
        "two_clones_refill_a_restored_log",
        ("if restore.is_another(session, campaign, seen):", "if False:"),
    ),
    "a receipt for a place that is lost proves nothing": Mutant(
        "sync_server.commands.restore",
        "_lost",
        "a_photo_is_lost_that_only_a_new_epoch_brings_back",
        ("return place", "return None"),
    ),
    "a receipt proves what it says even where the log has it": Mutant(
        "sync_server.commands.restore",
        "_lost",
        "a_phone_claims_to_have_seen_another_log",
        ("writer.fingerprint_at(session, campaign.id, place.seq) == place.fingerprint", "False"),
    ),
    "the log fingerprint does not cover the content": Mutant(
        "sync_server.log.writer",
        "_fingerprint",
        "two_clones_refill_a_restored_log",
        ("next_fingerprint(fingerprint, entry.json)", "next_fingerprint(fingerprint, '')"),
    ),
    "a page of the log skips one": Mutant(
        "sync_server.log.pages",
        "_page",
        "two_phones_write_the_same_field_concurrently",
        ("rows[-1].seq, rows[-1].tip", "rows[-1].seq + 1, rows[-1].tip"),
    ),
    "a scope omits the history of records that enter it": Mutant(
        "sync_server.log.pages",
        "scoped",
        "a_hazard_moves_into_the_chosen_town",
        ("if not entered:", "if True:"),
    ),
    "half a photo counts as complete": Mutant(
        "sync_server.photos.service",
        "PhotoService._verified",
        "a_corrupt_photo_is_not_accepted",
        ("sha256 != announced.sha256", "False"),
    ),
    "a re-enrolled phone counts as new": Mutant(
        "sync_server.access.devices",
        "enrol",
        "phones_are_revoked_and_enrolled_again",
        ("if was and was.person == person.id else []", "if False else []"),
    ),
    "a clone takes over the other's access": Mutant(
        "sync_server.access.devices",
        "enrol",
        "two_clones_are_enrolled_again",
        ("if before and (before[0].revoked_at or before[0].last_seen_at is None):", "if before:"),
    ),
    "a restored log forgets who a phone was": Mutant(
        "sync_server.access.devices",
        "_shown",
        "a_log_is_restored_to_before_a_phone_was_enrolled",
        ("if row is None:", "if row is None:\n            break\n        if False:"),
    ),
    "a device forgets which it was before": Mutant(
        "sync_server.access.devices",
        "_shown",
        "a_log_is_restored_to_before_a_phone_was_enrolled",
        ("found[-1].predecessor = device", "pass"),
    ),
    "a re-enrolled phone sends everything again as new": Mutant(
        "mobile_app.store.log.recovery",
        "enrol_again",
        "two_clones_are_enrolled_again",
        ("was.device not in (answer.device, answer.predecessor)", "was.device != answer.device"),
    ),
    "a token ends when another is offered": Mutant(
        "sync_server.access.token_renewal",
        "offer",
        "tokens_are_replaced_whatever_is_lost",
        ("row.offered_hash =", "row.token_hash ="),
    ),
    "a phone forgets its former tokens": Mutant(
        "mobile_app.store.database.meta",
        "take_token",
        "the_server_is_restored_to_before_tokens_were_replaced",
        ("[who.token, *other_tokens(session)]", "[]"),
    ),
    "a replaced token goes on working": Mutant(
        "sync_server.access.token_renewal",
        "replace",
        "a_clone_keeps_a_token_that_was_replaced",
        ("row.token_hash, row.offered_hash, row.token_since = hashed, None, now", "row.token_since = now"),
    ),
    "an operation that claimed too much keeps what it superseded": Mutant(
        "mobile_app.store.log.writer",
        "append",
        "a_phone_forgets_a_lost_log_but_not_what_it_saved_there",
        ("if before.base > entry.write.base:", "if False:"),
    ),
    "a phone claims to have seen what its towns leave out": Mutant(
        "mobile_app.store.log.causal_base",
        "of",
        "a_phone_keeps_its_own_part_of_a_hazard_outside_its_towns",
        ("held.reading == OWN_ONLY", "False"),
    ),
    "a phone does not read again what it is told to": Mutant(
        "mobile_app.sync.sync_round",
        "SyncRound._pull",
        "a_hazard_with_a_long_history_comes_into_a_phones_towns",
        ("if page.again:", "if False:"),
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
    """Run the block with the mutant in place."""
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
