"""Home visits on this phone: sealed when they are saved, carried to the server, never read again."""

import json
import secrets
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from pydantic import ValidationError

from mobile_app.device.clock import Clock
from mobile_app.device.draft_cipher import new_salt
from mobile_app.device.sealing import Sealing
from mobile_app.store.database import ids, meta
from mobile_app.store.database.meta import Identity
from mobile_app.store.database.phone_database import PhoneDatabase
from mobile_app.store.home_visits.draft_lock import DraftCipher, DraftLock
from mobile_app.store.home_visits.sealed_visits import SealedVisit, SealedVisits, VisitFiles, VisitState
from mobile_app.sync.report import Report
from mobile_app.sync.server import Server
from shared import problems
from shared.china_time import CHINA_TIME
from shared.home_visits.envelope import MAX_ENVELOPES, Header
from shared.home_visits.model import HomeVisit
from shared.home_visits.wire import EnvelopeResult, VisitKey, VisitKeysAnswer, VisitPlace
from shared.permissions import Action, permits
from shared.problems import Problem
from shared.sync import plan
from shared.sync.given_roles import grants_of
from shared.sync.wire import GivenRole

_MESSAGE_BYTES = 200_000
_ASK_AGAIN_S = 6 * 3600.0
"""How long known keys and places are good, and a refusal is believed, while the person's roles stay."""


class HomeVisits:
    """What a person can do with home visits, and their exchange with the server."""

    def __init__(
        self,
        database: PhoneDatabase,
        files: VisitFiles,
        sealing: Sealing,
        cipher: DraftCipher,
        clock: Clock,
        report: Report,
        saved: Callable[[], None],
    ) -> None:
        """`saved()` is called when there is something to send."""
        self._database = database
        self._visits = SealedVisits(files)
        self._sealing = sealing
        self.drafts = DraftLock(files, cipher, new_salt, clock.seconds)
        self._clock = clock
        self._report = report
        self._saved = saved
        self._asked: tuple[str, tuple[GivenRole, ...] | None, float] | None = None
        self._refusals: dict[tuple[str, int], Problem] = {}

    async def load(self) -> None:
        """Read what is kept here; once, before anything else."""
        await self._visits.load()
        await self.drafts.load()
        self._changed()

    @property
    def can_seal(self) -> bool:
        """Whether this device can seal, without which nothing can be recorded."""
        return self._sealing.available()

    @property
    def waiting(self) -> int:
        """How many sealed visits the server does not have yet, those of persons before included."""
        return len(self._visits.waiting())

    def envelopes(self) -> list[str]:
        """The sealed visits that the server does not have yet, the oldest first."""
        return [visit.envelope for visit in self._visits.waiting()]

    @property
    def kept(self) -> tuple[int, int]:
        """How many envelopes the server answered for and this phone still keeps, and their bytes."""
        return self._visits.kept()

    def places(self) -> tuple[VisitPlace, ...]:
        """Where the person may record home visits; none where they may not, or no answer has come yet."""
        known = self._known()
        return tuple(known.places) if known and self._may_record() else ()

    def school_name(self, code: str) -> str:
        """What a school is called now; its code where nobody here knows."""
        known = self._known()
        names = {place.school: place.name for place in known.places} if known else {}
        return names.get(code) or code

    def mine(self) -> list[SealedVisit]:
        """What the person sealed on this phone, the latest first."""
        who = self._database.read(meta.identity)
        return self._visits.of(who.person) if who else []

    def refusal(self, visit: SealedVisit) -> Problem | None:
        """Why the server did not take a visit that still waits."""
        return self._refusals.get(visit.key)

    async def save(self, fields: Mapping[str, Any]) -> None:
        """Seal a visit and keep its envelope; durable on return.

        `fields`: those of `HomeVisit`, JSON-ready, without `record` and `consent_version`.
        Problems: sealing_unavailable, seal_key_missing, role_forbidden, sign_in_required, invalid,
        device_storage_full.
        """
        if not self.can_seal:
            raise problems.sealing_unavailable()
        who, known = self._database.read(meta.identity), self._known()
        if who is None:
            raise problems.sign_in_required()
        if known is None or not known.keys:
            raise problems.seal_key_missing() if self._may_record() else problems.role_forbidden()
        now = self._clock.wall()
        record = ids.record_id(int(self._clock.seconds() * 1000), secrets.randbits(74))
        visit = _visit({**fields, "record": record, "consent_version": known.consent_version})
        key = _key_for(known.keys, now)

        async def seal(n: int) -> str:
            header = Header(
                kid=key.kid,
                campaign=who.campaign,
                record=record,
                device=who.device,
                number=n,
                school=visit.school,
                class_name=visit.class_name,
                sealed_at=now.isoformat(timespec="seconds"),
            )
            payload = visit.model_dump_json(exclude_none=True)
            return await self._sealing.seal(payload, header.protected(), key.jwk.model_dump())

        await self._visits.add(who.device, who.person, seal)
        self._changed()
        self._saved()

    def ask_again(self) -> None:
        """Ask for keys and places at the next exchange, however lately they came."""
        self._asked = None

    async def exchange(self, server: Server, who: Identity) -> Problem | None:
        """Send what waits, and ask for keys and places from time to time.

        After the server was restored, all envelopes that are still here wait again. The Problem that stopped
        it, if any. One refused envelope holds up no other.
        """
        try:
            epoch = self._database.read(meta.progress).epoch
            if await self._visits.offer_again(epoch):
                self._changed()
            for batch in _batches(self._visits.waiting()):
                await self._send(server, who, batch, epoch)
            await self._visits.forget_old(self._now())
            await self._ask(server, who)
        except Problem as problem:
            return problem
        return None

    async def _send(self, server: Server, who: Identity, batch: Sequence[SealedVisit], epoch: str) -> None:
        try:
            answer = await server.send_visits([visit.envelope for visit in batch])
        except Problem as problem:
            if problem.kind is problems.quarantine_full or "retry_after" in problem.details:
                raise
            if plan.stops_round(problem) and problem.kind is not problems.internal:
                raise
            if problem.kind is problems.not_found:  # a server of before home visits
                return
            if len(batch) > 1:
                for visit in batch:
                    await self._send(server, who, [visit], epoch)
            else:
                self._refusals[batch[0].key] = problem
                self._changed()
            return
        pairs = list(zip(batch, answer.results, strict=False))
        ours = answer.device == who.device and 0 < len(answer.results) <= len(batch)
        if not ours or not all(_is_about(result, visit) for visit, result in pairs):
            raise problems.not_our_server()
        for visit, result in pairs:
            quarantined = result.status == "quarantined"
            state = VisitState.QUARANTINED if quarantined else VisitState.STORED
            why = result.why if quarantined else None
            code, details = (why.code, why.details) if why else ("", None)
            await self._visits.settle(visit, state, self._now(), epoch, code, details)
            self._refusals.pop(visit.key, None)
        self._changed()

    async def _ask(self, server: Server, who: Identity) -> None:
        now, roles = self._clock.steady(), self._database.read(meta.given_roles)
        if self._asked and self._asked[:2] == (who.person, roles) and now - self._asked[2] < _ASK_AGAIN_S:
            return
        answer: VisitKeysAnswer | None = None
        try:
            answer = (await server.visit_keys()).model_copy(update={"server_time": ""})
        except Problem as problem:
            if problem.kind.status not in (403, 404):
                raise
        if answer and answer.campaign != who.campaign:
            raise problems.not_our_server()
        self._asked = who.person, roles, now
        if answer != self._database.read(lambda session: meta.visit_keys(session, who.person)):
            await self._database.write(lambda session: meta.set_visit_keys(session, who.person, answer))
            await self._database.settle()
            self._changed()

    def _known(self) -> VisitKeysAnswer | None:
        who = self._database.read(meta.identity)
        return self._database.read(lambda session: meta.visit_keys(session, who.person)) if who else None

    def _may_record(self) -> bool:
        """Whether the person's roles allow it, as far as this phone has heard of them."""
        given = self._database.read(meta.given_roles)
        return given is None or permits(grants_of(given), Action.RECORD_HOME_VISITS)

    def _now(self) -> str:
        return self._clock.wall().isoformat(timespec="seconds")

    def _changed(self) -> None:
        self._report.home_visits_changed(self.waiting)


def _visit(fields: Mapping[str, Any]) -> HomeVisit:
    try:
        return HomeVisit.model_validate_json(json.dumps(fields))
    except ValidationError as error:
        found = [{"path": ".".join(map(str, one["loc"])), "reason": one["type"]} for one in error.errors()]
        raise problems.invalid(errors=found) from None


def _key_for(keys: Sequence[VisitKey], now: datetime) -> VisitKey:
    """The key of the present school year; without one the newest, so that nothing goes unsaved."""
    day = now.astimezone(CHINA_TIME).date().isoformat()
    return next((key for key in keys if key.is_for(day)), max(keys, key=lambda key: key.first))


def _batches(visits: Sequence[SealedVisit]) -> list[list[SealedVisit]]:
    """The visits, as many in one message as it takes."""
    batches: list[list[SealedVisit]] = []
    size = 0
    for visit in visits:
        size += len(visit.envelope)
        if not batches or size > _MESSAGE_BYTES or len(batches[-1]) == MAX_ENVELOPES:
            batches.append([])
            size = len(visit.envelope)
        batches[-1].append(visit)
    return batches


def _is_about(result: EnvelopeResult, visit: SealedVisit) -> bool:
    if result.record is None:  # it could not be read, and was kept as it came
        return result.status == "quarantined"
    return (result.record, result.n) == (visit.record, visit.n)
