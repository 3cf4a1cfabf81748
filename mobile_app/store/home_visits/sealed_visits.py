"""Home visits that were sealed on this phone: envelopes until the server has them, then a line each.

They lie in files of their own, outside the database and its journal. A file holds one visit and is whole or
absent; its name carries the visit's number, so counting on and keeping the visit are one durable write.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from typing import Any, Protocol

from shared.home_visits.envelope import read_header

KEPT_LINES = 200
"""Lines of visits that the server has; older ones are forgotten."""


_ENDINGS = ("-waiting", "-settled")  # of the names of files; what lies beside them is no visit


class VisitState(StrEnum):
    """How far a sealed visit has come."""

    WAITING = "waiting"
    STORED = "stored"
    QUARANTINED = "quarantined"


class VisitFiles(Protocol):
    """Files by name, durable and whole once put. Problem: device_storage_full."""

    async def put(self, name: str, data: bytes) -> None:
        """Keep a new file."""

    async def get(self, name: str) -> bytes:
        """What was put."""

    async def names(self) -> list[str]:
        """What is here."""

    async def remove(self, name: str) -> None:
        """Forget a file; one that is not there is no problem."""


@dataclass(frozen=True, slots=True)
class SealedVisit:
    """What this phone knows about a visit that it sealed, which is all that it can ever know.

    `person`: who sealed it. `envelope`: "" once the server has it. `code` and `details`: why the server put
    it in quarantine.
    """

    device: str
    n: int
    record: str
    person: str
    school: str
    class_name: str
    sealed_at: str
    state: VisitState = VisitState.WAITING
    envelope: str = ""
    code: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> tuple[str, int]:
        """The device that sealed it, and its number there."""
        return self.device, self.n


class SealedVisits:
    """All sealed visits of this phone, those of persons before included."""

    def __init__(self, files: VisitFiles) -> None:
        self._files = files
        self._visits: dict[tuple[str, int], SealedVisit] = {}
        self._last: dict[str, int] = {}
        self._one_writer = asyncio.Lock()

    async def load(self) -> None:
        """Read what is here. A visit that was settled when the phone died is settled."""
        for name in sorted(await self._files.names()):
            if not name.endswith(_ENDINGS):
                continue
            visit = _from_json(await self._files.get(name))
            settled = self._visits.get(visit.key)
            if settled is not None and visit.state is VisitState.WAITING:
                await self._files.remove(name)
            else:
                self._visits[visit.key] = visit
            self._last[visit.device] = max(self._last.get(visit.device, 0), visit.n)

    def waiting(self) -> list[SealedVisit]:
        """What the server does not have yet, oldest first."""
        return [visit for visit in self._sorted() if visit.state is VisitState.WAITING]

    def of(self, person: str) -> list[SealedVisit]:
        """What this person sealed here, the latest first."""
        return [visit for visit in reversed(self._sorted()) if visit.person == person]

    async def add(self, device: str, person: str, seal: Callable[[int], Awaitable[str]]) -> SealedVisit:
        """Keep the envelope that `seal` makes for the device's next number; durable on return.

        Problem: device_storage_full, and those of `seal`; then nothing is kept.
        """
        async with self._one_writer:
            n = self._last.get(device, 0) + 1
            envelope = await seal(n)
            header = read_header(envelope)
            visit = SealedVisit(
                device,
                n,
                header.record,
                person,
                header.school,
                header.class_name,
                header.sealed_at,
                envelope=envelope,
            )
            self._last[device] = n  # even if it fails: nobody knows then what is on the disk
            await self._files.put(_name(visit), _to_json(visit))
            self._visits[visit.key] = visit
            return visit

    async def settle(
        self, visit: SealedVisit, state: VisitState, code: str = "", details: Mapping[str, Any] | None = None
    ) -> None:
        """The server has the visit: keep its line, then forget its envelope."""
        async with self._one_writer:
            settled = replace(visit, state=state, envelope="", code=code, details=details or {})
            await self._files.put(_name(settled), _to_json(settled))
            self._visits[visit.key] = settled
            await self._files.remove(_name(visit))

    async def forget_old(self) -> None:
        """Forget the oldest lines; the last of each device stays, because the next number follows from it."""
        settled = [visit for visit in self._sorted() if visit.state is not VisitState.WAITING]
        async with self._one_writer:
            for visit in settled[:-KEPT_LINES]:
                if visit.n < self._last[visit.device]:
                    await self._files.remove(_name(visit))
                    del self._visits[visit.key]

    def _sorted(self) -> list[SealedVisit]:
        return sorted(self._visits.values(), key=lambda visit: (visit.record, visit.key))


def _name(visit: SealedVisit) -> str:
    """Sorts what is settled before what waits."""
    waits = visit.state is VisitState.WAITING
    return f"{visit.device}-{visit.n:09d}{_ENDINGS[0] if waits else _ENDINGS[1]}"


def _to_json(visit: SealedVisit) -> bytes:
    return json.dumps(asdict(visit), ensure_ascii=False).encode()


def _from_json(data: bytes) -> SealedVisit:
    found = json.loads(data)
    return SealedVisit(**{**found, "state": VisitState(found["state"])})
