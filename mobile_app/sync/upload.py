"""Brings one photo to the server, going on where any earlier try stopped."""

from collections.abc import Awaitable, Callable

from mobile_app.device.clock import Clock
from mobile_app.store.photos import WaitingPhoto
from mobile_app.sync.server import Server
from shared import problems, sync_plan
from shared.problems import Problem

Reached = Callable[[str | None, int], Awaitable[None]]
"""(path of the upload, bytes the server has): called whenever that is known anew."""

_BEGINNINGS = 3


class Uploader:
    """Sends photos piece by piece; the size of a piece follows the speed of the way."""

    def __init__(self, server: Server, clock: Clock) -> None:
        self._server = server
        self._clock = clock
        self._piece = sync_plan.FIRST_PIECE

    async def send(self, photo: WaitingPhoto, data: bytes, reached: Reached) -> None:
        """Return when the server has verified the photo's hash. Problems: those of `Server`."""
        upload = photo.upload
        for left in reversed(range(_BEGINNINGS)):
            try:
                upload = await self._go_on(upload, photo, data, reached)
            except Problem as problem:
                if not sync_plan.begins_anew(problem) or not left:
                    raise
                upload = None
                await reached(None, 0)
            else:
                if upload is None:
                    return
                upload = None  # all bytes are there but nobody said they are right: ask by announcing again
        raise problems.photo_hash_mismatch(sha256=photo.sha256)

    async def _go_on(
        self, upload: str | None, photo: WaitingPhoto, data: bytes, reached: Reached
    ) -> str | None:
        """None when verified; the upload's path when it was full before this try sent anything."""
        if upload is None:
            upload, offset = await self._server.begin_upload(photo), 0
            if upload is None:
                return None
        else:
            offset = await self._server.upload_offset(upload)
        await reached(upload, offset)
        if offset >= len(data):
            return upload
        while offset < len(data):
            offset = await self._send_piece(upload, offset, data)
            await reached(upload, offset)
        return None

    async def _send_piece(self, upload: str, offset: int, data: bytes) -> int:
        piece, began = data[offset : offset + self._piece], self._clock.steady()
        try:
            reached = await self._server.send_piece(upload, offset, piece)
        except Problem as problem:
            if problem.kind is problems.server_unreachable:
                self._piece = sync_plan.next_piece(self._piece, None)
            raise
        if len(piece) == self._piece:
            self._piece = sync_plan.next_piece(self._piece, self._clock.steady() - began)
        return reached
