"""tus 1.0: parsing request headers, making answers."""

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping
from datetime import datetime
from email.utils import format_datetime

from fastapi import Response

from shared import problems
from shared.problems import Problem
from shared.sync import wire
from sync_server.http.compression import MARK
from sync_server.photos.uploads import Upload

VERSION = "1.0.0"
CONTENT_TYPE = "application/offset+octet-stream"
CHECKSUMS = ("sha1", "sha256", "md5")
CAPABILITIES = {
    "Tus-Version": VERSION,
    "Tus-Extension": "creation,creation-with-upload,checksum,expiration,termination",
    "Tus-Max-Size": str(wire.MAX_PHOTO),
    "Tus-Checksum-Algorithm": ",".join(CHECKSUMS),
}
_HEADERS = {"Tus-Resumable": VERSION, "Cache-Control": "no-store", **MARK}
_SHA256 = re.compile(r"[0-9a-f]{64}")
_RECORD = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_NUMBER = re.compile(r"[0-9]{1,15}")


def check_version(said: str) -> None:
    """Raise Problem tus_version_unsupported for another version than 1.0.0."""
    if said != VERSION:
        raise problems.tus_version_unsupported(supported=VERSION)


def number(text: str | None, name: str) -> int:
    """The value of a header that counts bytes. Raises Problem invalid."""
    if text is None or not _NUMBER.fullmatch(text):
        raise _bad(name, "missing" if text is None else "not_a_number")
    return int(text)


def metadata(text: str) -> dict[str, str]:
    """`Upload-Metadata`: names with their values. Raises Problem invalid."""
    values: dict[str, str] = {}
    for pair in filter(None, (pair.strip() for pair in text[:4_000].split(","))):
        name, _, packed = pair.partition(" ")
        try:
            values[name] = base64.b64decode(packed.strip(), validate=True).decode()
        except ValueError:  # binascii.Error and UnicodeDecodeError are such
            raise _bad(f"Upload-Metadata.{name[:40]}", "not_base64") from None
    return values


def parse_creation(length: str | None, values: dict[str, str]) -> tuple[int, str, str, str | None]:
    """(length, sha256, mime, record) of an announced photo. Raises invalid and photo_too_large."""
    size = number(length, "Upload-Length")
    if size > wire.MAX_PHOTO:
        raise problems.photo_too_large(limit=wire.MAX_PHOTO)
    if size == 0:
        raise _bad("Upload-Length", "empty")
    sha256, mime, record = values.get("sha256", ""), values.get("mime", ""), values.get("record")
    if not _SHA256.fullmatch(sha256):
        raise _bad("Upload-Metadata.sha256", "not_a_sha256")
    if mime not in wire.PHOTO_TYPES:
        raise _bad("Upload-Metadata.mime", "unknown_value")
    if record is not None and not _RECORD.fullmatch(record):
        raise _bad("Upload-Metadata.record", "not_an_id")
    return size, sha256, mime, record


class Checksum:
    """`Upload-Checksum` of one request, fed as bytes arrive. Raises Problem upload_checksum_unsupported."""

    def __init__(self, header: str) -> None:
        algorithm, _, packed = header.partition(" ")
        if algorithm not in CHECKSUMS:
            raise problems.upload_checksum_unsupported(supported=list(CHECKSUMS))
        try:
            self._wanted = base64.b64decode(packed.strip(), validate=True)
        except ValueError:
            raise _bad("Upload-Checksum", "not_base64") from None
        self._sum = hashlib.new(algorithm, usedforsecurity=False)

    def feed(self, part: bytes) -> None:
        """Add bytes."""
        self._sum.update(part)

    @property
    def fits(self) -> bool:
        return hmac.compare_digest(self._sum.digest(), self._wanted)


def answer(
    status: int,
    upload: Upload | None = None,
    offset: int | None = None,
    more: Mapping[str, str] | None = None,
) -> Response:
    """An answer without a body, with the offset and expiry of an upload."""
    headers = {**_HEADERS, **(more or {})}
    if offset is not None:
        headers["Upload-Offset"] = str(offset)
    if upload is not None:
        headers["Upload-Expires"] = format_datetime(datetime.fromisoformat(upload.expires_at), usegmt=True)
    return Response(status_code=status, headers=headers)


def _bad(path: str, reason: str) -> Problem:
    return problems.invalid(errors=[{"path": path, "reason": reason}])
