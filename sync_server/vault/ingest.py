"""Takes in sealed home visits: each is judged by its header alone, and kept whatever is wrong with it."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session

from shared import permissions, problems
from shared.china_time import CHINA_TIME
from shared.home_visits import envelope, school_year
from shared.home_visits.envelope import Header
from shared.permissions import Action
from shared.problems import Problem
from sync_server.access import grants
from sync_server.access.devices import Phone
from sync_server.database import campaigns
from sync_server.database.tables import GrantRow, HomeVisitRow, SealedQuarantineRow
from sync_server.database.timestamps import text_of
from sync_server.vault import erasure, senders
from sync_server.vault import keys as visit_keys
from sync_server.vault.count_notes import Marked, Notebook

_QUARANTINE = SealedQuarantineRow.metadata.tables["home_visit_quarantine"].c
_VISIT = HomeVisitRow.metadata.tables["home_visit"].c
MOST_ENVELOPES, MOST_CHARACTERS = 500, 8 * 2**20
"""How much of one person's phones may wait in quarantine."""
MOST_A_DAY = 500
"""Home visits that one person's phones may bring in a day: far more than anybody makes, and each is kept."""
_FULL_FOR_S = 600
_OLDEST = timedelta(days=400)
"""A clock that shows an earlier day than that is not believed."""


@dataclass(frozen=True, slots=True)
class Received:
    """One envelope as it came; `header` or `problem` is None. `counted`: the note for counting it."""

    text: str
    sha256: str
    header: Header | None
    problem: Problem | None
    counted: bytes | None = None


def read(text: str, notebook: Notebook | None = None) -> Received:
    """What can be said of an envelope without the database. `notebook`: None while the keys are away."""
    sha256 = hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()
    try:
        header = envelope.read_header(text)
        marked = Marked(header.record, header.kid, header.school)
        counted = notebook.opened(marked, text)[1] if notebook else None
        return Received(text, sha256, header, None, counted)
    except Problem as problem:
        problem.__traceback__ = problem.__context__ = None
        return Received(text, sha256, None, problem)


def ingest(
    session: Session,
    phone: Phone,
    devices: set[str],
    received: Sequence[Received],
    now: datetime,
    path: Path,
    *,
    waits: bool = False,
) -> list[dict[str, Any]]:
    """Store or quarantine envelopes; one `wire.EnvelopeResult` each, as JSON, in their order.

    `devices`: the sender's, and those that it was. `path`: the key file, beside which is listed what was
    withdrawn; a restored database may not know it, and nothing but a tombstone is stored of it. Envelopes
    from the first on for which the person's part of quarantine has no room, or that are too many for a day,
    get no result, so they stay on the phone. Raises Problem quarantine_full if that is the first one.
    `waits`: all that is new is quarantined, because the sender has no access any more.
    """
    campaigns.locked_end(session, phone.campaign)  # what is read below stays true until all is written
    ingestion = _Ingestion(session, phone, devices, now, path, waits)
    results: list[dict[str, Any]] = []
    for one in received:
        result = ingestion.result(one)
        if result is None:
            break
        results.append(result)
    if received and not results:
        raise problems.quarantine_full(retry_after_s=_FULL_FOR_S)
    return results


class _Ingestion:
    """One transaction in which a phone's envelopes are taken in."""

    def __init__(
        self, session: Session, phone: Phone, devices: set[str], now: datetime, path: Path, waits: bool
    ) -> None:
        self.session, self.phone, self.devices, self.now = session, phone, devices, now
        self.path, self.waits = path, waits
        self.campaign, self.person = phone.campaign, phone.person.id
        self.keys = {row.kid: row for row in visit_keys.known(session, phone.campaign)}
        self.grants = _ever_granted(session, self.person)
        self.lately = session.execute(
            select(func.count()).where(
                _VISIT.campaign == self.campaign,
                _VISIT.held_by == self.person,
                _VISIT.received_at > text_of(now - timedelta(days=1)),
            )
        ).scalar_one()
        self.count, self.held = session.execute(
            select(func.count(), func.coalesce(func.sum(func.length(_QUARANTINE.sealed)), 0)).where(
                _QUARANTINE.campaign == self.campaign,
                _QUARANTINE.person == self.person,
                _QUARANTINE.settled.is_(None),
            )
        ).one()

    def result(self, one: Received) -> dict[str, Any] | None:
        """What becomes of an envelope; None if there is no room for it now."""
        known = self.session.get(SealedQuarantineRow, (self.campaign, self.person, one.sha256))
        if known is not None and known.settled is None:
            return self._result(one, "quarantined", {"code": known.code, "details": known.details})
        problem = one.problem or self._refusal(one.header, one.sha256)
        if problem is None and one.header is not None:
            if known is not None or self._in_its_place(one.header):
                return self._result(one, "duplicate")
            if self.lately >= MOST_A_DAY:
                return None
            self.lately += 1
            row = self._row(one, one.header)
            withdrawn = row.id in self._withdrawn
            if withdrawn:
                row.sealed, row.counted = None, None
                row.erased_at, row.erased_why = text_of(self.now), "withdrawn"
            self.session.add(row)
            self.session.flush()
            return self._result(one, "duplicate" if withdrawn else "stored")
        if known is not None:
            return self._result(one, "duplicate")
        if self.count >= MOST_ENVELOPES or self.held + len(one.text) > MOST_CHARACTERS:
            return None
        self._quarantine(one, problem or problems.envelope_unreadable())
        return self._result(one, "quarantined", problem.as_json() if problem else None)

    def _refusal(self, header: Header | None, sha256: str) -> Problem | None:
        """Why a readable envelope is not stored; None where it is, or is stored already."""
        if header is None:
            return problems.envelope_unreadable()
        if header.campaign != self.campaign:
            return problems.campaign_foreign()
        stored = self._in_its_place(header)
        if any(row.sha256 == sha256 for row in stored):
            return None
        if not senders.is_own(header, self.devices):
            return problems.device_mismatch()
        if stored:
            return problems.envelope_rewritten()
        key = self.keys.get(header.kid)
        if key is None:
            return problems.envelope_key_unknown()
        if key.destroyed_at is not None:
            return problems.envelope_key_destroyed()
        action, where = Action.RECORD_HOME_VISITS, (header.school, header.class_name)
        if not permissions.permits_in_class(self.grants, action, *where):
            return problems.out_of_scope()
        return problems.access_ended() if self.waits else None

    @cached_property
    def _withdrawn(self) -> set[str]:
        """Of what consent was withdrawn; nothing while that cannot be read: the next start erases it then."""
        try:
            return erasure.withdrawn(self.campaign, self.path)
        except Problem:
            return set()

    def _in_its_place(self, header: Header) -> list[HomeVisitRow]:
        return senders.in_its_place(self.session, self.campaign, header, own=True)

    def _row(self, one: Received, header: Header) -> HomeVisitRow:
        row = visit_row(self.campaign, self.person, one.text, one.sha256, header, self.now)
        row.counted = one.counted
        return row

    def _quarantine(self, one: Received, problem: Problem) -> None:
        header = one.header
        self.session.add(
            SealedQuarantineRow(
                campaign=self.campaign,
                person=self.person,
                sha256=one.sha256,
                sealed=None if header and header.record in self._withdrawn else _printable(one.text),
                record=header.record if header else None,
                device=header.device if header else None,
                n=header.number if header else None,
                school=header.school if header else None,
                class_name=header.class_name if header else None,
                sealed_at=_utc(header.sealed_at) if header else None,
                received_at=text_of(self.now),
                keep_until=school_year.kept_until(_china_day(self.now)),
                sent_with=self.phone.device,
                **problem.as_json(),
            )
        )
        self.session.flush()
        self.count, self.held = self.count + 1, self.held + len(one.text)

    @staticmethod
    def _result(one: Received, status: str, why: dict[str, Any] | None = None) -> dict[str, Any]:
        header = one.header
        result: dict[str, Any] = {
            "record": header.record if header else None,
            "n": header.number if header else None,
            "status": status,
        }
        return {**result, "why": why} if why else result


def visit_row(
    campaign: str, person: str, text: str, sha256: str, header: Header, received: datetime
) -> HomeVisitRow:
    """The row of a home visit that a person sealed."""
    sealed_at = datetime.fromisoformat(header.sealed_at)
    believed = sealed_at if received - _OLDEST < sealed_at < received else received
    return HomeVisitRow(
        campaign=campaign,
        id=header.record,
        device=header.device,
        n=header.number,
        person=person,
        school=header.school,
        class_name=header.class_name,
        kid=header.kid,
        sealed_at=_utc(header.sealed_at),
        received_at=text_of(received),
        keep_until=school_year.kept_until(_china_day(believed)),
        sha256=sha256,
        sealed=text,
        held_by=person,
        held_school=header.school,
        held_class=header.class_name,
    )


def _ever_granted(session: Session, person: str) -> list[permissions.Grant]:
    """What a person was ever granted in schools: a visit may come in long after a grant ended."""
    rows = session.execute(
        select(*grants.COLUMNS).where(
            grants.GRANT.person == person, GrantRow.metadata.tables["role_grant"].c.scope == "school"
        )
    )
    return [grants.of_columns(*row) for row in rows]


def _utc(moment: str) -> str:
    return text_of(datetime.fromisoformat(moment))


def _china_day(moment: datetime) -> str:
    return moment.astimezone(CHINA_TIME).date().isoformat()


def _printable(text: str) -> str:
    """Any text in a form that every database keeps: as it is, or as JSON in ASCII."""
    return text if text.isascii() and text.isprintable() else json.dumps(text)
