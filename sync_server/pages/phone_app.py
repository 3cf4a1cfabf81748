"""`/app/`: the built phone app, with its precompressed copies and a strict policy of its own."""

import json
from collections.abc import Iterator
from functools import lru_cache
from os import stat_result
from pathlib import Path

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse

from shared.sync.wire import CODE_ALPHABET
from sync_server.http.browser_guard import tiles_source
from sync_server.http.static_files import CompressedFiles

router = APIRouter()

DESCRIPTION = "anlan-web.json"
PAGE = "index.html"
_PRECOMPRESSED = (("br", ".br"), ("gzip", ".gz"))


class PhoneAppFiles(CompressedFiles):
    """The folder of the built app; it may be rebuilt while the server runs. It fetches map tiles from the
    host of `tiles_url` too."""

    def __init__(self, folder: Path, tiles_url: str | None = None) -> None:
        super().__init__(folder)
        self._description = folder / DESCRIPTION
        self._tiles = tiles_source(tiles_url)

    def headers(self, _: Request) -> dict[str, str]:
        """Revalidated each time; the Content-Security-Policy that the build requires."""
        changed_ns = self._description.stat().st_mtime_ns if self._description.is_file() else 0
        policy = _policy(self._description, changed_ns, self._tiles) if changed_ns else None
        return {"Cache-Control": "no-cache"} | ({"Content-Security-Policy": policy} if policy else {})

    def copies(self, path: Path, _changed_ns: int) -> Iterator[tuple[str, Path | bytes]]:
        """Those that the build wrote next to the file."""
        for coding, suffix in _PRECOMPRESSED:
            copy = path.with_name(path.name + suffix)
            if copy.is_file():
                yield coding, copy

    def lookup_path(self, path: str) -> tuple[str, stat_result | None]:
        """A path without a suffix is one of the app's own routes."""
        found, state = super().lookup_path(path if Path(path).suffix else PAGE)
        return ("", None) if Path(found).name == DESCRIPTION else (found, state)


@router.get("/app")
def to_app() -> Response:
    """Redirect to the app's folder."""
    return RedirectResponse("/app/", 308)


@router.get("/enrol")
def enrol_link(code: str = "") -> Response:
    """Redirect the short link of an enrolment code to the app."""
    plain = "".join(letter for letter in code[:40].upper() if letter in CODE_ALPHABET)
    return RedirectResponse(f"/app/?code={plain}", 303)


@lru_cache(maxsize=4)
def _policy(description: Path, _changed_ns: int, tiles: str) -> str | None:
    """The policy in a build's description, read again only when the file changes, with the host of tiles."""
    policy = json.loads(description.read_bytes()).get("csp")
    if not isinstance(policy, str):
        return None
    return policy.replace("connect-src 'self'", f"connect-src 'self' {tiles}") if tiles else policy
