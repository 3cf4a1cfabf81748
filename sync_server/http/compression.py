"""How the protocol answers: JSON of ours, marked as ours, gzipped where the other side takes it."""

import zlib
from typing import Any

import orjson
from fastapi import Request, Response

MARK = {"Anlan-Api": "v1"}
_WORTH_PACKING = 1_000
_LEVEL = 5
_GZIP = 31


def as_json(document: Any, status: int = 200) -> Response:
    """A document as an answer of the protocol."""
    return Response(orjson.dumps(document), status, {**MARK, "Cache-Control": "no-store"}, "application/json")


def takes_gzip(request: Request) -> bool:
    """Whether the other side said that it takes gzip."""
    offers = request.headers.get("accept-encoding", "").lower().split(",")
    return any(
        offer.partition(";")[0].strip() == "gzip" and "q=0" not in offer.replace("q=0.", "")
        for offer in offers
    )


def packed(body: bytes, gzip: bool) -> Response:
    """JSON bytes as an answer, gzipped where that is wanted and worth it."""
    headers = {**MARK, "Cache-Control": "no-store", "Vary": "Accept-Encoding"}
    if gzip and len(body) >= _WORTH_PACKING:
        packer = zlib.compressobj(_LEVEL, zlib.DEFLATED, _GZIP)
        body = packer.compress(body) + packer.flush()
        headers["Content-Encoding"] = "gzip"
    return Response(body, 200, headers, "application/json")
