"""Takes in a file with what a phone has not sent, as if that phone sent it now.

Everything goes the way that it goes from a phone: the same checks, allowances and quarantine, under the
phone's own device and person. So importing again, or after the phone itself, adds nothing.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Engine
from sqlmodel import Session

from shared import problems
from shared.home_visits.envelope import MAX_ENVELOPES
from shared.permissions import Action
from shared.problems import Problem
from shared.sealed.unsent_file import UnsentPhoto
from shared.sync.wire import MAX_OPERATIONS
from sync_server.access import audit, names
from sync_server.access.bursts import Bursts
from sync_server.access.devices import Phone
from sync_server.access.policy import Access
from sync_server.database import campaigns
from sync_server.database.timestamps import now, now_ms
from sync_server.database.transactions import in_transaction, reading
from sync_server.log import ingest, validation
from sync_server.log.log_entry import LogEntry
from sync_server.log.validation import Sender
from sync_server.unsent import token_owner
from sync_server.unsent.outcome import Fate, Outcome
from sync_server.unsent.reading import UnsentReader
from sync_server.unsent.token_owner import Owner
from sync_server.vault import count_notes
from sync_server.vault import ingest as vault_ingest
from sync_server.vault.ingest import Received

T = TypeVar("T")
_FATES: dict[str, Fate] = {
    "stored": "new",
    "duplicate": "known",
    "quarantined": "quarantined",
    "repaired": "settled",
    "discarded": "settled",
}
_LATER = (
    *(problems.quarantine_full, problems.too_many_changes, problems.photos_unnamed),
    *(problems.storage_full, problems.photos_unavailable, problems.overloaded, problems.database_unavailable),
)
"""Problems after which the rest waits for another time."""


@dataclass(frozen=True, slots=True)
class Intake:
    """What taking in needs of the server.

    `take_photo(phone, photo, data)` verifies and stores a photo, and says whether it was new. `keys`: the key
    file of home visits.
    """

    engine: Engine
    bursts: Bursts
    take_photo: Callable[[Phone, UnsentPhoto, bytes], bool]
    keys: Path

    def take(
        self, campaign: str, file: UnsentReader, access: Access, reason: str = "", whose: str = ""
    ) -> Outcome:
        """Take in all of a file that was read whole, brought by somebody with this access.

        `reason`: why what a phone made whose access has ended is to go on the log, "" for it to wait in
        quarantine. `whose`: the name of the person whose phone that is, with a reason: what somebody says of
        a file that they hand in is not what is in it.

        Raises Problem unsent_sender_unknown, unsent_file_foreign for another campaign's, unsent_not_theirs,
        and role_forbidden for a reason given by somebody who may not settle what is in quarantine. Then
        nothing was taken.
        """
        contents = file.contents
        if contents.campaign != campaign:
            raise problems.unsent_file_foreign()
        if reason:
            access.require(Action.SETTLE_QUARANTINE)
        with reading(self.engine) as session:
            owner = token_owner.of(session, campaign, contents.token)
        if reason and names.key(owner.phone.person.name) != names.key(whose):
            raise problems.unsent_not_theirs(person=owner.phone.person.name)
        in_transaction(self.engine, lambda session: _note(session, file, owner, access, reason))
        importing = _Importing(self, owner, owner.ended and not reason)
        importing.until_stopped(importing.operations, contents.ops)
        importing.until_stopped(importing.home_visits, contents.envelopes)
        importing.until_stopped(importing.photos, file.photos())
        outcome = importing.outcome
        outcome.operations["left"] = len(contents.ops) - outcome.operations.total()
        outcome.home_visits["left"] = len(contents.envelopes) - outcome.home_visits.total()
        outcome.photos["left"] = len(contents.photos) - outcome.photos.total()
        return outcome


class _Importing:
    """One file on its way in. `waits`: what is new is quarantined."""

    def __init__(self, intake: Intake, owner: Owner, waits: bool) -> None:
        self._intake, self._owner, self._phone, self._waits = intake, owner, owner.phone, waits
        person = owner.phone.person
        self.outcome = Outcome(owner.phone.device, owner.name, person.name, owner.ended)

    def until_stopped(self, work: Callable[[T], None], things: T) -> None:
        """Do a part of the work, and note what stopped it until another time."""
        try:
            work(things)
        except Problem as problem:
            if problem.kind not in _LATER:
                raise
            problem.__traceback__ = problem.__context__ = None
            self.outcome.stopped = self.outcome.stopped or problem

    def operations(self, ops: Sequence[dict[str, Any]]) -> None:
        """Take in operations, as a push does."""
        for device, some in groupby(ops, key=self._device_of):
            raws = list(some)
            for at in range(0, len(raws), MAX_OPERATIONS):
                self._push(raws[at : at + MAX_OPERATIONS], device)

    def home_visits(self, envelopes: Sequence[str]) -> None:
        """Take in sealed home visits."""
        keys = self._intake.keys
        notebook = count_notes.open_notebook(keys) if envelopes else None
        for at in range(0, len(envelopes), MAX_ENVELOPES):
            received = [vault_ingest.read(text, notebook) for text in envelopes[at : at + MAX_ENVELOPES]]
            results = in_transaction(self._intake.engine, partial(self._ingest_visits, received, now()))
            self.outcome.home_visits.update(_FATES[result["status"]] for result in results)
            if len(results) < len(received):
                raise problems.quarantine_full()

    def photos(self, photos: Iterable[tuple[UnsentPhoto, bytes]]) -> None:
        """Take in photos."""
        for photo, data in photos:
            try:
                is_new = self._intake.take_photo(self._phone, photo, data)
                self.outcome.photos["new" if is_new else "known"] += 1
            except Problem as problem:
                if problem.kind in _LATER:
                    raise
                self.outcome.photos["refused"] += 1
                self.outcome.refused[problem.code] += 1

    def _device_of(self, raw: dict[str, Any]) -> str:
        """The device under which an operation is judged: its own, if the phone is or was that one."""
        device = raw.get("device")
        return device if isinstance(device, str) and device in self._owner.devices else self._phone.device

    def _push(self, raws: Sequence[dict[str, Any]], device: str) -> None:
        try:
            results = self._ingest(raws, device)
        except Problem as problem:
            if problem.kind is not problems.operation_rewritten:
                raise
            if len(raws) > 1:  # the others are as good as ever
                for raw in raws:
                    self._push([raw], device)
                return
            self.outcome.operations["refused"] += 1
            self.outcome.refused[problem.code] += 1
            return
        self.outcome.operations.update(_FATES[result["status"]] for result in results)
        if len(results) < len(raws):
            raise problems.too_many_changes()

    def _ingest(self, raws: Sequence[dict[str, Any]], device: str) -> list[dict[str, Any]]:
        engine, bursts, campaign = self._intake.engine, self._intake.bursts, self._phone.campaign
        profile = campaigns.profile_at(engine, campaign)
        sender = Sender(campaign, device, self._phone.access, profile)
        entries = [self._entry(raw, sender) for raw in raws]
        person, received = self._phone.person.id, now_ms()
        remaining = bursts.remaining(person)

        def work(session: Session) -> list[dict[str, Any]]:
            row = campaigns.get(session, campaign)
            return ingest.ingest(session, row, sender, entries, received, remaining)[0]

        results = in_transaction(engine, work)
        stored = {result["n"] for result in results if result["status"] == "stored"}
        new = {entry.number: entry.bursts for entry in entries if entry.number in stored}
        bursts.spend(person, Counter(burst for counted in new.values() for burst in counted))
        return results

    def _entry(self, raw: dict[str, Any], sender: Sender) -> LogEntry:
        entry = validation.validate(raw, sender)
        if self._waits and entry.problem is None:
            entry.problem = problems.access_ended()
        return entry

    def _ingest_visits(
        self, received: Sequence[Received], moment: datetime, session: Session
    ) -> list[dict[str, Any]]:
        devices, keys = self._owner.devices, self._intake.keys
        return vault_ingest.ingest(session, self._phone, devices, received, moment, keys, waits=self._waits)


def _note(session: Session, file: UnsentReader, owner: Owner, access: Access, reason: str) -> None:
    why = {"reason": reason} if reason else {}
    audit.note(
        session,
        "unsent_imported",
        person=access.person.id,
        device=owner.phone.device,
        subject=owner.phone.device,
        rows=len(file.contents.ops),
        home_visits=len(file.contents.envelopes),
        photos=len(file.contents.photos),
        file=file.id,
        **why,
    )
