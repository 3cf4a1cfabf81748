"""A phone that reads the log or the records: which of them it sees, and what it has seen before."""

import re
from contextlib import suppress
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Query, Request, Response
from sqlalchemy import Engine
from sqlmodel import Session

from shared import problems
from shared.problems import Problem
from shared.sync.waiting import Waiting
from sync_server.access import devices
from sync_server.access.bursts import Bursts
from sync_server.access.devices import Phone
from sync_server.commands import restore
from sync_server.commands.restore import SeenLog
from sync_server.database.tables import CampaignRow
from sync_server.database.timestamps import later
from sync_server.database.transactions import in_transaction
from sync_server.deps import EngineDep, PhoneDep, WaitingDep
from sync_server.http import compression
from sync_server.log.scopes import Scope

SEEN_EVERY_MINUTES = 10
_TOWN = re.compile(r"[0-9]{6,12}")
_MOST_TOWNS = 50


@dataclass(frozen=True, slots=True)
class LogReader:
    """`scope`: what the phone's person may see, of the towns that it asks for. `seen`: what it knows of the
    log. `waiting`: what it says is still to be sent. `gzip`: whether it takes compressed answers.
    """

    engine: Engine
    phone: Phone
    scope: Scope
    seen: SeenLog
    waiting: Waiting | None
    gzip: bool
    bursts: Bursts

    def has_seen_another(self, session: Session, campaign: CampaignRow) -> bool:
        """Whether the phone has seen another log than this one."""
        return restore.is_another(session, campaign, self.seen)

    def told_apart(self, epoch: str) -> Problem:
        """The Problem for a phone that has; `epoch`: that of the log with which it was compared."""
        return restore.answer(self.engine, self.bursts, self.phone, epoch, self.seen)

    def answer(self, body: bytes) -> Response:
        """The answer with a JSON `body`, once the contact is recorded.

        If the disk is full or too many write, it is recorded at a later one: reading goes on.
        """
        news = self.waiting is not None and self.waiting != self.phone.waiting
        if news or (self.phone.last_seen_at or "") < later(minutes=-SEEN_EVERY_MINUTES):
            with suppress(Problem):
                in_transaction(self.engine, lambda session: devices.seen(session, self.phone, self.waiting))
        return compression.api_answer(body, gzip=self.gzip)


async def _log_reader(
    campaign: str,
    request: Request,
    phone: PhoneDep,
    engine: EngineDep,
    waiting: WaitingDep,
    since: Annotated[int, Query(ge=0, lt=2**53)] = 0,
    tip: Annotated[str | None, Query(pattern=r"^[0-9a-f]{16}$")] = None,
    receipt: Annotated[str, Query(max_length=80)] = "",
    towns: Annotated[str, Query(max_length=700)] = "",
) -> LogReader:
    """`since`, `tip`: a place on the log, and the fingerprint that the phone knows there.

    `receipt`: its newest one. Raises Problem campaign_foreign, invalid.
    """
    if campaign != phone.campaign:
        raise problems.campaign_foreign()
    codes = [code for code in towns.split(",") if code]
    if len(codes) > _MOST_TOWNS or not all(map(_TOWN.fullmatch, codes)):
        raise problems.invalid(errors=[{"path": "towns", "reason": "unknown_value"}])
    return LogReader(
        engine=engine,
        phone=phone,
        scope=Scope(phone.access, tuple(codes)),
        seen=SeenLog(since, tip, receipt),
        waiting=waiting,
        gzip=compression.accepts(request, "gzip"),
        bursts=request.app.state.bursts,
    )


LogReaderDep = Annotated[LogReader, Depends(_log_reader)]
