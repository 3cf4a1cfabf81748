"""Security headers on every answer, and the refusal of cross-site requests."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared import problems

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), geolocation=(self), microphone=(), payment=(), usb=()",
}


def content_policy(tiles_url: str | None = None, nonce: str | None = None) -> str:
    """The Content-Security-Policy of pages; images may also come from the host of `tiles_url`."""
    images = " ".join(filter(None, ("'self' data: blob:", tiles_source(tiles_url))))
    own = f"'self' 'nonce-{nonce}'" if nonce else "'self'"
    return (
        f"default-src 'self'; img-src {images}; script-src {own}; style-src {own}; object-src 'none'; "
        "frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
    )


def tiles_source(tiles_url: str | None) -> str:
    """The host of `tiles_url` as a policy names it; "" where the tiles are this server's own, or none."""
    tiles = urlsplit(tiles_url or "")
    if tiles.scheme not in ("http", "https") or not tiles.netloc:
        return ""
    return f"{tiles.scheme}://{tiles.netloc.replace('{s}', '*')}"


def check_origin(method: str, headers: Headers, public_url: str | None = None) -> None:
    """Raise Problem cross_site for a changing request that a browser makes for another site's page.

    `public_url`: the server's own address, because a proxy may change the `Host` of a request.
    """
    if method in SAFE:
        return
    site = headers.get("sec-fetch-site")
    if site is not None:
        if site not in ("same-origin", "none"):
            raise problems.cross_site()
        return
    origin = headers.get("origin")
    if origin is not None and _host(origin) not in (headers.get("host"), _host(public_url or "") or None):
        raise problems.cross_site()


def _raw(headers: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    return [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]


def _host(address: str) -> str:
    """The host of a URL as `Host` and `Origin` give it: without the scheme's default port; "" for none."""
    try:
        parts = urlsplit(address)
        port = {"http": ":80", "https": ":443"}.get(parts.scheme, "-")
    except ValueError:
        return ""
    return parts.netloc.lower().removesuffix(port)


class BrowserGuard:
    """ASGI middleware that adds the headers to every answer that does not set them itself."""

    def __init__(self, app: ASGIApp, tiles_url: str | None = None) -> None:
        self._app = app
        everywhere = {**_HEADERS, "Content-Security-Policy": content_policy(tiles_url)}
        self._headers = _raw(everywhere)
        self._api_headers = _raw({**everywhere, "Anlan-Api": "v1"})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        wanted = self._api_headers if scope["path"].startswith("/api/") else self._headers

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                said = {name.lower() for name, _ in message["headers"]}
                message["headers"] = [*message["headers"], *(one for one in wanted if one[0] not in said)]
            await send(message)

        await self._app(scope, receive, send_guarded)
