"""`/api/v1/photos`: photo bytes by tus 1.0, kept as they arrive and verified at the end.

What is acknowledged survives a power cut: the bytes, their name, and the row of the upload or photo.
"""

from dataclasses import replace
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Request, Response
from starlette.requests import ClientDisconnect

from shared import problems
from shared.problems import Problem
from sync_server.api import tus, tus_contract
from sync_server.api.photo_intake import PhotoIntake
from sync_server.api.tus_body import PART_AT_LEAST, TusBody
from sync_server.deps import LanesDep, PhoneDep, SettingsDep
from sync_server.http.browser_guard import check_origin
from sync_server.http.declarations import PHONE
from sync_server.http.lanes import Lane, Lanes
from sync_server.http.memory import Memory
from sync_server.photos.uploads import Upload, announced

router = APIRouter(prefix="/photos")


async def _version(tus_resumable: Annotated[str, Header()] = "") -> None:
    tus.check_version(tus_resumable)


Version = Depends(_version)


def _intake(request: Request) -> PhotoIntake:
    intake: PhotoIntake = request.app.state.photo_intake
    return intake


async def _intake_at_once(request: Request) -> PhotoIntake:
    return _intake(request)


IntakeDep = Annotated[PhotoIntake, Depends(_intake_at_once)]


@router.options("", status_code=204, responses=tus_contract.CAPABILITIES)
def capabilities() -> Response:
    """The tus version and extensions of this server."""
    return tus.answer(204, more=tus.CAPABILITIES)


async def create(request: Request) -> Response:
    """Announce a photo, with or without bytes: 201 and its Location: the photo's if it need not be sent."""
    headers = request.headers
    authorization = await _let_in(request)
    said = tus.metadata(headers.get("upload-metadata", ""))
    promised = tus.parse_creation(headers.get("upload-length"), said)
    if headers.get("content-type") == tus.CONTENT_TYPE:
        with _memory(request).uploads.reserved(authorization, PART_AT_LEAST) as held:
            return await _create(request, authorization, promised, TusBody(request, held))
    return await _create(request, authorization, promised, None)


async def _create(
    request: Request, authorization: str, promised: tuple[int, str, str, str | None], body: TusBody | None
) -> Response:
    intake = _intake(request)
    first = await body.part() if body else b""
    if body and body.cut:
        raise ClientDisconnect

    def begin() -> tuple[Upload, int]:
        phone = intake.phone(authorization)
        row = announced(phone.campaign, phone.device, *promised)
        if intake.need_not_be_sent(phone, row):
            return replace(row, id=row.sha256), row.length
        if body and body.ended and len(first) == row.length:
            return row, _store_whole(body, first, row, intake)
        intake.announce(row)
        return row, 0

    lane = _lane(request)
    row, offset = await lane.run(begin)
    if body and offset < row.length:
        offset = await _receive_new(lane, body, first, row, intake)
    settings: SettingsDep = request.app.state.settings
    origin = settings.origin(str(request.base_url))  # not every client takes a bare path
    return tus.answer(201, row, offset, {"Location": f"{origin}/api/v1/photos/{row.id}"})


@router.head(
    "/{upload}",
    dependencies=[Version],
    openapi_extra={"security": PHONE},
    responses=tus_contract.HEAD,
)
async def head(upload: str, phone: PhoneDep, intake: IntakeDep, lanes: LanesDep) -> Response:
    """How many bytes of an upload have arrived; the whole length only once it is verified."""

    def find() -> Response:
        row = intake.own(phone, upload)
        return tus.answer(200, row, intake.offset(row), {"Upload-Length": str(row.length)})

    return await lanes.photos.run(find)


async def append(request: Request) -> Response:
    """Receive more bytes; those received before a cut are kept."""
    headers = request.headers
    authorization = await _let_in(request)
    if headers.get("content-type") != tus.CONTENT_TYPE:
        raise problems.invalid(errors=[{"path": "Content-Type", "reason": "unknown_value"}])
    at = tus.number(headers.get("upload-offset"), "Upload-Offset")
    with _memory(request).uploads.reserved(authorization, PART_AT_LEAST) as held:
        return await _append(request, authorization, at, TusBody(request, held))


async def _append(request: Request, authorization: str, at: int, body: TusBody) -> Response:
    intake, lane = _intake(request), _lane(request)
    first = await body.part()

    def find() -> tuple[Upload, bool]:
        row = intake.own(intake.phone(authorization), request.path_params["upload"])
        if at == row.length and intake.has_arrived(row):
            return row, True  # the answer to its last bytes was lost
        if at == 0 and body.ended and not body.cut and len(first) == row.length and row.id != row.sha256:
            if not body.fits:
                raise problems.upload_checksum_mismatch()
            intake.finish_at_once(row, first)
            return row, True
        return row, False

    row, is_over = await lane.run(find)
    offset = row.length if is_over else await _receive(lane, body, first, row, at, intake)
    return tus.answer(204, row, offset)


@router.delete(
    "/{upload}",
    status_code=204,
    dependencies=[Version],
    openapi_extra={"security": PHONE},
    responses=tus_contract.DELETE,
)
async def delete(upload: str, phone: PhoneDep, intake: IntakeDep, lanes: LanesDep) -> Response:
    """Delete an upload."""
    await lanes.photos.run(lambda: intake.forget(intake.own(phone, upload)))
    return tus.answer(204)


PLAIN_ROUTES = (
    ("/photos", "POST", create, tus_contract.CREATE),
    ("/photos/{upload}", "PATCH", append, tus_contract.APPEND),
)
"""Asked with every photo of every phone, so they read their requests themselves, and are to be asked before
all others: what FastAPI does for a route of its own was a third of the event loop's work for a photo, and
finding it among the others a tenth. Each with what it says of itself for the contract."""


async def _let_in(request: Request) -> str:
    """The `Authorization` of a request; the phone is looked up later, in the same job as the work itself.

    Only an unknown one is looked up here as well, so that a stranger's body is never read.
    """
    settings: SettingsDep = request.app.state.settings
    check_origin(request.method, request.headers, settings.public_url)
    tus.check_version(request.headers.get("tus-resumable", ""))
    authorization, intake = request.headers.get("authorization", ""), _intake(request)
    if not intake.knows_sender(authorization):
        await _lane(request).run(lambda: intake.phone(authorization))
    return authorization


def _lane(request: Request) -> Lane:
    lanes: Lanes = request.app.state.lanes
    return lanes.photos


def _memory(request: Request) -> Memory:
    memory: Memory = request.app.state.memory
    return memory


def _store_whole(body: TusBody, data: bytes, row: Upload, intake: PhotoIntake) -> int:
    """Store a photo that came complete; its length."""
    if not body.fits:
        raise problems.upload_checksum_mismatch()
    intake.store_whole(row, data)
    return row.length


async def _receive_new(lane: Lane, body: TusBody, first: bytes, row: Upload, intake: PhotoIntake) -> int:
    """Receive the bytes that came with an announcement; the new offset.

    An upload that fails or is cut is dropped: nobody was told its Location, so nobody could resume it.
    """
    try:
        offset = await _receive(lane, body, first, row, 0, intake)
    except Problem:
        await lane.run(partial(intake.forget, row))
        raise
    if body.cut:
        await lane.run(partial(intake.forget, row))
    return offset


async def _receive(lane: Lane, body: TusBody, first: bytes, row: Upload, at: int, intake: PhotoIntake) -> int:
    """Write bytes as they arrive, `first` the first of them, at offset `at`; the new offset."""
    offset, part = at, first
    while not body.ended:
        offset = await lane.run(partial(intake.append, row, offset, part))
        part = await body.part()

    def end() -> int:
        reached = intake.append(row, offset, part)
        if not body.fits:
            intake.truncate(row, at)
            raise problems.upload_checksum_mismatch()
        intake.settle(row, reached)
        return reached

    return await lane.run(end)
