"""A real server process: `anlan serve` on a data folder, to be stopped, killed and started again."""

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import requests

from sync_server.maintenance import setup
from sync_server.settings import Settings

_START_SECONDS = 60.0


class Served:
    """`anlan serve` at `url`, once started; `under` stands before its command, as that of a tracer does."""

    def __init__(self, data: Path, port: int, under: Sequence[str] = ()) -> None:
        self.data = data
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self._under = under
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Serve; return when it answers."""
        with (self.data / "serve.log").open("ab") as log:
            self._process = subprocess.Popen(
                [*self._under, *_ANLAN, "serve", "--data", self.data, "--port", str(self.port)],
                stdout=log,
                stderr=log,
            )
        end = time.monotonic() + _START_SECONDS
        while time.monotonic() < end:
            assert self._process.poll() is None, (self.data / "serve.log").read_text()
            try:
                if requests.get(f"{self.url}/healthz", timeout=1).ok:
                    return
            except requests.RequestException:
                time.sleep(0.1)
        raise AssertionError("the server did not start")

    @property
    def pid(self) -> int:
        """The process that serves."""
        assert self._process is not None
        return self._process.pid

    def kill(self) -> None:
        """As a power cut would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
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
        done = subprocess.run(
            [*_ANLAN, *words, "--data", self.data], input=stdin, capture_output=True, text=True, check=True
        )
        return done.stdout.strip()


_ANLAN = (sys.executable, "-c", "from sync_server.cli import main; main()")
