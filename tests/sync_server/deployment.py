"""A deployment in memory of one test: people, phones, hazards on its log, and browsers that are signed in."""

import hashlib
import re
import secrets
import uuid
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient
from sqlmodel import Session, select

from shared import clock
from shared.operations import GENESIS, Kind, Operation, RecordType
from shared.vocabulary import EventType, PhotoRole, Role
from sync_server.access import people, sessions
from sync_server.access.people import Person
from sync_server.app import create_app
from sync_server.database import campaigns
from sync_server.database.tables import AuditRow, DeviceRow
from sync_server.database.transactions import in_plain_transaction, in_transaction, reading
from sync_server.deps import SESSION_COOKIE
from sync_server.log import writer
from sync_server.photos import uploads
from sync_server.settings import Settings
from tests.support.drawn import photo as drawn
from tests.support.server import UNPACED

YEAR = 2026
START_MS = 1_780_000_000_000  # 28 May 2026


@dataclass(frozen=True)
class Hand:
    """A person with a device."""

    person: Person
    device: str


class Deployment:
    """The deployment; what is saved through it takes the log's own way."""

    def __init__(self, data: Path, **settings: Any) -> None:
        self.settings = replace(Settings(data, requests_per_second=UNPACED), **settings)
        self.app = create_app(self.settings)
        self.engine = self.app.state.engine
        self.campaign = in_transaction(self.engine, lambda s: campaigns.ensure(s)).id
        self._ns: dict[str, int] = {}
        self._now = START_MS
        self._finished = 0
        self.ahead_ms = 0
        """How far the clocks of all phones are ahead."""
        self.inspector = self.hand("李巡查", Role.INSPECTOR)
        self.reviewer = self.hand("王审核", Role.REVIEWER)
        self.administrator = self.hand("张管理", Role.ADMINISTRATOR)

    def hand(self, name: str, role: Role) -> Hand:
        """A new person with a phone."""
        device = secrets.token_hex(8)

        def work(session: Session) -> Person:
            person = people.add(session, name, role)
            at = "2026-05-01T00:00:00.000Z"
            row = DeviceRow(
                campaign=self.campaign, id=device, person=person.id, name=f"{name}的手机", enrolled_at=at
            )
            session.add(row)
            return person

        return Hand(in_transaction(self.engine, work), device)

    def browser(self, hand: Hand | None) -> TestClient:
        """A browser in which that person is signed in, or nobody."""
        client = TestClient(self.app, follow_redirects=False, headers={"Accept": "text/html"})
        if hand:
            token = in_transaction(self.engine, lambda s: sessions.open_for(s, hand.person))
            client.cookies.set(SESSION_COOKIE, token)
        return client

    def report(self, by: Hand | None = None, **fields: Any) -> str:
        """Save a new hazard; its id."""
        said = {"water_name": "东江北岸", "water_type": "river", "town_code": "441900101", **fields}
        return self.save(RecordType.HAZARD, Kind.EDIT, said, by=by)

    def happen(self, hazard: str, step: EventType, by: Hand | None = None, **fields: Any) -> str:
        """Add an event; its id."""
        said = {"hazard": hazard, "event_type": step.value, "at": self._moment(), **fields}
        return self.save(RecordType.HAZARD_EVENT, Kind.APPEND, said, by=by)

    def attach(
        self,
        record: str,
        role: PhotoRole,
        *,
        here: bool = True,
        seed: int = 0,
        owner: str = "hazard",
        data: bytes = b"",
        photo: str = "",
    ) -> str:
        """Attach a photo to a record, "hazard" or "visit"; its SHA-256. Its bytes are stored if `here`."""
        data = data or drawn(640, 480, seed=seed)
        sha256 = hashlib.sha256(data).hexdigest()
        said = {owner: record, "role": role.value, "sha256": sha256, "mime": "image/jpeg"}
        size = {"bytes": len(data), "width": 640, "height": 480}
        self.save(RecordType.PHOTO, Kind.ATTACH, {**said, **size}, record=photo)
        store = self.app.state.photos.store
        if here and not store.exists(sha256):
            store.put(sha256, data)
            row: dict[str, Any] = {
                "campaign": self.campaign,
                "sha256": sha256,
                "mime": "image/jpeg",
                "bytes": len(data),
                "width": 640,
                "height": 480,
                "received_at": self._moment(),
            }
            arrived = {**row, "device": self.inspector.device, "record": None}
            in_plain_transaction(self.engine, lambda connection: uploads.arrived(connection, [arrived]))
        return sha256

    def save(
        self,
        kind_of_record: str,
        kind: Kind,
        fields: dict[str, Any],
        *,
        record: str | None = None,
        base: int | None = None,
        by: Hand | None = None,
    ) -> str:
        """Put an operation on the log; its record."""
        hand = by or self.inspector
        self._now += 60_000
        n = self._ns[hand.device] = self._ns.get(hand.device, 0) + 1

        def work(session: Session) -> str:
            head = campaigns.head(session, self.campaign) if base is None else base
            operation = Operation(
                campaign=self.campaign,
                device=hand.device,
                number=n,
                record=record or str(uuid.uuid4()),
                type=kind_of_record,
                kind=kind,
                fields=fields,
                base=head,
                base_fingerprint=writer.fingerprint_at(session, self.campaign, head) or GENESIS,
                hlc=clock.stamp(self._now),
                made_at=self._moment(),
                author=hand.person.id,
            )
            writer.append_operations(session, campaigns.get(session, self.campaign), [operation], self._now)
            return operation.record

        return in_transaction(self.engine, work)

    def rectified(self, **fields: Any) -> str:
        """A hazard that waits for acceptance."""
        hazard = self.report(**fields)
        self.happen(hazard, EventType.RECTIFY)
        self._finished += 1
        self.attach(hazard, PhotoRole.AFTER, seed=1000 + self._finished)
        self.happen(hazard, EventType.SUBMIT)
        return hazard

    def audit(self, action: str) -> list[AuditRow]:
        """The audit's lines of one action."""
        with reading(self.engine) as session:
            return list(session.exec(select(AuditRow).where(AuditRow.action == action)))

    def _moment(self) -> str:
        return datetime.fromtimestamp((self._now + self.ahead_ms) / 1000, UTC).isoformat(timespec="seconds")


def form_of(page: str, step: str) -> dict[str, str]:
    """The hidden fields of a decision's form on a hazard's page; empty where the page has no such form."""
    for form in re.findall(r"<form[^>]*/decisions.*?</form>", page, re.S):
        fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form))
        if fields["step"] == step:
            return fields
    return {}
