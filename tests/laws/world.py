"""Phones with wrong clocks, a network with faults and the real server app, all in one thread."""

import asyncio
import shutil
import tempfile
from collections import Counter
from collections.abc import Coroutine, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from random import Random
from typing import Any, TypeVar

from sqlmodel import Session

from mobile_app.store.database import journal, meta
from mobile_app.store.log import recording, saving
from mobile_app.store.log.saving import Change
from mobile_app.sync.reenrolment import Reenrolment
from shared import merge, problems
from shared.merge import RecordState
from shared.operations import Operation
from shared.problems import Problem
from shared.vocabulary import Role
from tests.laws.ghost import Ghost, Id, id_of
from tests.laws.handset import Handset, Killed
from tests.laws.network import Asked, Fault, Network
from tests.laws.office import Office

T = TypeVar("T")
START_MS = 1_795_406_400_000  # 23 November 2026, noon in Dongguan
SHM = Path("/dev/shm")
TOWNS = ("441900003", "441900124")
DAY_MS = 86_400_000
KINDS = ("native", "browser", "native")
ROLES = (Role.INSPECTOR, Role.REVIEWER, Role.REVIEWER)
"""Reviewers may delete and move what others wrote; an inspector's try is quarantined."""


class TrueTime:
    """The server's clock, which is right: `t` milliseconds since 1970."""

    t = START_MS

    def now(self) -> datetime:
        """The current time."""
        return datetime.fromtimestamp(self.t / 1000, UTC)


class Prepared:
    """A deployment and enrolled phones on disk, copied for each run; and the event loop of all runs."""

    def __init__(self, time: TrueTime, chance: Random) -> None:
        self.time, self.chance = time, chance
        self.folder = Path(tempfile.mkdtemp(dir=SHM if SHM.is_dir() else None))
        self.loop = asyncio.new_event_loop()
        self.office = Office(self.folder)
        self.network = Network(lambda: self.office.app)
        self.figures: Counter[str] = Counter()
        self.last = 0
        for number, kind in enumerate(KINDS):
            phone = Handset(self.folder / f"enrolled{number}", self, 0, kind)
            self.loop.run_until_complete(self._enrol(phone, number))
        self.ghost, self.pockets, self.told = (
            Ghost(),
            [dict[str, bytes]() for _ in KINDS],
            [set[Id]() for _ in KINDS],
        )
        self.office.keep_beginning(self.folder / "beginning")
        self._first_day()

    @property
    def t(self) -> int:
        """True time, milliseconds since 1970."""
        return self.time.t

    def number(self) -> int:
        """A number that was never returned before."""
        self.last += 1
        return self.last

    async def _enrol(self, phone: Handset, number: int) -> None:
        await phone.open()
        await phone.sync_loop.enrol(self.office.code_for(ROLES[number]), f"phone {number}")
        await phone.database.close()

    def _first_day(self) -> None:
        """Create the start of every run: two hazards and a photo that everybody has."""
        world = World(self, [0] * len(KINDS))
        phone = world.phones[0]
        for photos in ([0], []):
            given = {"water_name": "石井塘", "water_type": "pond", "town_code": TOWNS[0]}
            moment, attached = phone.moment(), phone.photographed(photos)
            world.save(phone, partial(recording.add_hazard, given=given, photos=attached, moment=moment))
        world.rest()
        for number, phone in enumerate(world.phones):
            world.play(phone.database.settle())
            phone.drop()
            shutil.rmtree(self.folder / f"enrolled{number}")
            shutil.copytree(phone.folder, self.folder / f"enrolled{number}")
        self.office.keep_beginning(self.folder / "beginning")
        self.ghost = world.ghost
        self.pockets = [phone.pocket.files for phone in world.phones]
        self.told = [phone.told for phone in world.phones]
        self.last = world.number()
        world.close()

    def close(self) -> None:
        """Delete everything."""
        self.office.engine.dispose()
        self.loop.close()
        shutil.rmtree(self.folder)


class World:
    """One run; every run has the same start and the same random numbers."""

    def __init__(self, prepared: Prepared, skews: Sequence[int]) -> None:
        self.prepared, self.office, self.network = prepared, prepared.office, prepared.network
        self.figures = prepared.figures
        self._time, self._number = prepared.time, prepared.last
        self.t = START_MS + 3_600_000
        prepared.chance.seed(prepared.last)
        self.figures["runs"] += 1
        self.ghost = Ghost(dict(prepared.ghost.saved_operations))
        self.office.begin(prepared.folder / "beginning")
        self.network.begin()
        self._folder = Path(tempfile.mkdtemp(dir=prepared.folder))
        self.phones: list[Handset] = []
        for number, (kind, skew) in enumerate(zip(KINDS, skews, strict=True)):
            shutil.copytree(prepared.folder / f"enrolled{number}", self._folder / str(number))
            phone = Handset(self._folder / str(number), self, skew, kind)
            phone.pocket.files = dict(prepared.pockets[number])
            phone.told = set(prepared.told[number])
            self.play(phone.open())
            self.phones.append(phone)

    def number(self) -> int:
        """A number that was never returned before."""
        self._number += 1
        return self._number

    @property
    def t(self) -> int:
        """True time, milliseconds since 1970."""
        return self._time.t

    @t.setter
    def t(self, milliseconds: int) -> None:
        self._time.t = milliseconds

    def play(self, work: Coroutine[Any, Any, T]) -> T:
        """Run `work` to its end and return its result."""
        return self.prepared.loop.run_until_complete(work)

    def close(self) -> None:
        """End the run."""
        self.figures.update({f"fault {fault}": times for fault, times in self.network.met.items()})
        self.figures["requests"] += self.network.requests
        self.figures["chunks inside a photo"] += self.network.resumed
        self.figures["operations"] += len(self.ghost.saved_operations)
        for phone in self.phones:
            phone.drop()
        shutil.rmtree(self._folder)

    def save(self, phone: Handset, work: Any, *, kill: int = 0) -> list[Operation]:
        """Save the operations of `work(session)` and record what their author saw; may kill the phone."""
        before = phone.states()
        made: list[Operation] = []

        def saving_it(session: Session) -> tuple[None, bytes]:
            found = work(session)
            made[:] = found[1] if isinstance(found, tuple) else found
            return None, journal.saved(made)

        phone.fuse.left = kill
        try:
            self.play(phone.database.save(saving_it))
        except Problem:
            phone.fuse.left = 0
            return []
        except Killed:
            self.figures["kills"] += 1
            self.reopen(phone)
            there = phone.held()
            made = [operation for operation in made if id_of(operation) in there]
        else:
            phone.fuse.left = 0
            phone.told |= {id_of(operation) for operation in made}
        states = dict(before)
        for operation in made:
            self.ghost.saved(operation, states.get(operation.record, merge.EMPTY))
            states[operation.record] = merge.absorb(
                states.get(operation.record, merge.EMPTY), merge.write_of(operation)
            )
        for operation in made:
            _settles_what_it_saw(before.get(operation.record, merge.EMPTY), operation)
        return made

    def change(self, phone: Handset, *changes: Change, kill: int = 0) -> list[Operation]:
        """Save raw changes."""
        moment = phone.moment()
        return self.save(
            phone,
            lambda session: saving.save(session, changes, made_at=moment.made_at, now_ms=moment.now_ms),
            kill=kill,
        )

    def sync(self, phone: Handset, faults: Sequence[Fault] = (), *, kill: int = 0) -> None:
        """One round, as after 立即同步.

        A phone that was given an older answer may have heard nothing of this life of the log.
        """
        life, stale = self.office.life, self.network.met[Fault.STALE]
        self.network.plan, phone.fuse.left = list(faults), kill
        try:
            self.play(phone.sync_loop.now())
        except Killed:
            self.figures["kills"] += 1
            self.reopen(phone)
        else:
            problem = phone.heard.problem
            assert problem is None or problem.code != "internal", "a round broke"
            if problem is None and self.network.met[Fault.STALE] == stale:
                phone.life = life
        finally:
            self.network.plan, phone.fuse.left = [], 0

    def claim(self, phone: Handset, since: int, tip: str) -> None:
        """A phone, by mistake or on purpose, says to know the log at `since` by another fingerprint.

        It sends the newest receipt that it has, which is a good one.
        """
        who, where = phone.database.read(meta.identity), phone.database.read(meta.progress)
        assert who is not None
        told = f"since={since}&tip={tip}&epoch={where.epoch}&receipt={where.receipt}"
        headers = {"Authorization": f"Bearer {who.token}"}
        path = f"/api/v1/campaigns/{self.office.campaign}/pull?{told}"
        answer = self.play(self.network.ask(Asked("GET", path, headers, b"")))
        assert answer.status == 409

    def reopen(self, phone: Handset) -> None:
        """Kill the app and start it again."""
        phone.drop()
        self.play(phone.open())

    def clone(self, phone: Handset) -> Handset:
        """Clone a phone; both clones continue."""
        twin = self.play(phone.copied(self._folder / str(len(self.phones))))
        self.phones.append(twin)
        return twin

    def rest(self) -> None:
        """Sync all phones until nothing changes any more."""
        for _ in range(12):
            self.t += 1000
            enrolled = self.figures["enrolled again"]
            for phone in self.phones:
                self.sync(phone)
                if self.enrol_again(phone):
                    self.sync(phone)
            if self.figures["enrolled again"] == enrolled and all(
                phone.rests(self.office.end()) for phone in self.phones
            ):
                return
        raise AssertionError(f"no rest: {[phone.heard.problem for phone in self.phones]}")

    def revoke(self, phone: Handset) -> None:
        """Revoke a phone and its clones."""
        who = phone.database.read(meta.identity)
        assert who is not None
        self.office.revoke(who.device)

    def enrol_again(self, phone: Handset, faults: Sequence[Fault] = (), *, kill: int = 0) -> bool:
        """Enrol a revoked phone again with a new code; returns whether that succeeded."""
        if phone.heard.problem is None or phone.heard.problem.kind is not problems.token_invalid:
            return False
        who = phone.database.read(meta.identity)
        assert who is not None
        renewal = Reenrolment(phone.database, phone.sync_loop)
        self.network.plan, phone.fuse.left = list(faults), kill
        try:
            self.play(renewal.take(self.play(renewal.ask(self.office.code(who.person), "phone"))))
        except Problem:
            return False
        except Killed:
            self.figures["kills"] += 1
            self.reopen(phone)
            return False
        finally:
            self.network.plan, phone.fuse.left = [], 0
        self.figures["enrolled again"] += 1
        return True


def _settles_what_it_saw(before: RecordState, operation: Operation) -> None:
    """A new write is later than everything its author saw, and shows alone.

    Except where the phone shows more than it can claim to have seen: while it reads a snapshot, after towns
    were chosen, writes of its previous device, and writes that have no seq yet.
    """
    assert operation.hlc > max((write.hlc for write in before.live), default=""), "older than what it saw"
    for write in before.live:
        if write.seq is None and write.device != operation.device:
            return
        if write.seq is not None and write.seq > operation.base:
            return
    state = merge.absorb(before, merge.write_of(operation))
    conflicts, shown = merge.conflicts(state), merge.shown(state)
    for register, value in merge.registers(operation).items():
        assert shown[register] == value, f"{register}: not what was written"
        assert register not in conflicts, f"{register}: in conflict with what its author saw"
