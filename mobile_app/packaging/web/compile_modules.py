"""Runs in the browser's Python under Node when the app is built: compiles modules for phones.

    python compile_modules.py FOLDER PLACE

Beside every `.py` file under FOLDER comes its `.pyc`, whose tracebacks name the file as one under PLACE.
Docstrings become a dot: nobody reads them on a phone, which would download half a megabyte of them.
"""

import ast
import importlib.util
import marshal
import sys
from pathlib import Path

UNCHECKED_HASH = 1  # the kind of .pyc that needs neither a timestamp nor its source
DOCSTRING = "."  # SQLAlchemy insists on some, and dataclasses write those that are missing at each import


def main(folder: Path, place: Path) -> None:
    """Compile all of `folder`. Raises `SyntaxError`."""
    for path in sorted(folder.rglob("*.py")):
        source = path.read_bytes()
        name = str(place / path.relative_to(folder))
        code = compile(without_docstrings(ast.parse(source, name)), name, "exec", dont_inherit=True)
        head = importlib.util.MAGIC_NUMBER + UNCHECKED_HASH.to_bytes(4, "little")
        path.with_suffix(".pyc").write_bytes(head + importlib.util.source_hash(source) + marshal.dumps(code))


def without_docstrings(tree: ast.Module) -> ast.Module:
    """The module `tree`, changed in place."""
    for node in ast.walk(tree):
        if not isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
            continue
        if ast.get_docstring(node, clean=False) is not None:
            docstring = node.body[0]
            assert isinstance(docstring, ast.Expr)
            docstring.value = ast.copy_location(ast.Constant(DOCSTRING), docstring)
    return tree


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
