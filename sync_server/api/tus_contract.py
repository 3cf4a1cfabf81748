"""The declarations of the upload routes for the contract."""

from typing import Any

from shared import problems
from shared.sync import wire
from sync_server.api import tus
from sync_server.http.declarations import CHANGING, PHONE, PHONES, answers

_BYTES = {tus.CONTENT_TYPE: {"schema": {"type": "string", "format": "binary"}}}
_SHA256 = r"^[0-9a-f]{64}$"


def _header(name: str, description: str, required: bool = False, **schema: Any) -> dict[str, Any]:
    kind = {"type": "string", **schema}
    return {"name": name, "in": "header", "required": required, "description": description, "schema": kind}


def _answer(*names: str) -> dict[str, Any]:
    """An answer without a body, whose headers give the offset and expiry of an upload."""
    return {"headers": {name: {"schema": {"type": "string"}} for name in ("Tus-Resumable", *names)}}


_VERSION = _header("Tus-Resumable", "The version of tus.", required=True, enum=[tus.VERSION])
_CHECKSUM = _header(
    "Upload-Checksum", f"`{'|'.join(tus.CHECKSUMS)}` and the Base64 of the sum of this request's bytes."
)
_UPLOAD = {
    "name": "upload",
    "in": "path",
    "required": True,
    "description": "The last part of the Location.",
    "schema": {"type": "string"},
}
_TAKING_BYTES = (
    *(problems.bad_encoding, problems.upload_checksum_unsupported, problems.upload_checksum_mismatch),
    *(problems.photo_hash_mismatch, problems.photo_not_an_image, problems.photo_type_mismatch),
    *(problems.photo_too_large, problems.photo_too_many_pixels, problems.upload_offset_conflict),
)
_EVERY = (problems.tus_version_unsupported, problems.photos_unavailable, *PHONES)

CAPABILITIES = answers(204, _answer(*tus.CAPABILITIES))
HEAD = answers(
    200, _answer("Upload-Offset", "Upload-Length", "Upload-Expires"), problems.upload_unknown, *_EVERY
)
DELETE = answers(204, _answer(), problems.upload_unknown, *CHANGING, *_EVERY)

CREATE: dict[str, Any] = {
    "summary": "Create",
    "description": "Announce a photo, with its bytes or without; `Location` says where its bytes belong.",
    "security": PHONE,
    "parameters": [
        _VERSION,
        _header(
            "Upload-Length", f"Bytes of the photo, 1 to {wire.MAX_PHOTO}.", True, pattern="^[0-9]{1,15}$"
        ),
        _header(
            "Upload-Metadata", "`sha256`, `mime` and perhaps `record`, each with its value in Base64.", True
        ),
        _CHECKSUM,
    ],
    "requestBody": {"required": False, "content": _BYTES},
    "responses": answers(
        *(201, _answer("Location", "Upload-Offset", "Upload-Expires"), problems.upload_unknown),
        *(problems.photos_unnamed, *_TAKING_BYTES, *CHANGING, *_EVERY),
    ),
}
APPEND: dict[str, Any] = {
    "summary": "Append",
    "description": "Add bytes at `Upload-Offset`; what was received before a cut is kept.",
    "security": PHONE,
    "parameters": [
        _UPLOAD,
        _VERSION,
        _header("Upload-Offset", "Where these bytes begin.", True, pattern="^[0-9]{1,15}$"),
        _CHECKSUM,
    ],
    "requestBody": {"required": True, "content": _BYTES},
    "responses": answers(
        *(204, _answer("Upload-Offset", "Upload-Expires"), problems.upload_unknown),
        *(*_TAKING_BYTES, *CHANGING, *_EVERY),
    ),
}
