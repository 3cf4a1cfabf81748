"""Runs the bundled Pyodide under Node, to byte-compile."""

import re
from pathlib import Path

from mobile_app.packaging.programs import node, run

COMPILER = Path(__file__).with_name("compile_modules.py")
FIRST_WITHOUT_FLAG = (
    25  # older major versions of Node hide stack switching, which Pyodide uses, behind a flag
)


def byte_compile(folder: Path, pyodide: Path, place: str = "/anlan") -> None:
    """Replace every `.py` file under `folder` with its `.pyc`, by `compile_modules`.

    `pyodide` is the folder with the runtime, `place` where the files will be on the phone, which tracebacks
    show. The same source gives the same bytes. Raises the Problems `phone_node_missing` and
    `phone_program_failed`, the latter also on a syntax error.
    """
    program = node()
    major = int(re.findall(r"\d+", run([program, "--version"]))[0])
    flags = ["--experimental-wasm-stack-switching"] if major < FIRST_WITHOUT_FLAG else []
    entry = (str(pyodide / "python_cli_entry.mjs"), f"--this-program={pyodide / 'python'}")
    run([program, *flags, *entry, str(COMPILER), str(folder.resolve()), place])
    for source in folder.rglob("*.py"):
        source.unlink()
