"""Walking through a JPEG from segment to segment: whether it is whole, without unpacking its pixels."""

import os
import re
from typing import BinaryIO

MOST_SCANS = 64
"""Scans of one picture; a picture of many times more would cost minutes to unpack."""
_START, _END, _SCAN = 0xD8, 0xD9, 0xDA
_BARE = {0x01, *range(0xD0, 0xD8)}
# Within a scan: neither a stuffed 0xFF, nor a restart, nor filling before another marker.
_NEXT = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
_PART = 2**16


def is_whole(stream: BinaryIO) -> bool:
    """Whether the stream begins with a JPEG that has its scans and its end; what follows is not looked at."""
    scans = 0
    if stream.read(2) != bytes((0xFF, _START)):
        return False
    while (kind := _marker(stream)) != _END:
        if kind in _BARE:
            continue
        length = int.from_bytes(stream.read(2), "big")
        if kind in (None, _START) or length < 2:
            return False
        stream.seek(length - 2, os.SEEK_CUR)
        if kind == _SCAN:
            scans += 1
            if scans > MOST_SCANS or not _skip_scan(stream):
                return False
    return scans > 0


def _marker(stream: BinaryIO) -> int | None:
    """The kind of the next marker, None where there is none."""
    if stream.read(1) != b"\xff":
        return None
    while (kind := stream.read(1)) == b"\xff":
        pass
    return kind[0] if kind else None


def _skip_scan(stream: BinaryIO) -> bool:
    """Go to the marker behind a scan's data; whether there is one."""
    while part := stream.read(_PART):
        found = _NEXT.search(part)
        if found:
            stream.seek(found.start() - len(part), os.SEEK_CUR)
            return True
        if len(part) > 1 and part.endswith(b"\xff"):
            stream.seek(-1, os.SEEK_CUR)
    return False
