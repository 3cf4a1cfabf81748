"""Modules as phones get them: compiled, without docstrings, and otherwise as they were written."""

import importlib.util
import sys
from pathlib import Path

import pytest

from mobile_app.packaging.web import compile_modules

SOURCE = '''"""A module."""
from __future__ import annotations
import dataclasses

@dataclasses.dataclass
class Pond:
    """A pond."""
    depth: float

    def deep(self) -> bool:
        """Whether one can drown."""
        assert self.depth >= 0, "below ground"
        return self.depth > 0.3

def nothing() -> None:
    """Do nothing."""

def text() -> str:
    """The text."""
    return "The text."
'''


def test_a_compiled_module_does_what_its_source_says_without_docstrings(tmp_path: Path) -> None:
    folder = tmp_path / "ponds"
    folder.mkdir()
    (folder / "pond.py").write_text(SOURCE, "utf-8")
    compile_modules.main(tmp_path, Path("/anlan"))
    spec = importlib.util.spec_from_file_location("pond_compiled", folder / "pond.pyc")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["pond_compiled"] = module  # dataclasses look there
    spec.loader.exec_module(module)
    del sys.modules["pond_compiled"]

    pond = module.Pond(1.0)
    assert pond.deep()
    with pytest.raises(AssertionError, match="below ground"):
        module.Pond(-1.0).deep()
    assert module.text() == "The text."
    assert module.nothing() is None
    documented = (module, module.Pond, module.Pond.deep, module.nothing, module.text)
    assert {thing.__doc__ for thing in documented} == {compile_modules.DOCSTRING}
    assert module.text.__code__.co_filename == "/anlan/ponds/pond.py"
