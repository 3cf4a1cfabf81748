"""Runs the bundled Pyodide under Node, to byte-compile."""

import re
from pathlib import Path

from mobile_app.packaging.programs import node, run

FIRST_WITHOUT_FLAG = (
    25  # older major versions of Node hide stack switching, which Pyodide uses, behind a flag
)


def byte_compile(folder: Path, pyodide: Path, place: str = "/anlan") -> None:
    """Replace every `.py` file under `folder` with its `.pyc`.

    `pyodide` is the folder with the runtime, `place` where the files will be on the phone. They carry no
    timestamp: the same source gives the same bytes. Raises the Problems `phone_node_missing` and
    `phone_program_failed`, the latter also on a syntax error.
    """
    program = node()
    major = int(re.findall(r"\d+", run([program, "--version"]))[0])
    flags = ["--experimental-wasm-stack-switching"] if major < FIRST_WITHOUT_FLAG else []
    run(
        [
            *(program, *flags, str(pyodide / "python_cli_entry.mjs"), f"--this-program={pyodide / 'python'}"),
            *("-m", "compileall", "-q", "-b", "--invalidation-mode", "unchecked-hash"),
            # Tracebacks show the paths on the phone, not those of the build machine.
            *("-s", str(folder), "-p", place, str(folder)),
        ]
    )
    for source in folder.rglob("*.py"):
        source.unlink()
