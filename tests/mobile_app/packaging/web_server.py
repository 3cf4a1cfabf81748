"""A file server for a built web app, with its security policy, compressed files and a log of requests.

And another version of the app, to be served after it.
"""

import json
import re
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from mobile_app.packaging.web import service_worker
from mobile_app.packaging.web.build import DESCRIPTION

TYPES = {
    ".css": "text/css",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript",
    ".json": "application/json",
    ".mjs": "text/javascript",
    ".png": "image/png",
    ".wasm": "application/wasm",
    ".woff2": "font/woff2",
}
ENCODINGS = ((".br", "br"), (".gz", "gzip"))


@dataclass
class Served:
    """A running server: its origin, the requested paths in order, the paths to refuse, and the bytes sent.

    `allowance`: after so many bytes the network is gone, in the middle of whatever is under way.
    """

    origin: str
    requested: list[str] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    sent: int = 0
    allowance: int | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, content: bytes) -> bytes:
        """What of `content` may be sent."""
        with self._lock:
            if self.allowance is not None:
                content = content[: self.allowance]
                self.allowance -= len(content)
            self.sent += len(content)
            return content


@contextmanager
def serve(folder: Path, port: int = 0) -> Iterator[Served]:
    """Serve the web app in `folder` under its base URL on localhost during the block."""
    described = json.loads((folder / DESCRIPTION).read_text("utf-8"))
    served = Served("")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = urlsplit(self.path).path
            served.requested.append(path)
            name = path.removeprefix(described["base_url"]) or "index.html"
            file = folder / name
            known = path.startswith(described["base_url"]) and file.is_file()
            if not known or path in served.refused:
                self.send_response(503 if known else 404)
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            etag = f'"{file.stat().st_mtime_ns:x}"'
            if self.headers.get("If-None-Match") == etag:
                self.send_response(304)
                self.send_header("ETag", etag)
                self.end_headers()
                return
            encoding = None
            for suffix, name_of_encoding in ENCODINGS:
                packed = file.with_name(file.name + suffix)
                if name_of_encoding in self.headers.get("Accept-Encoding", "") and packed.is_file():
                    file, encoding = packed, name_of_encoding
                    break
            content = file.read_bytes()
            self.send_response(200)
            self.send_header("Content-Type", TYPES.get(Path(name).suffix, "application/octet-stream"))
            self.send_header("Content-Length", str(len(content)))
            self.send_header("Content-Security-Policy", described["csp"])
            self.send_header("Cache-Control", "no-cache")
            self.send_header("ETag", etag)
            if encoding:
                self.send_header("Content-Encoding", encoding)
                self.send_header("Vary", "Accept-Encoding")
            self.end_headers()
            self.wfile.write(served.take(content))

        def log_message(self, format: str, *args: object) -> None:
            """Keep the test output clean; `Served.requested` is the log."""

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    served.origin = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield served
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def modified(web_app: Path, folder: Path, name: str, old: str, new: str) -> Path:
    """Another version of the app that differs in the file `name`."""
    shutil.copytree(web_app, folder, ignore=shutil.ignore_patterns("*.br", "*.gz", service_worker.NAME))
    described = json.loads((folder / DESCRIPTION).read_text("utf-8"))
    (folder / DESCRIPTION).unlink()
    text = (folder / name).read_text("utf-8")
    assert old in text
    (folder / name).write_text(text.replace(old, new), "utf-8")
    described["version"] = service_worker.write(folder, described["base_url"])
    (folder / DESCRIPTION).write_text(json.dumps(described), "utf-8")
    return folder


class Listed(NamedTuple):
    """A file of the app as its service worker lists it; pieces have the first three alone."""

    path: str
    size: int
    sha256: str
    when: str | None = None
    pieces: list[Any] | None = None

    def downloads(self) -> list[str]:
        """The paths by which phones download it."""
        return [Listed(*piece).path for piece in self.pieces or ()] or [self.path]


def listed(web_app: Path) -> dict[str, Listed]:
    """The app's files by their paths."""
    worker = (web_app / service_worker.NAME).read_text("utf-8")
    found = re.search(r"^const FILES = (\[\n.*?\n\]);$", worker, re.M | re.S)
    assert found
    return {file[0]: Listed(*file) for file in json.loads(found[1])}


def first_visit_bytes(web_app: Path) -> int:
    """What a first visit of Chromium has to download, compressed as the build did it."""
    sent = 0
    for file in listed(web_app).values():
        for path in file.downloads() if file.when in (None, "skwasm") else ():
            compressed = web_app / f"{path}.br"
            sent += (compressed if compressed.is_file() else web_app / path).stat().st_size
    return sent
