"""The command `anlan`. Each sub-command imports what it needs when it runs, which keeps startup fast."""

import gc
import socket
import sys
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from shared import problems
from shared.problem_texts import sentence
from shared.problems import Problem
from sync_server import startup_message
from sync_server.subcommands.audit import audit
from sync_server.subcommands.backup import backup, backup_key, restore
from sync_server.subcommands.keys import keys
from sync_server.subcommands.options import VAR, Data, Port, settings_of
from sync_server.subcommands.person import person
from sync_server.subcommands.phone import phone
from sync_server.subcommands.progress import progress_of_year
from sync_server.subcommands.target import target
from sync_server.texts import console

if TYPE_CHECKING:
    from sync_server.maintenance.setup import Start


app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Anlan 安澜: find and remove the waters in which children drown.",
)
app.add_typer(person, name="person")
app.add_typer(phone, name="phone")
app.add_typer(target, name="target")
app.add_typer(audit, name="audit")
app.add_typer(keys, name="keys")
app.command("backup-key")(backup_key)
app.command("backup")(backup)
app.command("restore")(restore)
app.command("progress")(progress_of_year)


@app.command()
def serve(data: Data = VAR, host: str = "127.0.0.1", port: Port = 8000) -> None:
    """Serve the map, the ledger and the phone app."""
    import uvicorn

    from sync_server.app import create_app
    from sync_server.http import allocator
    from sync_server.http.connection import LimitedConnection
    from sync_server.maintenance import setup

    allocator.return_memory()
    settings = settings_of(data)
    setup.make_data_folder(settings)
    served = create_app(settings)
    start: Start | None = None
    try:
        box = served.state.secret_box
        start = setup.start(served.state.engine, console.ADMINISTRATOR, settings.keys, box)
    except Problem as problem:
        if problem.kind is not problems.storage_full:
            raise
        with suppress(OSError):
            _print_problem(problem)  # existing data can still be served

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            if self.started:
                with suppress(OSError):  # a full disk may take no line of output either
                    startup_message.show(settings, start, host, port)

    # A push gives its turn away with every statement, and waited 5 ms behind each busy thread for the next.
    sys.setswitchinterval(0.0005)
    # Raise the GC threshold: cycle collection cost 14 % of a push, and there are hardly any cycles.
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
    config = uvicorn.Config(
        served,
        host,
        port,
        http=LimitedConnection,
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=10,
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=list(settings.trusted_proxies),
    )
    Server(config).run()


@app.command()
def demo(data: Data = Path("var-demo")) -> None:
    """Fill a separate data folder with 2,000 demo hazards."""
    from sync_server.database.timestamps import today
    from sync_server.demo.fill import fill
    from sync_server.maintenance import setup
    from sync_server.photos.store import FolderPhotoStore

    printed = -1

    def progress(done: int, total: int) -> None:
        nonlocal printed
        if done * 10 // total > printed:
            printed = done * 10 // total
            print(console.CREATING_DEMO.text(percent=printed * 10), flush=True)

    settings = settings_of(data)
    engine = setup.open_database(settings)
    filled = fill(engine, FolderPhotoStore(settings.photos), date.fromisoformat(today()), progress)
    print((console.DEMO_CREATED if filled else console.NOT_EMPTY).text(path=data))


@app.command()
def export(out: Path, data: Data = VAR) -> None:
    """Export the whole ledger without masking to OUT: *.xlsx, *.csv or *.geojson."""
    from sync_server import ledger_file
    from sync_server.maintenance import setup

    if out.suffix not in ledger_file.ENDINGS:
        raise typer.BadParameter(str(out), param_hint="OUT")
    if not out.parent.is_dir() or out.is_dir():
        raise problems.folder_unusable(path=str(out))
    settings = settings_of(data)
    ledger_file.write(
        setup.open_existing(settings), settings.photos, startup_message.address_of(settings), out
    )
    print(console.WROTE.text(path=out))


@app.command()
def restored(data: Data = VAR) -> None:
    """Run after restoring the database from a backup: phones then send again what the backup lacks."""
    from sync_server.maintenance import setup

    setup.restored(setup.open_existing(settings_of(data)))
    print(console.RESTORED.text())


@app.command()
def doctor(
    data: Data = VAR,
    ask_again: Annotated[bool, typer.Option("--ask-again", help="let phones send it again")] = False,
) -> None:
    """Read all photos again and say which are missing or damaged; exit code 1 if any is."""
    from sync_server.maintenance import doctor as examination
    from sync_server.maintenance import setup
    from sync_server.photos.service import PhotoService

    settings = settings_of(data)
    engine, photos = setup.open_existing(settings), PhotoService.in_folder(settings.photos)
    health = examination.examine(engine, photos)
    print((console.PHOTOS_GOOD if health.is_good else console.PHOTOS_LOST).text(**health.counts))
    print(*health.missing, *health.damaged, sep="\n")
    if ask_again and not health.is_good:
        examination.ask_again(engine, photos, health)
        print(console.PHOTOS_ASKED.text())
    elif not health.is_good:
        raise SystemExit(1)


def main() -> None:
    """The entry point: run the command and print Problems as plain messages."""
    try:
        app()
    except Problem as problem:
        _print_problem(problem)
        raise SystemExit(1) from None


def _print_problem(problem: Problem) -> None:
    for language in ("zh", "en"):
        print(sentence(problem.code, problem.details, language), file=sys.stderr)


if __name__ == "__main__":
    main()
