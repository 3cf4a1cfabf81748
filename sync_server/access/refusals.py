"""Notes in the audit log who was refused, or could not sign in; repeated ones are summed up.

So nobody can fill the disk: whoever is refused the same thing again within an hour is noted the 1st, 10th,
100th, ... time, and at the end how often it was in all. What a stranger fails at counts as one thing. Each
server counts for itself. All is done by a thread of its own, so that no answer takes longer or shorter.
"""

import logging
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from sqlalchemy import Engine
from sqlmodel import Session, select

from shared.problems import Problem
from sync_server.access import audit, names
from sync_server.database.tables import PersonRow
from sync_server.database.timestamps import now_text
from sync_server.database.transactions import in_transaction, reading

WINDOW_S = 3600
_MOST_KEYS = 10_000
log = logging.getLogger("anlan")


@dataclass(frozen=True, slots=True)
class Refused:
    """What is counted together. `person`, `device`: None for a stranger. `route`: method and path; `subject`:
    what was refused, where that is known."""

    action: str
    person: str | None = None
    device: str | None = None
    route: str = ""
    subject: str = ""


@dataclass(slots=True)
class _Tally:
    began: float
    since: str
    details: Mapping[str, str]
    times: int = 0
    noted: int = 0


class Refusals:
    """The refusals of the last hour on one server."""

    def __init__(self, engine: Engine, clock: Callable[[], float] = time.monotonic) -> None:
        self._engine, self._clock = engine, clock
        self._tallies: dict[Refused, _Tally] = {}
        self._closed = False
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="refusals")

    def count(self, refused: Refused, address: str = "", **details: str) -> None:
        """Count one more; only the `details` of the first are noted. Returns at once."""
        self._do(lambda: self._count(refused, address, details))

    def count_sign_in(self, name: str, address: str = "") -> None:
        """Count a sign-in that failed, under a name that may be nobody's. Returns at once."""
        self._do(lambda: self._count_sign_in(name, address))

    def wait(self) -> None:
        """Return when all that was counted is noted."""
        self._thread.submit(lambda: None).result()

    def close(self) -> None:
        """Note the sums of what was counted, and count no more."""
        self._do(lambda: self._note(self._ended(everything=True)))
        self._closed = True
        self._thread.shutdown()

    def _do(self, work: Callable[[], None]) -> None:
        if not self._closed:
            self._thread.submit(self._guarded, work)

    def _guarded(self, work: Callable[[], None]) -> None:
        try:
            work()
        except Problem as problem:  # the database is away: counted, but not noted
            log.warning("a refusal was not noted: %s", problem.code)
        except Exception:
            log.exception("a refusal was not noted")

    def _count_sign_in(self, name: str, address: str) -> None:
        with reading(self._engine) as session:
            person = session.exec(select(PersonRow.id).where(PersonRow.name == names.tidy(name))).first()
        self._count(Refused("sign_in_failed", person), address)

    def _count(self, refused: Refused, address: str, more: Mapping[str, str] = MappingProxyType({})) -> None:
        ended = self._ended()
        tally = self._tallies.setdefault(refused, _Tally(self._clock(), now_text(), more))
        tally.times += 1
        due = tally.times == 10 ** (len(str(tally.times)) - 1)  # 1, 10, 100, ...
        if due or ended:
            self._note(ended, (refused, tally, address) if due else None)
        if due:
            tally.noted = tally.times

    def _ended(self, *, everything: bool = False) -> list[tuple[Refused, _Tally]]:
        """Take out the tallies whose hour is over, the oldest first; returns those with a sum to note."""
        ended = []
        for refused, tally in list(self._tallies.items()):
            if not everything and len(self._tallies) < _MOST_KEYS and tally.began + WINDOW_S > self._clock():
                break
            del self._tallies[refused]
            if tally.times > tally.noted:
                ended.append((refused, tally))
        return ended

    def _note(
        self, ended: list[tuple[Refused, _Tally]], due: tuple[Refused, _Tally, str] | None = None
    ) -> None:
        lines = [*((refused, tally, "") for refused, tally in ended), *([due] if due else [])]
        if not lines:
            return

        def work(session: Session) -> None:
            for refused, tally, address in lines:
                details: dict[str, Any] = {**tally.details, "route": refused.route, "address": address}
                if tally.times > 1:
                    details |= {"times": tally.times, "since": tally.since}
                audit.note(
                    session,
                    refused.action,
                    person=refused.person,
                    device=refused.device,
                    subject=refused.subject,
                    **{name: value for name, value in details.items() if value},
                )

        in_transaction(self._engine, work)
