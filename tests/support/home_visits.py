"""A teacher's phone that seals home visits as the phone app does, with another library's view of the keys."""

import json
import uuid
from dataclasses import dataclass, field
from typing import Any

import httpx2
from fastapi.testclient import TestClient
from jwcrypto.jwe import JWE
from jwcrypto.jwk import JWK

from shared.home_visits.envelope import Header
from shared.permissions import Grant, School
from shared.vocabulary import Role
from sync_server.access import grants, sessions
from sync_server.access.people import Person
from sync_server.database.transactions import in_transaction
from sync_server.deps import SESSION_COOKIE
from tests.support.server import Server, TestPhone

SCHOOL, CLASS = "虎门实验小学", "三(2)班"
OTHER_SCHOOL = "长安第一小学"


def visit(**fields: Any) -> dict[str, Any]:
    """A home visit as JSON."""
    return {
        "record": str(uuid.uuid4()),
        "legal_basis": "guardian_consent",
        "consent_version": "1",
        "consent_at": "2026-11-03T19:00:00+08:00",
        "consent_how": "spoken",
        "school": SCHOOL,
        "class_name": CLASS,
        "student_name": "张小明",
        "under_14": True,
        "visit_date": "2026-11-03",
        "mode": "in_person",
        "reason": "safety",
        **fields,
    }


def sealed(key: dict[str, Any], header: dict[str, Any], payload: str | bytes) -> str:
    """An envelope, whatever header and payload say."""
    content = payload.encode() if isinstance(payload, str) else payload
    token = JWE(content, protected=json.dumps(header, ensure_ascii=False))
    token.add_recipient(JWK(**key))
    text: str = token.serialize(compact=True)
    return text


def school_person(server: Server, name: str, role: Role, *places: School) -> Person:
    """A new person with a role in these schools only."""
    person = server.person(name)
    grant(server, person, role, *places)
    return person


def grant(server: Server, person: Person, role: Role, *places: School) -> None:
    """Let a person do this, and nothing else."""

    def work(session: Any) -> None:
        grants.replace(session, person.id, Grant(role, places[0]))
        for place in places[1:]:
            grants.give(session, person.id, Grant(role, place))

    in_transaction(server.engine, work)


@dataclass
class TeacherPhone:
    """A teacher with a phone; `n` counts its envelopes."""

    server: Server
    phone: TestPhone
    person: Person
    n: int = 0
    keys: list[dict[str, Any]] = field(default_factory=list)

    def ask_keys(self) -> dict[str, Any]:
        """Fetch the keys, and keep them as a phone does."""
        answer = self.phone.client.get("/api/v1/home-visits/keys", headers=self.phone.headers)
        assert answer.status_code == 200, answer.text
        said: dict[str, Any] = answer.json()
        self.keys = said["keys"]
        return said

    def header(self, of: dict[str, Any], **other: Any) -> dict[str, Any]:
        """The header of the next envelope."""
        self.n += 1
        if not self.keys:
            self.ask_keys()
        said = {
            "kid": self.keys[0]["kid"],
            "campaign": self.phone.campaign,
            "record": of["record"],
            "device": self.phone.device,
            "n": self.n,
            "school": of["school"],
            "class": of["class_name"],
            "sealed_at": "2026-11-03T20:00:00+08:00",
        }
        return {**Header.model_validate(said, by_alias=True, by_name=False).protected(), **other}

    def seal(self, of: dict[str, Any] | None = None, key: Any = None, **header: Any) -> str:
        """An envelope with a home visit; `header`: what it says otherwise."""
        of = of or visit()
        said = self.header(of, **header)
        return sealed(key or self.keys[0]["jwk"], said, json.dumps(of, ensure_ascii=False))

    def post(self, *envelopes: Any) -> httpx2.Response:
        """Send envelopes."""
        return self.phone.client.post(
            "/api/v1/home-visits", json={"envelopes": list(envelopes)}, headers=self.phone.headers
        )

    def send(self, *envelopes: str) -> list[dict[str, Any]]:
        """The results of envelopes that the server took."""
        answer = self.post(*envelopes)
        assert answer.status_code == 200, answer.text
        results: list[dict[str, Any]] = answer.json()["results"]
        return results

    def statuses(self, *envelopes: str) -> list[str]:
        """What became of envelopes: the status, or the code of why they are in quarantine."""
        return [result.get("why", {}).get("code", result["status"]) for result in self.send(*envelopes)]


def teacher(server: Server, name: str = "陈老师", *places: School) -> TeacherPhone:
    """A teacher of one class, or of these places, with a newly enrolled phone."""
    person = school_person(server, name, Role.TEACHER, *(places or (School(SCHOOL, frozenset({CLASS})),)))
    return TeacherPhone(server, server.phone(person=person.id), person)


def browser(server: Server, person: Person) -> TestClient:
    """A browser in which that person is signed in."""
    client = TestClient(
        server.client.app,
        raise_server_exceptions=False,
        follow_redirects=False,
        headers={"Accept": "text/html"},
    )
    client.cookies.set(SESSION_COOKIE, in_transaction(server.engine, lambda s: sessions.open_for(s, person)))
    return client
