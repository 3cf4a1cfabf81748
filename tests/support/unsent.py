"""Files with what a phone has not sent, sealed with another library's view of the office's key."""

import hashlib
import json
import secrets
from collections.abc import Sequence
from typing import Any

import requests
from sqlmodel import Session

from shared.sealed.unsent_file import UnsentHeader
from shared.vocabulary import Role
from sync_server.access import people, sessions
from sync_server.database.transactions import in_transaction
from sync_server.deps import SESSION_COOKIE
from sync_server.maintenance import setup
from sync_server.settings import Settings
from tests.support.home_visits import sealed
from tests.support.served import Served
from tests.support.server import TestPhone


def office_key(phone: TestPhone) -> dict[str, Any]:
    """The office's key as a pull names it."""
    key: dict[str, Any] = phone.pull()["office_key"]
    return key


def contents(
    phone: TestPhone,
    ops: Sequence[dict[str, Any]] = (),
    photos: Sequence[bytes] = (),
    record: str = "0" * 8 + "-0000-0000-0000-" + "0" * 12,
    **other: Any,
) -> dict[str, Any]:
    """What the first line holds; the `photos` belong to one record."""
    return {
        "campaign": phone.campaign,
        "token": phone.token,
        "made_at": "2026-11-30T15:00:00+08:00",
        "ops": list(ops),
        "envelopes": [],
        "photos": [
            {
                "sha256": hashlib.sha256(data).hexdigest(),
                "mime": "image/jpeg",
                "bytes": len(data),
                "record": record,
            }
            for data in photos
        ],
        **other,
    }


def lines_of(key: dict[str, Any], said: Any, photos: Sequence[bytes] = (), **header: Any) -> list[str]:
    """The lines of a file; `header`: what each line's says otherwise."""
    file, parts = secrets.token_hex(16), 1 + len(photos)
    found: list[str] = []
    for part, content in enumerate([json.dumps(said).encode(), *photos], 1):
        protected = UnsentHeader(kid=key["kid"], file=file, part=part, parts=parts).protected()
        found.append(sealed(key["jwk"], {**protected, **header}, content))
    return found


def as_file(lines: Sequence[str]) -> bytes:
    """The bytes of a file with these lines."""
    return "\n".join([*lines, ""]).encode()


def unsent_file(phone: TestPhone, ops: Sequence[dict[str, Any]] = (), photos: Sequence[bytes] = ()) -> bytes:
    """A file as the phone makes it."""
    return as_file(lines_of(office_key(phone), contents(phone, ops, photos), photos))


def office_cookies(served: Served) -> dict[str, str]:
    """The cookies of a browser in which a new administrator is signed in."""
    engine = setup.open_database(Settings.from_environment(served.data, {}))

    def work(session: Session) -> str:
        return sessions.open_for(session, people.add(session, "张管理", Role.ADMINISTRATOR))

    token = in_transaction(engine, work)
    engine.dispose()
    return {SESSION_COOKIE: token}


def imported_at(served: Served, cookies: dict[str, str], file: bytes) -> str:
    """The page after the office imported a file."""
    answer = requests.post(
        f"{served.url}/devices/import",
        files={"file": ("a.anlan", file)},
        cookies=cookies,
        headers={"Accept": "text/html"},
        timeout=60,
    )
    assert answer.status_code == 200, answer.text
    return answer.text
