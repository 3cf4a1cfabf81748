"""Phones: enrolled once with a code, identified by a token, revocable."""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, update
from sqlalchemy import select as columns
from sqlmodel import Session, select

from shared import permissions, problems
from shared.sync.waiting import Waiting
from shared.sync.wire import CODE_ALPHABET, PreviousIdentity
from shared.vocabulary import Role
from sync_server.access import audit, grants, people, token_renewal, tokens
from sync_server.access.people import Person
from sync_server.access.policy import Access
from sync_server.database.tables import DeviceRow, EnrolmentCodeRow, PersonRow
from sync_server.database.timestamps import later, now_text

CODE_LENGTH = 10
OFFICE = "office"
"""The platform of devices that stand for a person's browser in the office; no phone has it."""
UNDO = "undo"
"""The name of such devices under which the operations of others are undone."""
CODE_HOURS = 24
SHEET_HOURS = 72
"""How long a code on a printed sheet holds: it is handed out at a meeting in the next days."""
MOST_SUCCESSIONS = 20
"""New devices that a person's phones may become in a day because there are copies of them."""
# Asked with every request of every phone: plain columns, no objects.
_DEVICES = DeviceRow.metadata.tables["device"]
_DEVICE, _PERSON = _DEVICES.c, PersonRow.metadata.tables["person"].c
_OF_TOKEN = (
    columns(
        *(_DEVICE.id, _DEVICE.campaign, _DEVICE.token_since),
        *(_DEVICE.last_seen_at, _DEVICE.waiting, _DEVICE.waiting_photos),
        *(_PERSON.id, _PERSON.name, *grants.COLUMNS),
    )
    .where(_DEVICE.person == _PERSON.id, _DEVICE.token_hash == bindparam("hash"))
    .where(grants.GRANT.person == _PERSON.id, grants.GRANT.withdrawn_at.is_(None))
    .where(_DEVICE.revoked_at.is_(None), _PERSON.active)
)
_NAMES = (
    columns(_DEVICE.id, _DEVICE.name, _DEVICE.platform, _PERSON.name.label("person"))
    .where(_DEVICE.person == _PERSON.id, _DEVICE.campaign == bindparam("campaign"))
    .where(_DEVICE.id.in_(bindparam("ids", expanding=True)))
)


@dataclass(frozen=True, slots=True)
class Phone:
    """An enrolled device, and what the person it belongs to may do."""

    device: str
    campaign: str
    access: Access
    last_seen_at: str | None
    predecessor: str | None = None
    waiting: Waiting | None = None
    token_since: str = ""

    @property
    def person(self) -> Person:
        return self.access.person


def make_code(session: Session, campaign: str, person: str | None = None, *, hours: int = CODE_HOURS) -> str:
    """A fresh one-time enrolment code. Without a person, enrolling with it makes a new inspector."""
    code = "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH))
    session.add(
        EnrolmentCodeRow(
            code_hash=tokens.hashed(code),
            campaign=campaign,
            person=person,
            expires_at=later(hours=hours),
        )
    )
    return code


def end_codes(session: Session, people: Iterable[str]) -> None:
    """Let the unused codes of these people work no longer."""
    codes = EnrolmentCodeRow.metadata.tables["enrolment_code"].c
    session.execute(
        update(EnrolmentCodeRow)
        .where(codes.person.in_(list(people)), codes.used_at.is_(None))
        .values(used_at=now_text())
    )


def enrol(
    session: Session, code: str, name: str, platform: str, was: PreviousIdentity | None = None
) -> tuple[Phone, str]:
    """The device and its new token.

    A phone that proves that it `was` a device of the code's person is that device again if its access ended,
    or if its token was never used because the answer was lost. Otherwise a copy of that device is in use, so
    the phone becomes its successor.

    Raises Problem code_invalid: unknown, used, or expired; invalid and name_unclear for the name.
    """
    name = people.checked_name(name)
    row = session.get(EnrolmentCodeRow, tokens.hashed(_plain(code)), with_for_update=True)
    if row is None or row.used_at is not None or row.expires_at <= now_text():
        raise problems.code_invalid()
    if row.person is None:
        person = people.add_numbered(session, name, Role.INSPECTOR)
    else:
        owner = session.get_one(PersonRow, row.person)
        if not owner.active:
            raise problems.code_invalid()
        person = people.of_row(session, owner)
    before = _shown(session, row.campaign, person.id, was.tokens) if was and was.person == person.id else []
    token = tokens.fresh()
    now = now_text()
    if before and (before[0].revoked_at or before[0].last_seen_at is None):
        device = before[0]
    else:
        device = DeviceRow(
            campaign=row.campaign, id=tokens.device_of(token), person=person.id, name="", enrolled_at=now
        )
        device.predecessor = before[0].id if before else None
    device.name = name
    device.platform = "" if platform == OFFICE else platform
    device.enrolled_at = row.used_at = now
    device.last_seen_at = device.revoked_at = device.copied_at = None
    session.add_all([row, device])
    token_renewal.replace(session, device, tokens.hashed(token))
    audit.note(session, "enrol", person=person.id, device=device.id, subject=device.name)
    return _phone(session, device, person), token


def _shown(session: Session, campaign: str, person: str, was: Sequence[str]) -> list[DeviceRow]:
    """The devices of a person that a phone was, newest first, by the tokens that they first had.

    Devices that a restored server does not know are created again, without access.
    """
    found: list[DeviceRow] = []
    for device in dict.fromkeys(map(tokens.device_of, was)):
        row = session.get(DeviceRow, (campaign, device), with_for_update=True)
        if row is None:
            now = now_text()
            row = DeviceRow(campaign=campaign, id=device, person=person, name="", enrolled_at=now)
            row.revoked_at = now
        elif row.person != person:
            break
        if found and found[-1].predecessor is None:
            found[-1].predecessor = device
        found.append(row)
    session.add_all(found)
    return found


def succeed(session: Session, phone: Phone) -> tuple[Phone, str]:
    """A new device for one of two copies of a phone, of the same person, and its token.

    The old device keeps its token: the other copy may still use it. Raises Problem too_many_devices.
    """
    _check_successions(session, phone.person.id)
    old = session.get_one(DeviceRow, (phone.campaign, phone.device))
    token = tokens.fresh()
    now = now_text()
    device = DeviceRow(
        campaign=phone.campaign,
        id=tokens.device_of(token),
        person=phone.person.id,
        name=old.name,
        platform=old.platform,
        token_hash=tokens.hashed(token),
        token_since=now,
        enrolled_at=now,
        predecessor=old.id,
    )
    session.add(device)
    audit.note(session, "device_succeeded", person=phone.person.id, device=device.id, subject=old.id)
    return _phone(session, device, phone.person), token


def _check_successions(session: Session, person: str) -> None:
    lately = session.execute(
        columns(_DEVICE.id)
        .where(_DEVICE.person == person, _DEVICE.predecessor.is_not(None))
        .where(_DEVICE.enrolled_at > later(hours=-24))
        .limit(MOST_SUCCESSIONS)
    )
    if len(lately.all()) >= MOST_SUCCESSIONS:
        raise problems.too_many_devices(retry_after_s=3600)


def _phone(session: Session, device: DeviceRow, person: Person) -> Phone:
    access = Access(person, grants.of(session, person.id))
    return Phone(device.id, device.campaign, access, device.last_seen_at, device.predecessor)


def predecessors(session: Session, phone: Phone) -> set[str]:
    """The devices that a phone was before."""
    before = (
        columns(_DEVICE.predecessor.label("id"))
        .where(_DEVICE.campaign == phone.campaign, _DEVICE.id == phone.device)
        .cte("before", recursive=True)
    )
    before = before.union(
        columns(_DEVICE.predecessor).where(_DEVICE.campaign == phone.campaign, _DEVICE.id == before.c.id)
    )
    return set(session.execute(columns(before.c.id).where(before.c.id.is_not(None))).scalars())


def names(session: Session, campaign: str, ids: Iterable[str]) -> dict[str, dict[str, str]]:
    """Device id → `wire.DeviceName` as JSON, for those of `ids` that are known; a browser has no name."""
    found = session.execute(_NAMES, {"campaign": campaign, "ids": sorted(set(ids))})
    return {
        row.id: {"person": row.person, "name": "" if row.platform == OFFICE else row.name} for row in found
    }


def of_token(connection: Connection, token: str) -> Phone:
    """Whose token that is.

    Raises Problem token_invalid: unknown, revoked, or its person is no longer active or has no grant left.
    """
    found = connection.execute(_OF_TOKEN, {"hash": tokens.hashed(token)}).all()
    given = tuple(grants.of_columns(*columns) for _, _, _, _, _, _, _, _, *columns in found)
    role = permissions.first(grant.role for grant in given)
    if role is None:
        raise problems.token_invalid()
    device, campaign, since, seen, records, photos, person, name = found[0][:8]
    waiting = None if records is None else Waiting(records, photos or 0)
    access = Access(Person(person, name, role), given)
    return Phone(device, campaign, access, seen, waiting=waiting, token_since=since)


def revoke(session: Session, campaign: str, device: str, by: str) -> None:
    """End a device's access; what it has sent stays."""
    row = session.get(DeviceRow, (campaign, device), with_for_update=True)
    if row is not None and row.revoked_at is None:
        row.revoked_at = now_text()
        session.add(row)
        audit.note(session, "device_revoked", person=by, device=device)


def seen(session: Session, phone: Phone, waiting: Waiting | None = None) -> None:
    """Record that the device was here just now, and what it says is still `waiting` there."""
    here = update(_DEVICES).where(_DEVICE.campaign == phone.campaign, _DEVICE.id == phone.device)
    here = here.values(last_seen_at=(now := now_text()))
    if waiting is not None:
        here = here.values(waiting=waiting.records, waiting_photos=waiting.photos, waiting_at=now)
    session.execute(here)


def held_back(session: Session, phone: Phone, burst: str, operations: int) -> None:
    """Record that so many of the device's operations were left on it: its person did too much at once."""
    row = session.get_one(DeviceRow, (phone.campaign, phone.device))
    row.bursts, row.burst_at, row.burst, row.burst_left = row.bursts + 1, now_text(), burst, operations
    session.add(row)


def browser_of(session: Session, campaign: str, person: str) -> str:
    """The device that a person's decisions in the browser are written under; made when first asked for."""
    found = session.exec(
        select(DeviceRow.id).where(
            DeviceRow.campaign == campaign,
            DeviceRow.person == person,
            DeviceRow.platform == OFFICE,
            DeviceRow.name == OFFICE,
        )
    ).first()
    return found or _in_office(session, campaign, person, OFFICE)


def of_repair(session: Session, campaign: str, person: str) -> str:
    """A new device for one operation that a person repairs.

    It claims to have seen what the author had seen. A later write of a device supersedes its earlier ones, so
    under the person's browser device it would hide what they had written there.
    """
    return _in_office(session, campaign, person, "repair")


def of_undoing(session: Session, campaign: str, person: str) -> str:
    """A new device for what a person writes to undo the operations of others."""
    return _in_office(session, campaign, person, UNDO)


def _in_office(session: Session, campaign: str, person: str, name: str) -> str:
    row = DeviceRow(
        campaign=campaign,
        id=secrets.token_hex(8),
        person=person,
        name=name,
        platform=OFFICE,
        enrolled_at=now_text(),
    )
    session.add(row)
    session.flush()
    return row.id


def _plain(code: str) -> str:
    return "".join(letter for letter in code.upper() if letter in CODE_ALPHABET)
