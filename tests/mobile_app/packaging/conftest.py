"""The phone's web app as `anlan phone build web` leaves it, built once for all tests of the packager."""

import json
from pathlib import Path
from typing import Any

import pytest

from mobile_app.packaging.command import PROJECT
from mobile_app.packaging.web.build import DESCRIPTION, build_web


@pytest.fixture(scope="session")
def web_app() -> Path:
    """The folder of the built web app; the first build takes about a minute."""
    return build_web(PROJECT, PROJECT / "build" / "phone-web", lambda _: None)


@pytest.fixture(scope="session")
def described(web_app: Path) -> dict[str, Any]:
    """What the build says of itself."""
    said: dict[str, Any] = json.loads((web_app / DESCRIPTION).read_text("utf-8"))
    return said
