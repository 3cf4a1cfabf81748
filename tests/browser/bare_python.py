"""Runs test code in the built app's Python in a real Chromium, without the app."""

import hashlib
import json
import threading
import time
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

HERE = Path(__file__).parent


class BareSite:
    """Serves the built app with a page that runs Python instead of the app."""

    def __init__(self, built: Path) -> None:
        class Handler(SimpleHTTPRequestHandler):
            def translate_path(self, path: str) -> str:
                name = path.lstrip("/").split("?")[0]
                return str(HERE / name if name.startswith("bare") else built / name)

            def do_POST(self) -> None:
                """Echo the request; redirect from /away, and answer slowly on /slow."""
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                if self.path == "/slow":
                    time.sleep(5)
                echo = json.dumps(
                    [self.command, self.headers.get("X-Said"), hashlib.sha256(body).hexdigest()]
                )
                self.send_response(302 if self.path == "/away" else 200)
                self.send_header("Location", "/bare.html")
                self.send_header("Anlan-Api", "v1")
                self.send_header("Content-Length", str(len(echo)))
                self.end_headers()
                self.wfile.write(echo.encode())

            do_PATCH = do_POST

            def log_message(self, *_: object) -> None:
                """Keep the test output clean."""

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler))
        self._http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._http.server_address[1]}/bare.html"
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.05,))
        self._thread.start()

    def close(self) -> None:
        self._http.shutdown()
        self._thread.join()
        self._http.server_close()


def run(page: Page, code: str, **given: Any) -> Any:
    """Run `code` with the variables `given`; its last expression is a JSON text, returned as a value."""
    head = "import json\nglobals().update(json.loads(given))\n"
    answer = page.evaluate("([code, given]) => run(code, given)", [head + code, json.dumps(given)])
    return None if answer is None else json.loads(answer)
