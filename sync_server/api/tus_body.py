"""The body of one tus request, read in parts and added to its checksum."""

from fastapi import Request
from starlette.requests import ClientDisconnect

from sync_server.api import tus
from sync_server.http.memory import Reservation

PART = 512 * 1024
PART_AT_LEAST = 64 * 1024


class TusBody:
    """What one request brings, counted into `held` until the next is asked for.

    Raises the Problems of `tus.Checksum`.
    """

    def __init__(self, request: Request, held: Reservation) -> None:
        said = request.headers.get("upload-checksum")
        self._checksum = tus.Checksum(said) if said is not None else None
        self._chunks = request.stream()
        self._held = held
        self.ended = False
        self.cut = False

    async def part(self) -> bytes:
        """The next bytes: `PART` or a little more, or all that were left where the body `ended`.

        Fewer while there is no memory for more. It ended before its time where the line was `cut`.
        """
        self._held.shrink(PART_AT_LEAST)
        chunks: list[bytes] = []
        size = 0
        try:
            async for chunk in self._chunks:
                chunks.append(chunk)
                size += len(chunk)
                if self._checksum is not None:
                    self._checksum.feed(chunk)
                if size >= PART or not self._held.fits(len(chunk)):
                    return b"".join(chunks)
        except ClientDisconnect:
            self.cut = True
        self.ended = True
        return b"".join(chunks)

    @property
    def fits(self) -> bool:
        """Whether the bytes match the checksum; always true without one."""
        return self._checksum is None or (self._checksum.fits and not self.cut)
