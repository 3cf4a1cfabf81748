"""Answers gzipped where the other side takes it and it is worth the while."""

import gzip

from fastapi import Request, Response

_WORTH_PACKING = 1_000
_QUICK = 5


def takes_gzip(request: Request) -> bool:
    """Whether the browser said that it takes gzip."""
    offers = request.headers.get("accept-encoding", "").lower().split(",")
    return any(offer.strip() in ("gzip", "gzip;q=1.0") for offer in offers)


def packed(
    request: Request, body: bytes, media_type: str, headers: dict[str, str], status: int = 200
) -> Response:
    """A body that is made for this one request, as an answer."""
    headers = {**headers, "Vary": ", ".join(filter(None, (headers.get("Vary"), "Accept-Encoding")))}
    if len(body) >= _WORTH_PACKING and takes_gzip(request):
        body = gzip.compress(body, _QUICK, mtime=0)
        headers["Content-Encoding"] = "gzip"
    return Response(body, status, headers, media_type)
