"""The bare floor under the sync server: the plain FastAPI way with the same durability, and nothing more.

A typed body, one table with a column for each field and the record's JSON to be pulled, multi-row inserts
by SQLAlchemy Core, SQLite in WAL mode with synchronous=FULL, gzip both ways, photos streamed to a file with
SHA-256, their bytes and their names forced to the disk (fsync of file and folder). No sign-in, no checks of
fields, no merge, no history, no repetition.
Run: `python -m tests.bench.floor FOLDER PORT`.
"""

import hashlib
import os
import sys
import zlib
from pathlib import Path
from typing import Any
from uuid import uuid4

import uvicorn
from fastapi import FastAPI, Request, Response
from pydantic import BaseModel, ConfigDict
from sqlalchemy import (
    JSON,
    Column,
    Engine,
    Integer,
    MetaData,
    String,
    Table,
    create_engine,
    event,
    insert,
    select,
)
from sqlalchemy.pool import ConnectionPoolEntry
from starlette.concurrency import run_in_threadpool
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tests.bench.records import FIELDS, NESTED
from tests.bench.wire import GZIP, LEVEL

METADATA = MetaData()
RECORDS = Table(
    "record",
    METADATA,
    Column("seq", Integer, primary_key=True),
    *(Column(name, String) for name in ("device", "record", "hlc", "made_at", "author", "wire")),
    Column("n", Integer),
    *(Column(name, JSON if name in NESTED else String) for name in FIELDS),
)


class Record(BaseModel):
    """What a phone sends, as far as the floor looks."""

    model_config = ConfigDict(extra="allow")

    device: str
    n: int
    record: str
    hlc: str
    made_at: str
    author: str
    fields: dict[str, Any]


class Push(BaseModel):
    """The body of a push."""

    ops: list[Record]


class Result(BaseModel):
    """What became of one record."""

    n: int
    status: str
    seq: int
    hlc: str


def create_app(folder: Path) -> FastAPI:
    """The floor's server, keeping everything in `folder`."""
    app = FastAPI()
    app.add_middleware(Inflated)
    app.add_middleware(GZipMiddleware, compresslevel=LEVEL)
    engine = engine_in(folder)

    @app.get("/healthz")
    def health() -> dict[str, str]:
        return {"status": "ok"}

    @app.post("/push")
    def push(body: Push) -> list[Result]:
        rows = [row_of(record) for record in body.ops]
        with engine.begin() as connection:
            connection.execute(insert(RECORDS), rows)
            last: int = connection.exec_driver_sql("SELECT max(seq) FROM record").scalar_one()
        return [
            Result(n=record.n, status="stored", seq=seq, hlc=record.hlc)
            for seq, record in enumerate(body.ops, last - len(rows) + 1)
        ]

    @app.get("/pull")
    def pull(since: int, limit: int) -> Response:
        query = select(RECORDS.c.seq, RECORDS.c.wire).where(RECORDS.c.seq > since)
        with engine.connect() as connection:
            rows = connection.execute(query.order_by(RECORDS.c.seq).limit(limit)).all()
        ops = ",".join(f'{{"seq":{seq},{wire[1:]}' for seq, wire in rows)
        following = rows[-1].seq if rows else since
        more = "true" if len(rows) == limit else "false"
        return Response(f'{{"ops":[{ops}],"next":{following},"more":{more}}}', media_type="application/json")

    @app.put("/photos/{sha256}")
    async def photo(sha256: str, request: Request) -> Response:
        part = folder / f"{uuid4().hex}.part"
        digest = hashlib.sha256()
        with part.open("wb") as file:
            async for chunk in request.stream():
                digest.update(chunk)
                file.write(chunk)
            file.flush()
            await run_in_threadpool(os.fsync, file.fileno())
        if digest.hexdigest() != sha256:
            return Response(status_code=422)
        part.rename(folder / sha256)
        await run_in_threadpool(settle, folder)
        return Response(status_code=204)

    return app


def settle(folder: Path) -> None:
    """Return when the names in a folder are on the disk; until then a power cut takes a renaming back."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def row_of(record: Record) -> dict[str, Any]:
    """The row of one record."""
    return {
        "device": record.device,
        "n": record.n,
        "record": record.record,
        "hlc": record.hlc,
        "made_at": record.made_at,
        "author": record.author,
        "wire": record.model_dump_json(),
        **record.fields,
    }


def engine_in(folder: Path) -> Engine:
    """The database in `folder`, as durable as ours."""
    engine = create_engine(f"sqlite:///{folder / 'floor.sqlite'}")

    def durable(connection: Any, _: ConnectionPoolEntry) -> None:
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=10000"):
            connection.execute(f"PRAGMA {pragma}")

    event.listen(engine, "connect", durable)
    METADATA.create_all(engine)
    return engine


class Inflated:
    """Middleware that inflates gzipped bodies of requests."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, its body whole and plain."""
        if (b"content-encoding", b"gzip") not in scope.get("headers", ()):
            return await self._app(scope, receive, send)
        body = zlib.decompress(await Request(scope, receive).body(), GZIP)

        async def inflated() -> Message:
            return {"type": "http.request", "body": body, "more_body": False}

        return await self._app(scope, inflated, send)


if __name__ == "__main__":
    uvicorn.run(create_app(Path(sys.argv[1])), host="127.0.0.1", port=int(sys.argv[2]), log_level="warning")
