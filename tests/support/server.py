"""A server in this process and phones that speak its protocol, for tests."""

import gzip
import itertools
import json
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
from sqlalchemy import Engine
from starlette.testclient import TestClient

from shared import clock
from shared.operations import GENESIS
from shared.permissions import Grant
from shared.vocabulary import Role
from sync_server.access import devices, grants, people, sessions
from sync_server.access.sign_in import passwords
from sync_server.app import create_app
from sync_server.database import campaigns
from sync_server.database.transactions import in_transaction
from sync_server.deps import SESSION_COOKIE
from sync_server.settings import Settings

YEAR = 2026
MADE_AT = "2026-06-01T08:04:06+08:00"
UNPACED = 1e5
"""Requests per second of one client: more than any test makes."""


@dataclass
class TestPhone:
    """An enrolled phone: builds operations and sends them. `seen`: its cursor, the base of what it builds."""

    __test__ = False
    client: TestClient
    campaign: str
    device: str
    person: str
    token: str
    epoch: str
    seen: int = 0
    _n: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    _tips: dict[int, str] = field(default_factory=lambda: {0: GENESIS})

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}

    def op(self, fields: dict[str, Any] | None = None, **other: Any) -> dict[str, Any]:
        """A new operation of this phone; a new hazard unless `other` says otherwise."""
        n = next(self._n)
        base = other.get("base", self.seen)
        return {
            "campaign": self.campaign,
            "device": self.device,
            "n": n,
            "record": new_id(),
            "type": "hazard",
            "kind": "edit",
            "fields": {"water_name": "石井塘", "town_code": "441900003"} if fields is None else fields,
            "base": base,
            "tip": self.tip(base),
            "hlc": clock.stamp(time.time_ns() // 1_000_000, n),
            "made_at": MADE_AT,
            "author": self.person,
            "schema": 1,
            **other,
        }

    def tip(self, base: int) -> str:
        """The log's tip at `base`, as the server tells it; that of the empty log beyond its end."""
        if base not in self._tips:
            page = self.pull(limit=base)
            self._tips[page["next"]] = page["tip"]
        return self._tips.get(base, GENESIS)

    def event(self, hazard: str, step: str, **fields: Any) -> dict[str, Any]:
        """A new event of a hazard."""
        said = {"hazard": hazard, "event_type": step, "at": MADE_AT, **fields}
        return self.op(said, type="hazard_event", kind="append")

    def photo(self, hazard: str, role: str, sha256: str, **fields: Any) -> dict[str, Any]:
        """A photo attached to a hazard."""
        said = {"hazard": hazard, "role": role, "sha256": sha256, "mime": "image/jpeg", "bytes": 10, **fields}
        return self.op(said, type="photo", kind="attach")

    def post(self, *ops: dict[str, Any], epoch: str | None = None) -> httpx2.Response:
        """The answer to a push."""
        return self.client.post(
            f"/api/v1/campaigns/{self.campaign}/push",
            content=gzip.compress(json.dumps({"epoch": epoch or self.epoch, "ops": ops}).encode()),
            headers={**self.headers, "Content-Encoding": "gzip", "Content-Type": "application/json"},
        )

    def push(self, *ops: dict[str, Any]) -> list[dict[str, Any]]:
        """The results of a push that the server took."""
        answer = self.post(*ops)
        assert answer.status_code == 200, answer.text
        results: list[dict[str, Any]] = answer.json()["results"]
        return results

    def pull(self, since: int = 0, limit: int = 500) -> dict[str, Any]:
        """One page of the log."""
        answer = self.client.get(
            f"/api/v1/campaigns/{self.campaign}/pull",
            params={"since": since, "limit": limit},
            headers=self.headers,
        )
        assert answer.status_code == 200, answer.text
        page: dict[str, Any] = answer.json()
        return page

    def snapshot(self, **query: Any) -> dict[str, Any]:
        """One page of the records as they stand."""
        answer = self.client.get(
            f"/api/v1/campaigns/{self.campaign}/snapshot", params=query, headers=self.headers
        )
        assert answer.status_code == 200, answer.text
        page: dict[str, Any] = answer.json()
        return page


@dataclass
class Server:
    """A server with its campaign; `client` speaks HTTP to it."""

    client: TestClient
    engine: Engine
    settings: Settings
    campaign: str

    @property
    def state(self) -> Any:
        """What the app keeps beside its database: lanes, allowances, photos."""
        return self.client.app.state  # type: ignore[attr-defined]

    def code(self, person: str | None = None) -> str:
        """A fresh enrolment code."""
        return in_transaction(self.engine, lambda s: devices.make_code(s, self.campaign, person))

    def person(self, name: str, role: Role = Role.INSPECTOR, password: str | None = None) -> people.Person:
        """A new person."""
        password_hash = passwords.hash_new(password) if password else None
        return in_transaction(self.engine, lambda s: people.add(s, name, role, password_hash))

    def grant(self, person: str, role: Role, towns: Sequence[str] = ()) -> None:
        """Let a person do this, and nothing else."""
        grant = Grant(role, grants.scope_of_towns(towns))
        in_transaction(self.engine, lambda s: grants.replace(s, person, grant))

    def browser(self, role: Role = Role.ADMINISTRATOR, name: str = "张管理") -> TestClient:
        """A browser in which a new person with that role is signed in."""
        return self.signed_in(self.person(name, role))

    def signed_in(self, person: people.Person) -> TestClient:
        """A browser in which that person is signed in."""
        client = TestClient(self.client.app, follow_redirects=False, headers={"Accept": "text/html"})
        token = in_transaction(self.engine, lambda s: sessions.open_for(s, person))
        client.cookies.set(SESSION_COOKIE, token)
        return client

    def phone(self, name: str = "测试手机", person: str | None = None) -> TestPhone:
        """A newly enrolled phone."""
        answer = self.client.post(
            "/api/v1/enrol", json={"code": self.code(person), "device_name": name, "platform": "test"}
        )
        assert answer.status_code == 201, answer.text
        said = answer.json()
        return TestPhone(
            self.client,
            said["campaign"],
            said["device"],
            said["person"]["id"],
            said["token"],
            said["epoch"],
        )


@contextmanager
def open_server(data: Path, database_url: str = "") -> Iterator[Server]:
    """A fresh server on a data folder, and on another database than the one in it where one is named."""
    settings = Settings(data, database_url, phone_web=data / "phone-web", requests_per_second=UNPACED)
    app = create_app(settings)
    engine = app.state.engine
    campaign = in_transaction(engine, lambda s: campaigns.ensure(s).id)
    with TestClient(app, raise_server_exceptions=False, follow_redirects=False) as client:
        yield Server(client, engine, settings, campaign)


def new_id() -> str:
    """A record id."""
    return str(uuid.uuid4())
