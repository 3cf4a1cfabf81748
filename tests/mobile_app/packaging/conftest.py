"""The phone's web app as `anlan phone build web` builds it, built once for all packager tests."""

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
    """The build's description file."""
    description: dict[str, Any] = json.loads((web_app / DESCRIPTION).read_text("utf-8"))
    return description
