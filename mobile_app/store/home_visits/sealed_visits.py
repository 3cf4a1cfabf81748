"""Home visits that were sealed on this phone: envelopes for the server, and a line each once it answered.

They lie in files of their own, outside the database and its journal. A file is whole or absent; its name
carries the visit's number, so counting on and keeping the visit are one durable write. An answer is a second
file beside the envelope's, which stays for `KEPT_DAYS`: a server that was restored from a backup gets it
again.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Protocol

from shared.home_visits.envelope import read_header

KEPT_LINES = 200
"""Lines of visits that the server has and whose envelopes are gone; older ones are forgotten."""
KEPT_DAYS = 30
"""How long an envelope stays after the answer for it."""
KEPT_BYTES = 16 * 2**20
"""What the envelopes that were answered for may take; the oldest go earlier."""

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

    `person`: who sealed it. `envelope`: "" unless it waits. `code` and `details`: why the server put it in
    quarantine. `answered_at`: when the server answered, ISO; `epoch`: that of its log then. `kept`: how many
    characters of the envelope are still in its file, 0 once it is gone.
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
    answered_at: str = ""
    epoch: str = ""
    kept: int = 0

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
        """Read what is here. A visit that was answered for when the phone died is settled."""
        names = {name for name in await self._files.names() if name.endswith(_ENDINGS)}
        for name in sorted(names):
            sealed, answered = (name.rpartition("-")[0] + ending for ending in _ENDINGS)
            if name == sealed and answered in names:
                continue
            visit = _from_json(await self._files.get(name))
            if name == answered and sealed not in names:
                visit = replace(visit, kept=0)
            elif name == answered and not visit.kept:  # the phone died while it let the envelope go
                await self._files.remove(sealed)
            self._visits[visit.key] = visit
            self._last[visit.device] = max(self._last.get(visit.device, 0), visit.n)

    def waiting(self) -> list[SealedVisit]:
        """What the server does not have yet, oldest first."""
        return [visit for visit in self._sorted() if visit.state is VisitState.WAITING]

    def kept(self) -> tuple[int, int]:
        """How many envelopes are here that the server answered for, and their characters."""
        sizes = [visit.kept for visit in self._visits.values() if visit.kept]
        return len(sizes), sum(sizes)

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
        self,
        visit: SealedVisit,
        state: VisitState,
        at: str,
        epoch: str,
        code: str = "",
        details: Mapping[str, Any] | None = None,
    ) -> None:
        """The server answered for the visit at `at` (ISO), in this epoch of its log; the envelope stays."""
        async with self._one_writer:
            settled = replace(
                visit,
                state=state,
                envelope="",
                code=code,
                details=details or {},
                answered_at=at,
                epoch=epoch,
                kept=len(visit.envelope),
            )
            await self._files.put(_name(settled), _to_json(settled))
            self._visits[visit.key] = settled

    async def offer_again(self, epoch: str) -> bool:
        """Let each envelope wait again that was answered for in another epoch; whether there was one.

        It waits from the moment its answer is forgotten, which is one removal: a phone that dies halfway goes
        on with the others.
        """
        async with self._one_writer:
            answered = [visit for visit in self._sorted() if visit.kept and visit.epoch != epoch]
            for visit in answered:
                waits = _from_json(await self._files.get(_name_sealed(visit)))
                await self._files.remove(_name(visit))
                self._visits[visit.key] = waits
        return bool(answered)

    async def forget_old(self, now: str) -> None:
        """Let envelopes go that were answered for long before `now` (ISO), or are too many; then old lines.

        The last line of each device stays, because the next number follows from it.
        """
        settled = [visit for visit in self._sorted() if visit.state is not VisitState.WAITING]
        room = KEPT_BYTES
        async with self._one_writer:
            for visit in reversed([visit for visit in settled if visit.kept]):
                room -= visit.kept
                if room < 0 or _days_between(visit.answered_at, now) >= KEPT_DAYS:
                    await self._files.remove(_name_sealed(visit))
                    self._visits[visit.key] = replace(visit, kept=0)
            for visit in settled[:-KEPT_LINES]:
                if visit.n < self._last[visit.device] and not self._visits[visit.key].kept:
                    await self._files.remove(_name(visit))
                    del self._visits[visit.key]

    def _sorted(self) -> list[SealedVisit]:
        return sorted(self._visits.values(), key=lambda visit: (visit.record, visit.key))


def _name(visit: SealedVisit) -> str:
    """The file of the envelope while it waits, then that of the answer."""
    waits = visit.state is VisitState.WAITING
    return f"{visit.device}-{visit.n:09d}{_ENDINGS[0] if waits else _ENDINGS[1]}"


def _name_sealed(visit: SealedVisit) -> str:
    return _name(replace(visit, state=VisitState.WAITING))


def _days_between(first: str, last: str) -> float:
    return (datetime.fromisoformat(last) - datetime.fromisoformat(first)) / timedelta(days=1)


def _to_json(visit: SealedVisit) -> bytes:
    return json.dumps(asdict(visit), ensure_ascii=False).encode()


def _from_json(data: bytes) -> SealedVisit:
    found = json.loads(data)
    return SealedVisit(**{**found, "state": VisitState(found["state"])})
