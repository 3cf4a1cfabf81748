"""Byte-compiles Python for the browser with the very interpreter that will run it: the shipped Pyodide, under Node."""

import re
from pathlib import Path

from mobile_app.packaging.programs import node, run

FIRST_WITHOUT_FLAG = 25  # before that major version Node hides the stack switching that Pyodide uses


def byte_compile(folder: Path, pyodide: Path) -> None:
    """Put a `.pyc` in the place of every `.py` file under `folder`.

    `pyodide` is the folder with the runtime. The files carry no source time: the same source gives the same bytes.
    Raises the Problems `phone_node_missing` and `phone_program_failed` (a syntax error in a source among them).
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
