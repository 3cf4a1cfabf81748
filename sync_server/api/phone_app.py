"""`/app/`: the phone app as it was built, with validators, precompressed copies and its own strict policy."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from shared import problems
from shared.sync.wire import CODE_ALPHABET
from sync_server.http.compression import accepts
from sync_server.http.no_range_file import NoRangeFile

router = APIRouter()

DESCRIPTION = "anlan-web.json"
PAGE = "index.html"
_TYPES = {
    ".bin": "application/octet-stream",
    ".css": "text/css; charset=utf-8",
    ".gz": "application/gzip",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".mjs": "text/javascript; charset=utf-8",
    ".otf": "font/otf",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".ttf": "font/ttf",
    ".wasm": "application/wasm",
    ".webp": "image/webp",
    ".woff": "font/woff",
    ".woff2": "font/woff2",
    ".zip": "application/zip",
}
_PACKED = (("br", ".br"), ("gzip", ".gz"))


@dataclass(frozen=True, slots=True)
class _Known:
    """What was learnt of a file, and of which state of it."""

    changed_ns: int
    size: int
    digest: str


class PhoneApp:
    """The folder of the built app; it may be rebuilt while the server runs."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder.resolve()
        self._known: dict[Path, _Known] = {}
        self._policy: tuple[int, str | None] = (0, None)

    def file(self, name: str) -> Path:
        """The file that a path under `/app/` means; a path without a suffix is one of the app's own routes.

        Raises Problem not_found.
        """
        try:
            path = (self._folder / (name if Path(name).suffix else PAGE)).resolve(strict=True)
        except (OSError, ValueError):  # nothing there, too long for a name, a NUL
            raise problems.not_found() from None
        if not path.is_relative_to(self._folder) or path.name == DESCRIPTION or not path.is_file():
            raise problems.not_found()
        return path

    def policy(self) -> str | None:
        """The Content-Security-Policy that the build asks for."""
        path = self._folder / DESCRIPTION
        changed = path.stat().st_mtime_ns if path.is_file() else 0
        if changed != self._policy[0]:
            csp = json.loads(path.read_bytes()).get("csp") if changed else None
            self._policy = (changed, csp if isinstance(csp, str) else None)
        return self._policy[1]

    def digest(self, path: Path) -> str:
        """A hash of the file's bytes, counted once for each state of it."""
        state = path.stat()
        known = self._known.get(path)
        if known is None or (known.changed_ns, known.size) != (state.st_mtime_ns, state.st_size):
            with path.open("rb") as stream:
                digest = hashlib.file_digest(stream, "sha256").hexdigest()[:32]
            known = self._known[path] = _Known(state.st_mtime_ns, state.st_size, digest)
        return known.digest


@router.get("/app")
def to_app() -> Response:
    """The app lives under its slash."""
    return RedirectResponse("/app/", 308)


@router.get("/enrol")
def enrol_link(code: str = "") -> Response:
    """The short link of an enrolment code leads into the app."""
    plain = "".join(letter for letter in code[:40].upper() if letter in CODE_ALPHABET)
    return RedirectResponse(f"/app/?code={plain}", 303)


@router.api_route("/app/{name:path}", methods=["GET", "HEAD"])
def phone_app(name: str, request: Request) -> Response:
    """One file of the app, as the browser already has it, packed, or plain."""
    app: PhoneApp = request.app.state.phone_app
    path = app.file(name)
    headers = {"Cache-Control": "no-cache", "Vary": "Accept-Encoding"}
    sent, etag = path, app.digest(path)
    for encoding, suffix in _PACKED:
        packed = path.with_name(path.name + suffix)
        if accepts(request, encoding) and packed.is_file():
            sent, etag = packed, f"{etag}-{encoding}"
            headers["Content-Encoding"] = encoding
            break
    headers["ETag"] = f'"{etag}"'
    if policy := app.policy():
        headers["Content-Security-Policy"] = policy
    known = {tag.strip().removeprefix("W/") for tag in request.headers.get("if-none-match", "").split(",")}
    if headers["ETag"] in known or "*" in known:
        headers.pop("Content-Encoding", None)
        return Response(status_code=304, headers=headers)
    return NoRangeFile(sent, headers=headers, media_type=_TYPES.get(path.suffix.lower(), _TYPES[".bin"]))
