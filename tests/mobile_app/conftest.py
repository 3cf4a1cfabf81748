"""What the tests of the phone may ask for."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.scripted_phone import ScriptedPhone


@pytest.fixture
def device(tmp_path: Path) -> Iterator[ScriptedPhone]:
    """An enrolled phone that holds nothing yet."""
    phone = ScriptedPhone(tmp_path / "device")
    yield phone
    phone.drop()


@pytest.fixture
def new_device(tmp_path: Path) -> Iterator[ScriptedPhone]:
    """A phone that is not enrolled yet."""
    phone = ScriptedPhone(tmp_path / "device", None)
    yield phone
    phone.drop()
