"""The commands `anlan phone …`: enrolling phones, and what installed packages add: building their app."""

import importlib.metadata
import sys
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from sync_server import startup_message
from sync_server.subcommands.options import VAR, Data, Port, settings_of
from sync_server.texts import console

PHONE_COMMANDS = "anlan.phone"


class PhoneGroup(TyperGroup):
    """The sub-commands of `anlan phone`: our own, and those of installed entry points."""

    def list_commands(self, ctx: Any) -> list[str]:
        return [*super().list_commands(ctx), *importlib.metadata.entry_points(group=PHONE_COMMANDS).names]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        known = super().get_command(ctx, cmd_name)
        if known is not None:
            return known
        for entry_point in importlib.metadata.entry_points(group=PHONE_COMMANDS, name=cmd_name):
            plugin = typer.Typer(add_completion=False, rich_markup_mode=None)
            plugin.command(cmd_name)(entry_point.load())
            return typer.main.get_command(plugin)
        return None


phone = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, cls=PhoneGroup, help="Enrol phones and build their app."
)


@phone.command("code")
def phone_code(
    data: Data = VAR,
    person: Annotated[str | None, typer.Option(help="the phone's owner; default: a new inspector")] = None,
    port: Port = 8000,
) -> None:
    """Print an enrolment link (with a QR code on a terminal) and, on the last line, the code itself."""
    from sync_server.access.devices import CODE_HOURS
    from sync_server.maintenance import setup

    settings = settings_of(data)
    code = setup.phone_code(setup.open_database(settings), person)
    link = startup_message.phone_link(startup_message.address_of(settings, port), code)
    print(console.PHONE.text(url=link, hours=CODE_HOURS))
    if sys.stdout.isatty():
        startup_message.show_qr(link)
    print(code)
