"""Builds answers: compressed where the client accepts it and it is worth it; the API's marked as ours."""

import zlib
from typing import Any

import orjson
from fastapi import Request, Response

MARK = {"Anlan-Api": "v1"}
_WORTH_COMPRESSING = 1_000
_LEVEL = 5
_GZIP = 31


def accepts(request: Request, coding: str) -> bool:
    """Whether the client accepts a content coding such as "gzip" or "br" (RFC 9110, 12.5.3).

    A coding that is not named counts as `*`; without the header only uncompressed answers are sent.
    """
    weights: dict[str, float] = {}
    for offer in request.headers.get("accept-encoding", "").lower().split(","):
        name, _, parameters = offer.partition(";")
        weights[name.strip()] = _weight(parameters)
    return weights.get(coding, weights.get("*", 0.0)) > 0


def json_answer(document: Any, status: int = 200) -> Response:
    """A document as an answer of the API."""
    return Response(orjson.dumps(document), status, {**MARK, "Cache-Control": "no-store"}, "application/json")


def api_answer(body: bytes, *, gzip: bool) -> Response:
    """JSON bytes as an answer of the API, compressed if `gzip` is accepted and worth it."""
    return _answer(body, "application/json", {**MARK, "Cache-Control": "no-store"}, 200, gzip)


def page_answer(
    request: Request, body: bytes, media_type: str, headers: dict[str, str], status: int = 200
) -> Response:
    """A body made for one request of a browser, as an answer."""
    return _answer(body, media_type, headers, status, accepts(request, "gzip"))


def gzipped(body: bytes, level: int = _LEVEL) -> bytes:
    """The compressed bytes; the same input gives the same output."""
    compressor = zlib.compressobj(level, zlib.DEFLATED, _GZIP)
    return compressor.compress(body) + compressor.flush()


def _answer(body: bytes, media_type: str, headers: dict[str, str], status: int, gzip: bool) -> Response:
    varies = ", ".join(filter(None, (headers.get("Vary"), "Accept-Encoding")))
    headers = {**headers, "Vary": varies}
    if gzip and len(body) >= _WORTH_COMPRESSING:
        body = gzipped(body)
        headers["Content-Encoding"] = "gzip"
    return Response(body, status, headers, media_type)


def _weight(parameters: str) -> float:
    """The weight of a coding; 1 if none is given, 0 if it is not a number."""
    for parameter in parameters.split(";"):
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            try:
                return float(value)
            except ValueError:
                return 0.0
    return 1.0
