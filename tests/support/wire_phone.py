"""A phone that speaks to a real server process, for tests that kill it, cut it off or fill its disk."""

import hashlib
import itertools
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import requests

from shared import clock
from shared.operations import GENESIS
from shared.sync.wire import EnrolAnswer

_MADE_AT = "2026-06-01T08:04:06+08:00"


@dataclass
class WirePhone:
    """An enrolled phone at `url`."""

    url: str
    identity: EnrolAnswer
    _n: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    @classmethod
    def enrol(cls, url: str, code: str, name: str = "phone") -> "WirePhone":
        """A new phone called `name`."""
        said = {"code": code, "device_name": name, "platform": "test"}
        answer = requests.post(f"{url}/api/v1/enrol", json=said, timeout=30)
        return cls(url, EnrolAnswer.model_validate(answer.json()))

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.identity.token}"}

    def hazard(self, **fields: Any) -> dict[str, Any]:
        """The operation that registers a new hazard."""
        return self.op("hazard", "edit", {"water_name": "石井塘", "town_code": "441900003", **fields})

    def photo(self, hazard: str, data: bytes, role: str = "before") -> dict[str, Any]:
        """The operation that attaches a JPEG to a hazard."""
        sha256 = hashlib.sha256(data).hexdigest()
        said = {
            "hazard": hazard,
            "role": role,
            "sha256": sha256,
            "mime": "image/jpeg",
            "bytes": len(data),
        }
        return self.op("photo", "attach", said)

    def event(self, hazard: str, step: str, **fields: Any) -> dict[str, Any]:
        """The operation of a step on a hazard."""
        said = {"hazard": hazard, "event_type": step, "at": _MADE_AT, **fields}
        return self.op("hazard_event", "append", said)

    def op(self, type: str, kind: str, fields: dict[str, Any], record: str | None = None) -> dict[str, Any]:
        """An operation by somebody who has seen nothing; on a new record unless one is named."""
        return {
            "campaign": self.identity.campaign,
            "device": self.identity.device,
            "n": next(self._n),
            "record": record or str(uuid.uuid4()),
            "type": type,
            "kind": kind,
            "fields": fields,
            "base": 0,
            "tip": GENESIS,
            "hlc": clock.stamp(time.time_ns() // 1_000_000),
            "made_at": _MADE_AT,
            "author": self.identity.person.id,
            "schema": 1,
        }

    def push(self, ops: list[dict[str, Any]]) -> requests.Response:
        """The answer to a push."""
        return requests.post(
            f"{self.url}/api/v1/campaigns/{self.identity.campaign}/push",
            json={"epoch": self.identity.epoch, "ops": ops},
            headers=self.headers,
            timeout=30,
        )

    def log(self) -> list[dict[str, Any]]:
        """Every operation on the server's log, in order."""
        found: list[dict[str, Any]] = []
        since, more = 0, True
        while more:
            page = requests.get(
                f"{self.url}/api/v1/campaigns/{self.identity.campaign}/pull",
                params={"since": str(since)},
                headers=self.headers,
                timeout=30,
            ).json()
            found += page["ops"]
            since, more = page["next"], page["more"]
        return found
