"""The commands `anlan person …`: people, and the roles that they have."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from shared.vocabulary import Role
from sync_server.subcommands.options import VAR, Data, settings_of
from sync_server.texts import console

if TYPE_CHECKING:
    from sync_server.maintenance.people_access import GrantRequest

RoleOption = Annotated[str, typer.Option(help=", ".join(role.value for role in Role))]
TownOption = Annotated[
    list[str] | None, typer.Option(help="code of a town to work in; repeat for more towns; default: all")
]
SchoolOption = Annotated[str, typer.Option(help="the school of a teacher or school administrator")]
ClassOption = Annotated[
    list[str] | None, typer.Option("--class", help="a class of the school; repeat for more; default: all")
]

person = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="People of this deployment.")


@person.command("add")
def person_add(
    name: str,
    role: RoleOption,
    town: TownOption = None,
    school: SchoolOption = "",
    class_name: ClassOption = None,
    data: Data = VAR,
    password_stdin: Annotated[
        bool, typer.Option("--password-stdin", help="read a password instead of printing a link")
    ] = False,
) -> None:
    """Add a person; without a password, print a one-time link to set one."""
    from sync_server import startup_message
    from sync_server.access.links import VALID_DAYS
    from sync_server.maintenance import people_access, setup

    asked = _asked(role, town, school, class_name)
    password = sys.stdin.readline().rstrip("\r\n") if password_stdin else None
    settings = settings_of(data)
    link = people_access.add(setup.open_database(settings), name, asked, password)
    print(console.PERSON_ADDED.text(name=name))
    if link:
        address = f"{startup_message.address_of(settings)}/welcome/{link}"
        print(console.PERSON_LINK.text(url=address, days=VALID_DAYS))


@person.command("change")
def person_change(
    name: str,
    role: RoleOption,
    town: TownOption = None,
    school: SchoolOption = "",
    class_name: ClassOption = None,
    data: Data = VAR,
) -> None:
    """Replace all roles of a person with this one."""
    from sync_server.maintenance import people_access, setup

    asked = _asked(role, town, school, class_name)
    people_access.change(setup.open_existing(settings_of(data)), name, asked)
    print(console.PERSON_CHANGED.text(name=name))


@person.command("grant")
def person_grant(
    name: str,
    role: RoleOption,
    town: TownOption = None,
    school: SchoolOption = "",
    class_name: ClassOption = None,
    data: Data = VAR,
) -> None:
    """Give a person one more role, for the city, some towns, or a school and classes."""
    from sync_server.maintenance import people_access, setup

    asked = _asked(role, town, school, class_name)
    people_access.give(setup.open_existing(settings_of(data)), name, asked)
    print(console.PERSON_CHANGED.text(name=name))


@person.command("withdraw")
def person_withdraw(
    name: str,
    role: RoleOption,
    town: TownOption = None,
    school: SchoolOption = "",
    class_name: ClassOption = None,
    data: Data = VAR,
) -> None:
    """Withdraw a role: for exactly these towns or classes or, without any, wherever they have it."""
    from sync_server.maintenance import people_access, setup

    asked = _asked(role, town, school, class_name)
    people_access.withdraw(setup.open_existing(settings_of(data)), name, asked)
    print(console.PERSON_CHANGED.text(name=name))


@person.command("deactivate")
def person_deactivate(name: str, data: Data = VAR) -> None:
    """End a person's access on all pages and phones at once; what they recorded stays."""
    from sync_server.maintenance import people_access, setup

    people_access.deactivate(setup.open_existing(settings_of(data)), name)
    print(console.PERSON_DEACTIVATED.text(name=name))


@person.command("activate")
def person_activate(name: str, data: Data = VAR) -> None:
    """Let a deactivated person in again; phones have to be enrolled again."""
    from sync_server.maintenance import people_access, setup

    people_access.activate(setup.open_existing(settings_of(data)), name)
    print(console.PERSON_ACTIVATED.text(name=name))


@person.command("reset-second-factor")
def person_reset_second_factor(name: str, data: Data = VAR) -> None:
    """Let somebody who lost their phone sign in with the password alone; they turn the codes on again."""
    from sync_server.maintenance import people_access, setup

    people_access.reset_second_factor(setup.open_existing(settings_of(data)), name)
    print(console.SECOND_FACTOR_RESET.text(name=name))


def _asked(role: str, towns: list[str] | None, school: str, classes: list[str] | None) -> "GrantRequest":
    from sync_server.maintenance.people_access import GrantRequest

    try:
        return GrantRequest(Role(role), tuple(towns or ()), school, tuple(classes or ()))
    except ValueError:
        raise typer.BadParameter(role, param_hint="--role") from None
