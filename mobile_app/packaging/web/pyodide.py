"""Runs the browser's own Python, the shipped Pyodide, under Node: to byte-compile, and to take its memory."""

import json
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
    program = node()
    major = int(re.findall(r"\d+", run([program, "--version"]))[0])
    flags = ["--experimental-wasm-stack-switching"] if major < FIRST_WITHOUT_FLAG else []
    run(
        [
            *(program, *flags, str(pyodide / "python_cli_entry.mjs"), f"--this-program={pyodide / 'python'}"),
            *("-m", "compileall", "-q", "-b", "--invalidation-mode", "unchecked-hash"),
            # The paths in tracebacks are those of the phone, not of this machine.
            *("-s", str(folder), "-p", "/anlan", str(folder)),
        ]
    )
    for source in folder.rglob("*.py"):
        source.unlink()


def take_snapshot(pyodide: Path, packed: Path, modules: Sequence[str]) -> set[str]:
    """Add to the folder `packed` the memory of an interpreter that has imported the app packed in it.

    `modules` are imported besides, those that are there. A phone that starts from the snapshot saves the boot
    (2 s and more) and all those imports. `snapshot.json` names its parts. Returns those members of the
    packages' archive that are in it. Raises what `byte_compile` raises.
    """
    said = run([node(), str(SNAPSHOT), str(pyodide), str(packed), *modules])
    return set(json.loads(said.splitlines()[-1]))
