"""Runs store functions in transactions, and reports nothing as saved before it is durable.

A save is durable when its journal line is stored (in the browser, where the database file reaches the disk
only now and then) or when SQLite has committed (on a real disk, where there is no journal). Lines are stored
before the commit: a line without its commit is a save that was never reported, and is simply replayed at the
next start.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Protocol, TypeVar

from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError
from sqlmodel import Session

from mobile_app.store.database import journal
from mobile_app.store.database.open import open_database
from shared import problems
from shared.problems import Problem

T = TypeVar("T")

_FULL = ("SQLITE_FULL", "SQLITE_IOERR_WRITE", "SQLITE_IOERR_FSYNC", "SQLITE_IOERR_SHMSIZE")
LAZY_SECONDS = 2.0
NAME = "anlan.db"


class Disk(Protocol):
    """Where the database is. Problems of all methods: device_storage_full."""

    folder: Path
    threads: bool
    """Whether slow work may leave the event loop (the browser has no threads)."""
    lazy: bool
    """Whether the database file is durable only after `checkpoint`; then lines must be kept."""

    async def append(self, line: bytes) -> None:
        """Store a line of the journal; durable when it returns."""

    async def tail(self) -> bytes:
        """The lines since the last checkpoint."""

    async def checkpoint(self) -> None:
        """Make the database file durable and delete the lines that it contains."""

    async def keep_damaged(self, lines: bytes) -> None:
        """Keep damaged lines of the journal, in case somebody can still recover something from them."""


class PhoneDatabase:
    """The phone's database and its journal."""

    def __init__(self, engine: Engine, disk: Disk) -> None:
        self._engine = engine
        self._disk = disk
        self._one_writer = asyncio.Lock()
        self._lazily: asyncio.Task[None] | None = None
        self._broken = False
        self.damaged = 0
        """Saves in the journal that could not be read when it was opened."""

    @classmethod
    async def open(cls, disk: Disk) -> "PhoneDatabase":
        """Open the database on `disk` and replay the saves that only its journal has."""
        database = cls(open_database(disk.folder / NAME, write_ahead=not disk.lazy), disk)
        tail = await disk.tail()
        if tail:
            replayed = await database.write(lambda session: journal.replay(session, tail))
            database.damaged = replayed.damaged
            if replayed.damaged:
                await disk.keep_damaged(tail)
            await database.settle()
        return database

    def read(self, work: Callable[[Session], T]) -> T:
        """The result of `work`."""
        with Session(self._engine) as session:
            return work(session)

    async def write(self, work: Callable[[Session], T]) -> T:
        """Run `work` in one transaction, for data that can be fetched again: a browser stores it later."""
        return await self._transact(lambda session: (work(session), None))

    async def save(self, work: Callable[[Session], tuple[T, bytes]]) -> T:
        """Run `work`, which returns its result and its journal line, in one transaction; durable on return.

        Problem: device_storage_full; then nothing was saved.
        """
        return await self._transact(work)

    async def write_through(self, work: Callable[[Session], T]) -> T:
        """Run `work` in one transaction and make it durable before anybody else writes.

        For what later saves depend on: their lines must never be replayed into a database without it.
        """
        async with self._one_writer:
            result = await self._commit(lambda session: (work(session), None))
            try:
                await self._disk.checkpoint()
            except BaseException:
                self._broken = self._disk.lazy  # what is on the disk does not know of it
                raise
        return result

    async def settle(self) -> None:
        """Make everything written so far durable now."""
        async with self._one_writer:
            await self._disk.checkpoint()

    async def close(self) -> None:
        """Make everything durable, and close the database."""
        if self._lazily is not None:
            self._lazily.cancel()
        await self.settle()
        self._engine.dispose()

    async def _transact(self, work: Callable[[Session], tuple[T, bytes | None]]) -> T:
        async with self._one_writer:
            result = await self._commit(work)
        if self._disk.lazy and (self._lazily is None or self._lazily.done()):
            self._lazily = asyncio.create_task(self._settle_soon())
        return result

    async def _commit(self, work: Callable[[Session], tuple[T, bytes | None]]) -> T:
        if self._broken:
            raise problems.storage_blocked()
        with Session(self._engine) as session:
            try:
                result, line = await self._run(lambda: work(session))
                if line is not None:
                    await self._disk.append(line)
                try:
                    await self._run(session.commit)
                except BaseException:
                    self._broken = line is not None and self._disk.lazy  # the line speaks; restart and listen
                    raise
            except OperationalError as error:
                if getattr(error.orig, "sqlite_errorname", "") in _FULL:
                    raise problems.device_storage_full() from None
                raise
            except Problem as problem:
                if problem.kind is problems.storage_blocked:
                    self._broken = True  # nobody knows whether the line is there
                raise
        return result

    async def _run(self, work: Callable[[], T]) -> T:
        return await _in_thread(work) if self._disk.threads else work()

    async def _settle_soon(self) -> None:
        await asyncio.sleep(LAZY_SECONDS)
        await self.settle()


async def _in_thread(work: Callable[[], T]) -> T:
    """Run `work` in a thread. A cancelled caller still waits for it: the thread uses its session."""
    running = asyncio.ensure_future(asyncio.to_thread(work))
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        while not running.done():
            with suppress(asyncio.CancelledError):
                await asyncio.wait([running])
        raise
