"""What several sub-commands of `anlan` take."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from sync_server.settings import Settings

VAR = Path("var")
Data = Annotated[Path, typer.Option(help="the data folder")]
Port = Annotated[int, typer.Option(min=1, max=65535)]


def settings_of(data: Path) -> "Settings":
    """The settings of a data folder. Also sets the umask so that new files are private to this user."""
    from sync_server.settings import Settings

    os.umask(0o077)
    return Settings.from_environment(data, os.environ)
