"""Uploads one photo, resuming where an earlier attempt stopped.

Pieces carry no `Upload-Checksum`: if a piece is cut before its checksum can be compared, the server drops it,
so on a link that is cut every 300 kB half of all bytes would be sent twice. Without one it keeps every byte
that arrived, and compares the SHA-256 of the whole photo at the end anyway.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from mobile_app.device.clock import Clock
from mobile_app.device.photo_files import File, PhotoFiles
from mobile_app.store.queries.photos import WaitingPhoto
from mobile_app.sync.server import Server
from mobile_app.sync.transport import Moving
from shared import problems
from shared.problems import Problem
from shared.sync import plan
from shared.sync.chunk_sizer import ChunkSizer

Reached = Callable[[str | None, int], Awaitable[None]]
"""(path of the upload, bytes the server has): called whenever that is known again."""

_BEGINNINGS = 3


@dataclass(slots=True)
class UploadTuning:
    """What was learnt about the link, from one round to the next."""

    pieces: ChunkSizer = field(default_factory=ChunkSizer)


class Uploader:
    """Sends photos: as one stream where the transport can, otherwise piece by piece, the size
    of a piece as `tuning` says. `may_go()` says whether photos may travel now."""

    def __init__(
        self,
        server: Server,
        photo_files: PhotoFiles,
        clock: Clock,
        tuning: UploadTuning,
        may_go: Callable[[], bool],
    ) -> None:
        self._server = server
        self._photo_files = photo_files
        self._clock = clock
        self._may_go = may_go
        self._tuning = tuning

    async def send(self, photo: WaitingPhoto, reached: Reached, moving: Moving) -> bool:
        """Whether the server has verified the photo's hash; False when photos may not travel any more.

        `moving` hears how many bytes of the photo have left. Problems: those of `Server`; photo_gone when
        neither this phone nor the server has the bytes.
        """
        upload = photo.upload
        for left in reversed(range(_BEGINNINGS)):
            try:
                upload = await self._go_on(upload, photo, reached, moving)
            except Problem as problem:
                if problem.kind is problems.upload_offset_conflict and left:
                    continue  # ask again how far it is
                if not plan.restarts_upload(problem) or not left:
                    raise
                upload = None
                await reached(None, 0)
            else:
                if upload is None:
                    return True
                if not self._may_go():
                    return False
                upload = None  # all bytes are there but nobody said they are right: ask by announcing again
        raise problems.photo_hash_mismatch(sha256=photo.sha256)

    async def _go_on(
        self, upload: str | None, photo: WaitingPhoto, reached: Reached, moving: Moving
    ) -> str | None:
        """None when verified; the upload's path when nobody has said so and there is nothing to send now."""
        if upload is None:
            upload, offset = await self._server.begin_upload(photo), 0
            if upload is None:
                return None
        else:
            offset = await self._server.upload_offset(upload)
        await reached(upload, offset)
        file = await self._open(photo)
        while offset < file.size and self._may_go():
            offset, said = await self._send(upload, offset, file, moving)
            await reached(upload, offset)
            if said and offset >= file.size:
                return None
        return upload

    async def _send(self, upload: str, offset: int, file: File, moving: Moving) -> tuple[int, bool]:
        """(how far the server is, whether it said so to the bytes themselves and not only when asked after a
        cut). A cut that let nothing through is a Problem."""
        streams = self._server.streams
        pieces, left = self._tuning.pieces, file.size - offset
        size = left if streams else min(pieces.size, left)
        began = self._clock.steady()
        try:
            reached = await self._server.send_piece(
                upload, offset, file.part(offset, size), lambda gone: moving(offset + gone)
            )
        except Problem as problem:
            if not plan.needs_offset(problem):
                raise
            there = await self._server.upload_offset(upload)
            if there <= offset:
                self._tuning.pieces = pieces.lost()
                raise
            self._tuning.pieces = pieces.cut(there - offset)
            return there, False
        self._tuning.pieces = pieces.arrived(size, self._clock.steady() - began)
        return reached, True

    async def _open(self, photo: WaitingPhoto) -> File:
        try:
            return await self._photo_files.open(photo.sha256)
        except Problem as problem:
            if problem.kind is problems.photo_not_here:
                raise problems.photo_gone(sha256=photo.sha256) from None
            raise
