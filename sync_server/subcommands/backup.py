"""The commands `anlan backup-key`, `anlan backup` and `anlan restore`."""

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sync_server.subcommands.options import VAR, Data, settings_of
from sync_server.texts import console

if TYPE_CHECKING:
    from sync_server.settings import Settings

Identity = Annotated[Path, typer.Option(help="the file with the private key")]


def backup_key(file: Path) -> None:
    """Make a key for backups: the private one goes into FILE, the public one is printed (last line)."""
    from sync_server.maintenance import backup as backups

    public = backups.new_key(file)
    print(console.BACKUP_KEY_MADE.text(path=file))
    print(public)


def backup(
    target: Path,
    data: Data = VAR,
    to: Annotated[str, typer.Option(help="the public key, for the first backup in TARGET")] = "",
) -> None:
    """Back up into the folder TARGET, encrypted, while the server serves. Photos are copied once."""
    from sync_server.maintenance import backup as backups
    from sync_server.maintenance import setup
    from sync_server.photos.store import FolderPhotoStore

    settings = settings_of(data)
    engine = setup.open_existing(settings)
    made = backups.make(engine, FolderPhotoStore(settings.photos), settings.data, target, to)
    print(
        console.BACKUP_MADE.text(folder=made.folder, photos=made.photos, new=made.new_photos, size=made.bytes)
    )
    if made.missing:
        print(console.BACKUP_LACKS.text(missing=len(made.missing)))
        raise SystemExit(1)


def restore(
    source: Path,
    identity: Identity,
    data: Data = VAR,
    rehearse: Annotated[
        bool, typer.Option("--rehearse", help="only prove that it opens; on SQLite, keeps nothing")
    ] = False,
) -> None:
    """Restore SOURCE, a backup or the newest in a folder of them, into an empty data folder or database."""
    from sync_server.maintenance import putting_back

    if rehearse:
        with tempfile.TemporaryDirectory(prefix="anlan-rehearsal-") as folder:
            found = putting_back.restore(_elsewhere(settings_of(data), Path(folder)), source, identity)
        said = console.BACKUP_OPENS
    else:
        found = putting_back.restore(settings_of(data), source, identity)
        said = console.BACKUP_PUT_BACK
    missing = len(found.missing)
    print(said.text(made_at=found.manifest.made_at, photos=found.photos, missing=missing))
    if missing:
        print(console.BACKUP_LACKED.text(missing=missing))


def _elsewhere(settings: "Settings", folder: Path) -> "Settings":
    """A deployment that is not there yet; on PostgreSQL, the empty database that the settings name."""
    is_file = settings.database_url.startswith("sqlite")
    url = f"sqlite:///{folder / 'anlan.sqlite3'}" if is_file else settings.database_url
    return replace(
        settings, data=folder, database_url=url, photos=folder / "photos", keys=folder / "no-keys" / "keys"
    )
