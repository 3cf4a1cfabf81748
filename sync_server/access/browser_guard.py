"""What every answer tells browsers, and the refusal of requests that other sites make in a person's name."""

from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
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
    """The Content-Security-Policy of pages; images may come from the host of `tiles_url` too."""
    tiles = urlsplit(tiles_url or "")
    images = "'self' data: blob:"
    if tiles.scheme in ("http", "https") and tiles.netloc:
        images += f" {tiles.scheme}://{tiles.netloc.replace('{s}', '*')}"
    own = f"'self' 'nonce-{nonce}'" if nonce else "'self'"
    return (
        f"default-src 'self'; img-src {images}; script-src {own}; style-src {own}; object-src 'none'; "
        "frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
    )


def check_origin(method: str, headers: Headers) -> None:
    """Raise Problem cross_site for a changing request that a browser makes for another site's page."""
    if method in SAFE:
        return
    site = headers.get("sec-fetch-site")
    if site is not None:
        if site not in ("same-origin", "none"):
            raise problems.cross_site()
        return
    origin = headers.get("origin")
    if origin is not None and _host(origin) != headers.get("host"):
        raise problems.cross_site()


def _host(origin: str) -> str:
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return ""


class BrowserGuard:
    """ASGI middleware that adds the headers to every answer that does not say otherwise itself."""

    def __init__(self, app: ASGIApp, tiles_url: str | None = None) -> None:
        self._app = app
        self._headers = {**_HEADERS, "Content-Security-Policy": content_policy(tiles_url)}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
                if scope["path"].startswith("/api/"):
                    headers.setdefault("Anlan-Api", "v1")
            await send(message)

        await self._app(scope, receive, send_guarded)
