"""The command `anlan keys`: the keys with which home visits are opened."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from shared import problems
from shared.problem_texts import sentence
from sync_server.subcommands.options import VAR, Data, settings_of
from sync_server.texts import console

if TYPE_CHECKING:
    from sqlmodel import Session

    from sync_server.vault.keys import ListedKey

keys = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="The keys of home visits.")


@keys.command("list")
def list_keys(data: Data = VAR) -> None:
    """Show every key, the home visits that it opens, and whether it can be used."""
    print(console.KEYS_FILE.text(path=settings_of(data).keys))
    for key in _listed(data):
        _print_key(key)


@keys.command()
def rotate(data: Data = VAR) -> None:
    """Make a new key for this school year. What was sealed before still opens with the old one."""
    from sync_server.database import campaigns
    from sync_server.database.transactions import in_transaction
    from sync_server.maintenance import setup
    from sync_server.vault import keys as vault_keys

    settings = settings_of(data)

    def work(session: "Session") -> str:
        return vault_keys.rotate(session, campaigns.ensure(session).id, settings.keys).kid

    kid = in_transaction(setup.open_existing(settings), work)
    print(console.KEY_MADE.text(kid=kid))
    print(console.KEYS_CHANGED.text(path=settings.keys))


@keys.command()
def destroy(
    kid: str,
    data: Data = VAR,
    confirm: Annotated[str, typer.Option(help="the same key again, to do it without being asked")] = "",
) -> None:
    """Destroy a key of a past school year: what was sealed to it can never be read again."""
    from sync_server.database import campaigns
    from sync_server.database.transactions import in_transaction
    from sync_server.maintenance import setup
    from sync_server.vault import keys as vault_keys

    settings = settings_of(data)
    key = next((one for one in _listed(data) if one.row.kid == kid), None)
    if key is None:
        raise problems.not_found()
    _print_key(key)
    lost = console.KEY_LOSES.text(
        visits=key.visits, first=(key.first_sealed or "-")[:10], last=(key.last_sealed or "-")[:10]
    )
    print(lost)
    if (confirm or typer.prompt(console.KEY_CONFIRM.text())).strip() != kid:
        print(console.KEY_KEPT.text())
        raise SystemExit(1)

    def work(session: "Session") -> int:
        return vault_keys.destroy(session, campaigns.ensure(session).id, settings.keys, [kid])

    count = in_transaction(setup.open_existing(settings), work)
    print(console.KEY_DESTROYED.text(kid=kid, visits=count))


def _listed(data: Path) -> list["ListedKey"]:
    from sync_server.database import campaigns
    from sync_server.database.transactions import in_transaction
    from sync_server.maintenance import setup
    from sync_server.vault import keys as vault_keys

    settings = settings_of(data)

    def work(session: "Session") -> list["ListedKey"]:
        campaign = campaigns.ensure(session).id
        vault_keys.ensure(session, campaign, settings.keys)
        return vault_keys.listed(session, campaign, settings.keys)

    return in_transaction(setup.open_existing(settings), work)


def _print_key(key: "ListedKey") -> None:
    values = {"kid": key.row.kid, "first": key.row.first, "until": key.row.until, "visits": key.visits}
    if key.row.destroyed_at:
        print(console.KEY_GONE.text(**values, at=key.row.destroyed_at[:10]))
    elif key.problem:
        print(console.KEY_AWAY.text(**values))
        for language in ("zh", "en"):
            print(sentence("keys_unavailable", {"why": key.problem}, language))
    else:
        print(console.KEY_HERE.text(**values))
