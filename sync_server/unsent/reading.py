"""Reads a file with what a phone has not sent: checks all of it before anything of it is used."""

from collections.abc import Iterator
from typing import BinaryIO

from shared import problems
from shared.problems import Problem
from shared.sealed import jwe
from shared.sealed.unsent_file import MAX_CONTENTS, MAX_FILE, MAX_LINE, Contents, UnsentHeader, UnsentPhoto
from shared.sync.wire import MAX_PHOTO
from sync_server.http import body
from sync_server.unsent.office_key import Opener


class UnsentReader:
    """An open file that can be read from its beginning again, and what opens its lines, with the key's `kid`.

    Making one reads all of it: raises Problem unsent_file_too_large; unsent_file_foreign where it was sealed
    to another key; unsent_file_damaged where it is no such file, was cut, or was changed. No problem carries
    anything of the content.
    """

    def __init__(self, stream: BinaryIO, kid: str, opened: Opener) -> None:
        self._stream, self._kid, self._opened = stream, kid, opened
        self.id = ""
        self._size()
        lines = self._lines()
        self.contents = _contents(next(lines, b""))
        count = sum(1 for _ in lines)  # a line that does not open raises
        if count != len(self.contents.photos):
            raise problems.unsent_file_damaged()

    def photos(self) -> Iterator[tuple[UnsentPhoto, bytes]]:
        """Each photo with its bytes, one at a time. Whether they are those of its hash is not checked."""
        lines = self._lines()
        next(lines)
        yield from zip(self.contents.photos, lines, strict=True)

    def _size(self) -> None:
        if self._stream.seek(0, 2) > MAX_FILE:
            raise problems.unsent_file_too_large(limit=MAX_FILE)

    def _lines(self) -> Iterator[bytes]:
        """What each line holds; they are the parts of one file, all there and in order."""
        self._stream.seek(0)
        part, parts = 0, 1
        while part < parts:
            sealed = self._line()
            header = jwe.read_header(sealed, UnsentHeader)
            if header is None:
                raise problems.unsent_file_damaged()
            if header.kid != self._kid:
                raise problems.unsent_file_foreign()
            part += 1
            if part == 1:
                self.id, parts = header.file, header.parts
            if (header.file, header.part, header.parts) != (self.id, part, parts):
                raise problems.unsent_file_damaged()
            try:
                content = self._opened(sealed)
            except ValueError:
                raise problems.unsent_file_damaged() from None
            if len(content) > (MAX_CONTENTS if part == 1 else MAX_PHOTO):
                raise problems.unsent_file_damaged()
            yield content
        if self._stream.read(1):
            raise problems.unsent_file_damaged()

    def _line(self) -> str:
        line = self._stream.readline(MAX_LINE + 2)
        if len(line) > MAX_LINE + 1:
            raise problems.unsent_file_damaged()
        return line.removesuffix(b"\n").decode("ascii", "replace")


def _contents(content: bytes) -> Contents:
    try:
        return body.parse(content, Contents)
    except Problem:
        raise problems.unsent_file_damaged() from None
