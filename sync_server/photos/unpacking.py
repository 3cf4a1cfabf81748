"""The process that unpacks pictures: its memory is limited, and it may write no files.

It is asked over its standard input: what to do, the side in pixels, how many bytes follow. It answers on its
standard output: the code of a problem ("" for none), how many bytes of JSON or JPEG follow, those.
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
LOOK, SMALL = b"L", b"S"
MOST_BYTES = 320 * 2**20
"""What it may have in memory, itself included: what the largest picture that is taken needs."""


def main() -> None:
    """Answer until nobody asks any more."""
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
        found = renditions.look(picture)
        return "", json.dumps([found.mime, found.width, found.height]).encode()
    except Problem as problem:
        return problem.code, json.dumps(problem.details).encode()


if __name__ == "__main__":
    main()
