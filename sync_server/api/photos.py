"""`/api/v1/photos`: photo bytes by tus 1.0, kept as they come and verified at the end."""

import secrets
from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Request, Response
from sqlalchemy import Engine
from sqlmodel import Session
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from shared import problems
from shared.problems import Problem
from sync_server.access.devices import Phone
from sync_server.api import answers, tus
from sync_server.deps import DeskDep, EngineDep, PhoneDep, SettingsDep
from sync_server.photos.desk import PhotoDesk
from sync_server.store import uploads
from sync_server.store.database import in_transaction, reading
from sync_server.store.moments import later, now_text
from sync_server.store.uploads import Upload

router = APIRouter(prefix="/photos")
KEPT_DAYS = 14
_PART = 512 * 1024

Version = Depends(tus.check_version)


@router.options("")
def capabilities() -> Response:
    """What of tus is spoken here."""
    return tus.answer(204, more=tus.CAPABILITIES)


@router.post("", dependencies=[Version])
async def create(
    request: Request,
    phone: PhoneDep,
    engine: EngineDep,
    desk: DeskDep,
    settings: SettingsDep,
    upload_length: Annotated[str | None, Header()] = None,
    upload_metadata: Annotated[str, Header()] = "",
) -> Response:
    """Announce a photo: 201 with its Location, or 200 where the bytes are here already.

    An announcement that a power cut undoes costs the phone a new one, so this waits for no disk; the first
    bytes whose offset is promised make it lasting.
    """
    length, sha256, mime, record = tus.promise(upload_length, tus.metadata(upload_metadata))
    row = Upload(
        id=secrets.token_hex(16),
        campaign=phone.campaign,
        device=phone.device,
        sha256=sha256,
        mime=mime,
        record=record,
        length=length,
        created_at=now_text(),
        expires_at=later(days=KEPT_DAYS),
    )

    def work() -> bool:
        with reading(engine) as session:
            if uploads.is_here(session, phone.campaign, sha256) and desk.shelf.photo(sha256):
                return True
        desk.begin(row)
        for forgotten in in_transaction(engine, lambda session: _note(session, row), durable=False):
            desk.drop(forgotten)
        return False

    if await run_in_threadpool(work):
        response = answers.as_json({"sha256": sha256, "status": "here"})
        response.headers["Tus-Resumable"] = tus.VERSION
        return response
    offset = 0
    if request.headers.get("content-type") == tus.CONTENT_TYPE:
        offset = await _receive(request, row, 0, desk, engine)
    origin = settings.origin(str(request.base_url))  # not every client takes a bare path
    return tus.answer(201, row, offset, {"Location": f"{origin}/api/v1/photos/{row.id}"})


@router.head("/{upload}", dependencies=[Version])
def how_far(upload: str, phone: PhoneDep, engine: EngineDep, desk: DeskDep) -> Response:
    """How many bytes of an upload are here; all of them only once they are verified."""
    row = _own(engine, phone, upload)
    offset = desk.offset(upload)
    if offset == row.length:  # cut off between its last byte and the answer
        try:
            _finish(row, desk, engine)
        except Problem as problem:
            if problem.kind is problems.storage_full:
                raise
            offset = None  # dropped, or finished by another request
    if offset is None:
        if not _arrived(row, desk, engine):
            raise problems.upload_unknown()
        offset = row.length
    return tus.answer(200, row, offset, {"Upload-Length": str(row.length)})


@router.patch("/{upload}", dependencies=[Version])
async def go_on(
    upload: str,
    request: Request,
    phone: PhoneDep,
    engine: EngineDep,
    desk: DeskDep,
    upload_offset: Annotated[str | None, Header()] = None,
) -> Response:
    """Take in more bytes; what was received before a cut is kept."""
    if request.headers.get("content-type") != tus.CONTENT_TYPE:
        raise problems.invalid(errors=[{"path": "Content-Type", "reason": "unknown_value"}])
    at = tus.number(upload_offset, "Upload-Offset")
    row = await run_in_threadpool(_own, engine, phone, upload)
    if at == row.length and await run_in_threadpool(_arrived, row, desk, engine):
        return tus.answer(204, row, at)  # the answer to its last bytes was lost
    offset = await _receive(request, row, at, desk, engine)
    return tus.answer(204, row, offset)


@router.delete("/{upload}", dependencies=[Version])
def give_up(upload: str, phone: PhoneDep, engine: EngineDep, desk: DeskDep) -> Response:
    """Forget an upload."""
    row = _own(engine, phone, upload)
    desk.drop(row.id)
    in_transaction(engine, lambda session: uploads.drop(session, row.id))
    return tus.answer(204)


async def _receive(request: Request, row: Upload, at: int, desk: DeskDep, engine: EngineDep) -> int:
    """Write the body as it comes; the new offset. A whole upload is verified and on the shelf on return.

    What is answered for outlives a power cut: the bytes, their name, and the upload or the photo as a row.
    """
    said = request.headers.get("upload-checksum")
    checksum = tus.Checksum(said) if said is not None else None
    offset, waiting = at, bytearray()
    cut = False
    try:
        async for chunk in request.stream():
            waiting += chunk
            if checksum is not None:
                checksum.feed(chunk)
            if len(waiting) >= _PART:
                offset = await run_in_threadpool(desk.write, row, offset, bytes(waiting))
                waiting.clear()
    except ClientDisconnect:
        cut = True
    fits = checksum is None or (checksum.fits and not cut)

    def end() -> int:
        reached = desk.write(row, offset, waiting)
        if not fits:
            desk.take_back(row, at)
            raise problems.upload_checksum_mismatch()
        if reached == row.length:
            _finish(row, desk, engine)
        else:
            desk.settle(row)
            in_transaction(engine, lambda s: uploads.prolong(s, row.id, later(days=KEPT_DAYS)))
        return reached

    return await run_in_threadpool(end)


def _finish(row: Upload, desk: PhotoDesk, engine: Engine) -> None:
    """Verify an upload that is whole and put it on the shelf, for good on return."""
    found = desk.finish(row)
    in_transaction(engine, lambda s: uploads.arrived(s, row, found.mime, found.width, found.height))


def _arrived(row: Upload, desk: PhotoDesk, engine: Engine) -> bool:
    """Whether an upload is over and its photo on the shelf."""
    if desk.offset(row.id) is not None:
        return False
    with reading(engine) as session:
        return uploads.is_here(session, row.campaign, row.sha256)


def _own(engine: EngineDep, phone: Phone, upload: str) -> Upload:
    with reading(engine) as session:
        row = uploads.get(session, phone.campaign, phone.device, upload)
    if row is None:
        raise problems.upload_unknown()
    return row


def _note(session: Session, row: Upload) -> Sequence[str]:
    """Write an upload down and forget some that nobody went on with; the ids of those."""
    forgotten = uploads.forget_expired(session)
    uploads.add(session, row)
    return forgotten
