"""A PostgreSQL of the tests' own: started with them, ended with them, reached through a private folder."""

import itertools
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import quote

import psycopg

_START_SECONDS = 60.0
_USER = "postgres"
_TEMPLATE = "anlan_template"
# What a power cut would do to it is nobody's concern.
_QUICK = ("fsync=off", "full_page_writes=off", "autovacuum=off", "wal_level=minimal", "max_wal_senders=0")
_SMALL = ("shared_buffers=64MB", "max_connections=120", "listen_addresses=")


class Postgres:
    """A running server; every database on it is for one test."""

    def __init__(self, programs: Path, *, settings: tuple[str, ...] = ()) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="anlan-pg-"))
        self._programs = programs
        self._settings = (*_QUICK, *_SMALL, *settings)
        self._numbers = itertools.count(1)
        self._process: subprocess.Popen[bytes] | None = None
        if os.geteuid() == 0:
            shutil.chown(self.folder, _USER, _USER)
        prepare = ("initdb", "-D", str(self._data), "-U", _USER, "-A", "trust", "-E", "UTF8", "-N")
        with (self.folder / "initdb.log").open("wb") as log:
            subprocess.run(
                self._as_user(*prepare, "--locale=C.UTF-8"), check=True, stdout=log, stderr=log, cwd="/"
            )
        self.start()
        # Twice as fast as copying through the log; before 15 the files are always copied.
        self._copying = "STRATEGY FILE_COPY" if self._version() >= 150_000 else ""

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    def start(self) -> None:
        """Start; return when it answers."""
        options = [word for setting in self._settings for word in ("-c", setting)]
        options += ["-c", f"unix_socket_directories={self.folder}"]
        with (self.folder / "postgres.log").open("ab") as log:
            self._process = subprocess.Popen(
                self._as_user("postgres", "-D", str(self._data), *options), stdout=log, stderr=log, cwd="/"
            )
        end = time.monotonic() + _START_SECONDS
        while time.monotonic() < end:
            assert self._process.poll() is None, (self.folder / "postgres.log").read_text()
            try:
                self.run("SELECT 1")
            except psycopg.OperationalError:
                time.sleep(0.05)
            else:
                return
        raise AssertionError("PostgreSQL did not start")

    def stop(self, how: signal.Signals = signal.SIGQUIT) -> None:
        """End it, by default at once."""
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait()
            self._process = None

    def close(self) -> None:
        """End it and forget its data."""
        self.stop()
        shutil.rmtree(self.folder)

    def template(self) -> str:
        """The URL of the database that `fresh` copies."""
        self.run(f"CREATE DATABASE {_TEMPLATE}")
        return self._url(_TEMPLATE)

    def fresh(self, settings: str = "") -> str:
        """The URL of a new database, a copy of the template.

        `settings`: of each connection, as on PostgreSQL's command line, "-c name=value".
        """
        return self._new(f"TEMPLATE {_TEMPLATE} {self._copying}", settings)

    def empty(self) -> str:
        """The URL of a new database without tables."""
        return self._new("")

    def _new(self, how: str, settings: str = "") -> str:
        name = f"anlan_{next(self._numbers)}"
        self.run(f"CREATE DATABASE {name} {how}")
        return self._url(name, settings)

    def _url(self, name: str, settings: str = "") -> str:
        options = f"&options={quote(settings)}" if settings else ""
        return f"postgresql+psycopg://{_USER}@/{name}?host={self.folder}{options}"

    def drop(self, url: str) -> None:
        """Forget a database, whoever still speaks to it."""
        self.run(f"DROP DATABASE {url.partition('@/')[2].partition('?')[0]} WITH (FORCE)")

    def run(self, command: str) -> None:
        """Run one command on the server itself."""
        with self._connection() as connection:
            connection.execute(command)

    def _version(self) -> int:
        """The server's version, 150018 for 15.18."""
        with self._connection() as connection:
            return connection.info.server_version

    def _connection(self) -> psycopg.Connection:
        where = {"host": str(self.folder), "user": _USER, "dbname": "postgres"}
        return psycopg.connect(autocommit=True, **where)  # type: ignore[arg-type]

    def _as_user(self, program: str, *words: str) -> list[str]:
        """PostgreSQL refuses to run as root. Where the system can say so, it dies when the tests die."""
        command = [str(self._programs / program), *words]
        if sys.platform != "linux":
            return command
        ids = [f"--reuid={_USER}", f"--regid={_USER}", "--init-groups"] if os.geteuid() == 0 else []
        return ["setpriv", "--pdeathsig", "QUIT", *ids, *command]
