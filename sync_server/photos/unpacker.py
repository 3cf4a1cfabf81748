"""Talks to the process that decodes pictures; starts it on first use, and again after it died."""

import json
import subprocess
import sys
import threading
import weakref
from typing import BinaryIO

from shared import problems
from shared.problems import Problem
from sync_server.photos import jpeg, unpacking
from sync_server.photos.picture import Picture

SECONDS = 20.0
"""The time limit for one picture."""
MOST_INSPECTIONS = 2
"""PNGs and WebPs being inspected or waiting for it; more would block the threads of other photos."""
_KINDS = {kind.code: kind for kind in (problems.photo_not_an_image, problems.photo_too_many_pixels)}


class Unpacker:
    """Inspects pictures and makes smaller copies, one at a time. All methods block."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._inspections = threading.BoundedSemaphore(MOST_INSPECTIONS)
        self._process: subprocess.Popen[bytes] | None = None

    def inspect(self, stream: BinaryIO) -> Picture:
        """Inspect the picture in a stream, up to its end; a JPEG is not decoded for that.

        Raises Problem photo_not_an_image, photo_too_many_pixels, and overloaded.
        """
        start = stream.read(len(jpeg.START))
        stream.seek(0)
        if start == jpeg.START:
            return jpeg.inspect(stream)
        if not self._inspections.acquire(blocking=False):
            raise problems.overloaded(retry_after_s=5)
        try:
            mime, width, height = json.loads(self._ask(unpacking.INSPECT, 0, stream))
        finally:
            self._inspections.release()
        return Picture(mime, width, height)

    def small(self, stream: BinaryIO, side: int) -> bytes:
        """A JPEG of at most `side` pixels, upright and without EXIF. Raises Problem photo_not_an_image."""
        return self._ask(unpacking.SMALL, side, stream)

    def dhash(self, stream: BinaryIO) -> bytes:
        """The 64 bits of `renditions.dhash`. Raises Problem photo_not_an_image."""
        return self._ask(unpacking.DHASH, 0, stream)

    def _ask(self, what: bytes, side: int, stream: BinaryIO) -> bytes:
        picture = stream.read()
        with self._lock:
            process = self._running()
            watch = threading.Timer(SECONDS, process.kill)
            watch.start()
            try:
                code, answer = _exchange(process, unpacking.ASKED.pack(what, side, len(picture)), picture)
            except (OSError, EOFError):  # too slow, or the picture broke it
                _end(process)
                raise problems.photo_not_an_image() from None
            finally:
                watch.cancel()
        if code:
            raise Problem(_KINDS[code], json.loads(answer))
        return answer

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self._process = subprocess.Popen(  # noqa: S603 (our own program)
                [sys.executable, "-m", unpacking.__name__],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
            weakref.finalize(self, _end, self._process)
        return self._process


def _exchange(process: subprocess.Popen[bytes], head: bytes, picture: bytes) -> tuple[str, bytes]:
    if process.stdin is None or process.stdout is None:
        raise EOFError
    process.stdin.write(head)
    process.stdin.write(picture)
    process.stdin.flush()
    header = process.stdout.read(unpacking.ANSWERED.size)
    if len(header) < unpacking.ANSWERED.size:
        raise EOFError
    code, length = unpacking.ANSWERED.unpack(header)
    answer = process.stdout.read(length)
    if len(answer) < length:
        raise EOFError
    return code.rstrip(b"\0").decode(), answer


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            try:
                pipe.close()
            except OSError:  # unsent bytes, which nobody needs
                continue
