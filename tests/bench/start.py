"""The phone app's start, cold and warm, against a bare Flet hello packed and served the same way."""

import re
import shutil
import tempfile
import time
from pathlib import Path

from mobile_app.packaging.command import PROJECT
from mobile_app.packaging.web.build import build_web
from tests.bench import chromium, processes
from tests.bench.figures import Bound, Figure
from tests.bench.pair import OURS
from tests.bench.processes import Server
from tests.bench.rounds import Rounds, forth_and_back, until_known

HELLO = "bare hello"
LEAST, MOST = 6, 12
PART = "phone app's start"
CASES = ("cold start", "warm start")
PATIENCE_S = 240
WEB = PROJECT / "build" / "phone-web"
HELLO_STAGED = PROJECT / "build" / "bench-hello"
HELLO_WEB = PROJECT / "build" / "bench-hello-web"
HELLO_MAIN = """import flet as ft


def main(page: ft.Page) -> None:
    page.add(ft.Text("Hello"), ft.Button("Hello"))


ft.run(main)
"""
HELLO_NEEDS = ("flet", "msgpack", "repath", "six")

WATCH = """
window.interactive = null;
(function look() {
  const sleeper = document.querySelector("flt-semantics-placeholder");
  if (sleeper) {
    const box = sleeper.getBoundingClientRect();
    const centre = { clientX: box.x + box.width / 2, clientY: box.y + box.height / 2 };
    const at = { bubbles: true, pointerType: "touch", ...centre };
    for (const kind of ["pointerdown", "pointerup", "click"])
      sleeper.dispatchEvent(new PointerEvent(kind, at));
  }
  if (document.querySelector("flt-semantics[role=button]")) window.interactive = performance.now();
  else setTimeout(look, 50);
})();
"""
"""Wakes Flutter's semantics, and notes when the first button that Python asked for is there to be pressed."""


def measure(most: int = MOST) -> list[Figure]:
    """Seconds until the first screen can be used, in a new browser and in one that comes back."""
    build_web(PROJECT, WEB, print)
    build_web(PROJECT, HELLO_WEB, print, app=_staged_hello())
    with tempfile.TemporaryDirectory(prefix="anlan-bench-") as folder:
        ours, hello, profile = (Path(folder, name) for name in ("ours", "hello", "profile"))
        with (
            processes.ours(ours, ANLAN_PHONE_WEB=str(WEB)) as app,
            processes.ours(hello, ANLAN_PHONE_WEB=str(HELLO_WEB)) as bare,
        ):

            def one_round(number: int, rounds: Rounds) -> None:
                for name, server in forth_and_back(((OURS, app), (HELLO, bare)), number):
                    _cold_and_warm(name, server, profile, rounds)

            return until_known(one_round, _figures, most, LEAST)


def _figures(rounds: Rounds) -> list[Figure]:
    quantities = (("seconds", "first screen usable", "s", Bound("ratio", 1.5, "less")),)
    return [figure for case in CASES for figure in rounds.figures(PART, case, quantities, OURS, HELLO)]


def _cold_and_warm(name: str, server: Server, profile: Path, rounds: Rounds) -> None:
    """One cold start in a new profile, and one warm start after that browser was closed."""
    try:
        for case, stay in zip(CASES, (True, False), strict=True):
            rounds.add(name, case, seconds=_start(server, profile, stay=stay))
    finally:
        shutil.rmtree(profile, ignore_errors=True)


def _start(server: Server, profile: Path, *, stay: bool) -> float:
    """Seconds of one start; with `stay` the browser is left only when the next start needs no network and has
    the snapshot that phones make after a while."""
    with chromium.phone(profile) as context:
        page = context.new_page()
        page.add_init_script(WATCH)
        page.goto(server.url + "/app/", wait_until="commit")
        patience = time.monotonic() + PATIENCE_S
        while (milliseconds := page.evaluate("window.interactive")) is None:
            if time.monotonic() > patience:
                raise TimeoutError(page.url)
            page.wait_for_timeout(200)
        if stay:
            page.evaluate("navigator.serviceWorker.ready.then(() => null)")
            page.evaluate("import('/app/next_start.js').then(next => next.prepareNextStart())")
        return float(milliseconds) / 1000


def _staged_hello() -> Path:
    """The hello as our packager takes it: its main program, and what flet itself needs of our lock."""
    shutil.rmtree(HELLO_STAGED, ignore_errors=True)
    HELLO_STAGED.mkdir(parents=True)
    (HELLO_STAGED / "main.py").write_text(HELLO_MAIN, "utf-8")
    lock = (PROJECT / "requirements" / "phone-web.lock").read_text("utf-8")
    entries = re.split(r"\n(?=\S)", lock.strip())
    needed = [entry for entry in entries if re.split("[=@ ]", entry)[0] in HELLO_NEEDS]
    (HELLO_STAGED / "requirements.lock").write_text("\n".join(needed) + "\n", "utf-8")
    return HELLO_STAGED
