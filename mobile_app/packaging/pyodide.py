"""Runs the browser's own Python, the shipped Pyodide, under Node: to byte-compile, and to take its memory."""

import re
from collections.abc import Sequence
from pathlib import Path

from mobile_app.packaging.programs import node, run

FIRST_WITHOUT_FLAG = 25  # before that major version Node hides the stack switching that Pyodide uses
SNAPSHOT = Path(__file__).parent / "snapshot.mjs"


def byte_compile(folder: Path, pyodide: Path) -> None:
    """Put a `.pyc` in the place of every `.py` file under `folder`.

    `pyodide` is the folder with the runtime. The files carry no source time: the same source gives the same
    bytes. Raises the Problems `phone_node_missing` and `phone_program_failed`, for a syntax error too.
    """
    run(
        [
            *(*_node(), str(pyodide / "python_cli_entry.mjs"), f"--this-program={pyodide / 'python'}"),
            *("-m", "compileall", "-q", "-b", "--invalidation-mode", "unchecked-hash"),
            # The paths in tracebacks are those of the phone, not of this machine.
            *("-s", str(folder), "-p", "/anlan", str(folder)),
        ]
    )
    for source in folder.rglob("*.py"):
        source.unlink()


def take_snapshot(pyodide: Path, packages: Path, modules: Sequence[str], out: Path) -> None:
    """Write to `out` the memory of an interpreter that has imported `modules` from the archive `packages`.

    A phone that starts from it saves the boot (2 s and more) and those imports. A module that is not there is
    left out. Modules that need a side module cannot be in it. Raises the Problems of `byte_compile`.
    """
    run([*_node(), str(SNAPSHOT), str(pyodide), str(packages), str(out), *modules])


def _node() -> list[str]:
    program = node()
    major = int(re.findall(r"\d+", run([program, "--version"]))[0])
    return [program, "--experimental-wasm-stack-switching"] if major < FIRST_WITHOUT_FLAG else [program]
