"""A plain file with everything that a database holds at one moment, and a database from such a file."""

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

from sqlalchemy import URL, Engine

from shared import problems

_LIBPQ = {"PGHOST": "host", "PGUSER": "username", "PGDATABASE": "database"}


def write(engine: Engine, file: Path) -> None:
    """Write the database to a new file, consistent while others write; nobody waits for it.

    SQLite: a database again; PostgreSQL: what `pg_restore` reads. Problems: program_missing,
    database_unavailable, storage_full.
    """
    if engine.dialect.name == "sqlite":
        try:
            with closing(sqlite3.connect(f"file:{engine.url.database}?mode=ro", uri=True)) as source:
                source.execute("VACUUM INTO ?", (str(file),))
        except sqlite3.Error as error:
            if getattr(error, "sqlite_errorname", "") == "SQLITE_FULL":
                raise problems.storage_full() from None
            raise problems.database_unavailable(why=str(error)) from None
        return
    _run("pg_dump", engine.url, "--format=custom", "--no-owner", "--no-privileges", f"--file={file}")


def read(engine: Engine, file: Path) -> None:
    """Fill the empty database of `engine` from such a file. Problems: backup_damaged and those of `write`."""
    if engine.dialect.name == "sqlite":
        place = Path(engine.url.database or "")
        try:
            with closing(sqlite3.connect(file)) as copy:
                whole = copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        except sqlite3.Error:  # no database at all
            whole = False
        if not whole:
            raise problems.backup_damaged(what="database")
        file.replace(place)
        return
    _run(
        "pg_restore",
        engine.url,
        "--no-owner",
        "--no-privileges",
        "--exit-on-error",
        "--single-transaction",
        f"--dbname={engine.url.database}",
        str(file),
    )


def _run(program: str, url: URL, *words: str) -> None:
    """Run a program of PostgreSQL's against a database, its password in no list of processes."""
    found = shutil.which(program) or _installed(program)
    if found is None:
        raise problems.program_missing(program=program)
    named = {name: str(getattr(url, part)) for name, part in _LIBPQ.items() if getattr(url, part)}
    if url.port:
        named["PGPORT"] = str(url.port)
    if url.password:
        named["PGPASSWORD"] = str(url.password)
    named |= {f"PG{name.upper()}": str(value) for name, value in url.query.items() if name == "host"}
    done = subprocess.run(  # noqa: S603, our own words
        [found, *words], env={**os.environ, **named}, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise problems.database_unavailable(why=done.stderr.strip()[-400:])


def _installed(program: str) -> str | None:
    """Debian puts the programs of each version beside each other, outside the path; the newest."""
    found = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{program}"), key=lambda path: int(path.parts[4]))
    return str(found[-1]) if found else None
