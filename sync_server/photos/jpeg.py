"""Walks through a JPEG segment by segment to find whether it is whole and how large, without decoding it."""

import os
import re
from typing import BinaryIO

from shared import problems
from shared.sync.wire import MAX_PHOTO_PIXELS
from sync_server.photos.picture import Picture

START = b"\xff\xd8"
MOST_SCANS = 64
"""Scans of one picture; one with many more would take minutes to decode."""
MOST_SEGMENTS = 4000
"""Segments of one picture: finding one takes as long as 60 kB within a scan."""
MOST_FILLING = 4096
"""Padding bytes before its markers."""
_END, _SCAN = 0xD9, 0xDA
_BARE = {0x01, *range(0xD0, 0xD8)}
_FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}
# Within a scan: neither a stuffed 0xFF, nor a restart, nor filling before another marker.
_NEXT = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
_PART = 2**16


def inspect(stream: BinaryIO) -> Picture:
    """Inspect the JPEG that the stream begins with, up to its end marker.

    It is not decoded: its hash shows that it is what the phone made, and decoding would cost as much as
    everything else. Bytes after the end are ignored. Raises Problem photo_not_an_image,
    photo_too_many_pixels.
    """
    size = _Walk(stream).size()
    if size is None:
        raise problems.photo_not_an_image()
    width, height = size
    if width * height > MAX_PHOTO_PIXELS:
        raise problems.photo_too_many_pixels(width=width, height=height, limit=MAX_PHOTO_PIXELS)
    return Picture("image/jpeg", width, height)


class _Walk:
    """One walk from the start of a stream to the end of its JPEG."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._filling = MOST_FILLING

    def size(self) -> tuple[int, int] | None:
        """Width and height of a complete JPEG, None for anything else."""
        stream, found, scans = self._stream, None, 0
        if stream.read(2) != START:
            return None
        for _ in range(MOST_SEGMENTS):
            kind = self._marker()
            if kind == _END:
                return found if scans else None
            if kind in _BARE:
                continue
            length = int.from_bytes(stream.read(2), "big")
            if kind in (None, START[1]) or length < 2:
                return None
            start = stream.read(min(length - 2, 6))
            stream.seek(length - 2 - len(start), os.SEEK_CUR)
            if kind in _FRAMES and found is None:
                found = _sides(start)
            if kind == _SCAN:
                scans += 1
                if found is None or scans > MOST_SCANS or not self._skip_scan():
                    return None
        return None

    def _marker(self) -> int | None:
        """The type of the next marker, None where there is none."""
        if self._stream.read(1) != b"\xff":
            return None
        while (kind := self._stream.read(1)) == b"\xff":
            self._filling -= 1
            if self._filling < 0:
                return None
        return kind[0] if kind else None

    def _skip_scan(self) -> bool:
        """Go to the marker after a scan's data; whether there is one."""
        stream = self._stream
        while part := stream.read(_PART):
            found = _NEXT.search(part)
            if found:
                stream.seek(found.start() - len(part), os.SEEK_CUR)
                return True
            if len(part) > 1 and part.endswith(b"\xff"):
                stream.seek(-1, os.SEEK_CUR)
        return False


def _sides(frame: bytes) -> tuple[int, int] | None:
    """Width and height in the header of a frame that Pillow can decode."""
    if len(frame) < 6 or frame[0] != 8 or frame[5] not in (1, 3, 4):
        return None
    height, width = int.from_bytes(frame[1:3], "big"), int.from_bytes(frame[3:5], "big")
    return (width, height) if width and height else None
