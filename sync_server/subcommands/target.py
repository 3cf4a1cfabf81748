"""The commands `anlan target …`: how many hazards are to be treated in a year."""

from pathlib import Path
from typing import Annotated

import typer

from sync_server.subcommands.options import VAR, Data, settings_of
from sync_server.texts import console

target = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="How many hazards to treat in a year.")


@target.command("set")
def target_set(
    year: int,
    hazards: int,
    data: Data = VAR,
    town: Annotated[str, typer.Option(help="the code of a town; else the whole city's target")] = "",
) -> None:
    """Set how many hazards (处) are to be treated in YEAR."""
    from sync_server.maintenance import setup

    setup.set_target(setup.open_database(settings_of(data)), year, hazards, town)
    _say_targets(data)


@target.command("list")
def target_list(data: Data = VAR) -> None:
    """Show every target that was set."""
    _say_targets(data)


def _say_targets(data: Path) -> None:
    from shared.towns import town_name
    from sync_server.maintenance import setup

    for year, town, hazards in setup.targets(setup.open_existing(settings_of(data))):
        zh, en = (town_name(town), town_name(town, "en")) if town else ("全市", "the whole city")
        print(console.TARGET.text(year=year, zh=zh, en=en, hazards=hazards))
