"""A real server process: `anlan serve` on a data folder, to be stopped, killed and started again."""

import multiprocessing
import os
import sys
import time
from collections.abc import Sequence
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import requests
from typer.testing import CliRunner

from sync_server import cli
from sync_server.maintenance import setup
from sync_server.settings import Settings

_START_SECONDS = 60.0
_ANLAN = "from sync_server.cli import main; main()"
_PREPARED = multiprocessing.get_context("forkserver")
_PREPARED.set_forkserver_preload(
    ["tests.support.served", "sync_server.app", "uvicorn", "uvloop", "httptools"]
)
"""Servers are forked from a process that has imported what they import, which takes longer than they do."""


def _serve(data: Path, port: int, under: Sequence[str]) -> None:
    """What `anlan serve` does, in a forked process; a tracer starts a new program."""
    command = ["serve", "--data", str(data), "--port", str(port)]
    with (data / "serve.log").open("ab") as log:
        for stream in (1, 2):
            os.dup2(log.fileno(), stream)
    if under:
        os.execvp(under[0], [*under, sys.executable, "-c", _ANLAN, *command])
    sys.argv = ["anlan", *command]
    cli.main()


class Served:
    """`anlan serve` at `url`, once started; `under` stands before its command, as that of a tracer does."""

    def __init__(self, data: Path, port: int, under: Sequence[str] = ()) -> None:
        self.data = data
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self._under = under
        self._process: ForkServerProcess | None = None

    def start(self) -> None:
        """Serve; return when it answers."""
        self._process = _PREPARED.Process(target=_serve, args=(self.data, self.port, self._under))
        self._process.start()
        end = time.monotonic() + _START_SECONDS
        while time.monotonic() < end:
            assert self._process.is_alive(), (self.data / "serve.log").read_text()
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
        """What `anlan` prints; run here, as `code` is."""
        done = CliRunner().invoke(cli.app, [*words, "--data", str(self.data)], stdin, catch_exceptions=False)
        assert done.exit_code == 0, done.output
        return done.stdout.strip()
