"""The process that decodes pictures: its memory is limited, and it may write no files.

A request on standard input: the command, the side in pixels, the number of bytes, the bytes. An answer on
standard output: the code of a problem ("" for none), the number of bytes, and the bytes: JSON, a JPEG or
the bits of a dHash.
"""

import io
import json
import os
import resource
import signal
import struct
import warnings
from typing import BinaryIO

from shared.problems import Problem
from sync_server.photos import renditions

ASKED = struct.Struct(">cIQ")
ANSWERED = struct.Struct(">32sQ")
INSPECT, SMALL, DHASH = b"L", b"S", b"D"
MOST_BYTES = 320 * 2**20
"""The memory limit of the process, itself included: what the largest accepted picture needs."""


def main() -> None:
    """Answer requests until standard input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the server ends it
    warnings.simplefilter("ignore")
    os.nice(10)  # phones come first
    for kind, most in (
        (resource.RLIMIT_DATA, MOST_BYTES),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (most, most))
    with os.fdopen(0, "rb") as asked, os.fdopen(1, "wb") as answered:
        while len(head := asked.read(ASKED.size)) == ASKED.size:
            what, side, length = ASKED.unpack(head)
            code, answer = _answer(what, side, io.BytesIO(asked.read(length)))
            answered.write(ANSWERED.pack(code.encode(), len(answer)) + answer)
            answered.flush()


def _answer(what: bytes, side: int, picture: BinaryIO) -> tuple[str, bytes]:
    try:
        if what == SMALL:
            return "", renditions.make_small(picture, side)
        if what == DHASH:
            return "", renditions.dhash(picture)
        found = renditions.inspect(picture)
        return "", json.dumps([found.mime, found.width, found.height]).encode()
    except Problem as problem:
        return problem.code, json.dumps(problem.details).encode()


if __name__ == "__main__":
    main()
