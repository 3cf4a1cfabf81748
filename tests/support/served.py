"""A real server process: `anlan serve` on a data folder, to be stopped, killed and started again."""

import multiprocessing
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import requests

from sync_server import cli
from sync_server.maintenance import setup
from sync_server.settings import Settings

_START_SECONDS = 60.0
_NOTHING = Path(os.devnull)
_ANLAN = "from sync_server.cli import main; main()"
_PREPARED = multiprocessing.get_context("forkserver")
_PREPARED.set_forkserver_preload(
    ["tests.support.served", "sync_server.app", "uvicorn", "uvloop", "httptools"]
)
"""Servers are forked from a process that has imported what they import, which takes longer than they do."""


def run(*words: object, stdin: str = "") -> subprocess.CompletedProcess[str]:
    """What `anlan` with these words does and prints, in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        streams = [Path(folder) / name for name in ("in", "out", "err")]
        streams[0].write_text(stdin, "utf-8")
        said = [*map(str, words)]
        process = _PREPARED.Process(target=_run, args=(said, streams, dict(os.environ)))
        process.start()
        process.join()
        assert process.exitcode is not None
        printed = [stream.read_text("utf-8") for stream in streams[1:]]
        return subprocess.CompletedProcess(said, process.exitcode, *printed)


def _run(
    words: list[str], streams: list[Path], environment: dict[str, str], under: Sequence[str] = ()
) -> None:
    """Be `anlan` in a forked process, with the files that it reads and writes; a tracer starts it anew.

    `environment`: that of the test, which the process it is forked from does not have.
    """
    os.environ.clear()
    os.environ.update(environment)
    for number, stream in enumerate(streams):
        os.dup2(os.open(stream, os.O_RDWR | os.O_CREAT | os.O_APPEND), number)
    if under:
        os.execvp(under[0], [*under, sys.executable, "-c", _ANLAN, *words])
    sys.stdin, sys.argv = os.fdopen(0, encoding="utf-8"), ["anlan", *words]
    cli.main()


class Served:
    """`anlan serve` at `url`, once started; `under` stands before its command, as that of a tracer does."""

    def __init__(self, data: Path, port: int, under: Sequence[str] = ()) -> None:
        self.data = data
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self.output = data / "serve.log"
        """Where it writes its lines."""
        self._under = under
        self._process: ForkServerProcess | None = None

    def start(self) -> None:
        """Serve; return when it answers."""
        words = ["serve", "--data", str(self.data), "--port", str(self.port)]
        streams = [_NOTHING, self.output, self.output]
        self._process = _PREPARED.Process(target=_run, args=(words, streams, dict(os.environ), self._under))
        self._process.start()
        end = time.monotonic() + _START_SECONDS
        while time.monotonic() < end:
            assert self._process.is_alive(), self.output.read_text() if self.output.is_file() else ""
            try:
                if requests.get(f"{self.url}/healthz", timeout=1).ok:
                    return
            except requests.RequestException:
                time.sleep(0.02)
        raise AssertionError("the server did not start")

    @property
    def pid(self) -> int:
        """The process that serves."""
        assert self._process is not None
        assert self._process.pid is not None
        return self._process.pid

    def kill(self) -> None:
        """As a power cut would."""
        if self._process is not None:
            self._process.kill()
            self._process.join()
            self._process = None

    def code(self, person: str | None = None) -> str:
        """A fresh enrolment code, for a new inspector unless somebody is named; made here: to start `anlan`
        for it takes longer than most tests."""
        engine = setup.open_database(Settings.from_environment(self.data, os.environ))
        code = setup.phone_code(engine, person)
        engine.dispose()
        return code

    def command(self, *words: str, stdin: str = "") -> str:
        """What `anlan` prints."""
        done = run(*words, "--data", self.data, stdin=stdin)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()
