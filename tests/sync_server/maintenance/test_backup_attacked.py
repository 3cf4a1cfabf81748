"""Somebody can write to the place where backups lie: nothing is read, overwritten or restored by that."""

import errno
import hashlib
from pathlib import Path
from typing import Any

import pyrage  # type: ignore[import-untyped]
import pytest
from sqlalchemy.engine import make_url

from shared.problems import Problem
from sync_server.access import links
from sync_server.database.transactions import in_transaction
from sync_server.deps import SESSION_COOKIE
from sync_server.maintenance import backup, putting_back
from sync_server.photos.store import FolderPhotoStore
from tests.support.drawn import photo as drawn
from tests.support.server import open_server
from tests.sync_server.maintenance.backups import Kept, backup_later, saved, state


def test_a_key_that_somebody_put_into_the_target_is_not_used(kept: Kept, tmp_path: Path) -> None:
    """Whoever can write there could otherwise read every later backup."""
    saved(kept.server.phone(), "一")
    made = kept.make(kept.public)
    thief = backup.new_key(tmp_path / "thief.key")
    (kept.target / backup.RECIPIENT).write_text(f"{thief}\n")
    before = sorted(kept.target.rglob("*"))
    with pytest.raises(Problem, match="backup_key_changed"):
        kept.make()
    (kept.target / backup.RECIPIENT).unlink()
    with pytest.raises(Problem, match="backup_key_missing"):
        kept.make()
    (kept.target / backup.RECIPIENT).write_text(f"{thief}\n")
    assert sorted(kept.target.rglob("*")) == before
    with pytest.raises(Problem, match="backup_key_other"):
        kept.make(kept.public)
    (kept.target / backup.RECIPIENT).write_text(f"{kept.public}\n")
    assert backup_later(kept, made).photos == 0


def test_a_new_key_is_chosen_by_whoever_names_it(kept: Kept, tmp_path: Path) -> None:
    saved(kept.server.phone(), "一")
    kept.make(kept.public)
    kept.target = tmp_path / "another target"
    kept.identity = tmp_path / "another.key"
    kept.make(backup.new_key(kept.identity))
    assert kept.restore(kept.empty()).manifest.ends


def test_a_link_in_the_target_leads_to_no_file_of_the_server(kept: Kept, tmp_path: Path) -> None:
    photo = drawn(640, 480)
    saved(kept.server.phone(), "一", photo)
    victim = tmp_path / "the server's own"
    victim.write_text("untouched")
    place = backup.photo_file(kept.target / "photos", hashlib.sha256(photo).hexdigest())
    place.parent.mkdir(parents=True)
    place.with_name(f".{place.name}.part").symlink_to(victim)
    kept.make(kept.public)
    assert victim.read_text() == "untouched"
    assert kept.restore(kept.empty()).photos == 1


def test_a_photo_that_was_cut_in_the_target_is_written_again(kept: Kept) -> None:
    saved(kept.server.phone(), "一", drawn(640, 480))
    made = kept.make(kept.public)
    [file] = kept.target.glob("photos/*/*.age")
    file.write_bytes(file.read_bytes()[:5000])
    assert backup_later(kept, made).new_photos == 1
    assert kept.restore(kept.empty()).photos == 1


def test_two_photos_that_were_exchanged_are_lacking(kept: Kept) -> None:
    phone = kept.server.phone()
    saved(phone, "一", drawn(640, 480, seed=1))
    saved(phone, "二", drawn(640, 480, seed=2))
    kept.make(kept.public)
    one, two = kept.target.glob("photos/*/*.age")
    first, second = one.read_bytes(), two.read_bytes()
    one.write_bytes(second)
    two.write_bytes(first)
    settings = kept.empty()
    assert len(kept.restore(settings).missing) == 2
    assert state(settings)[1] == set()


@pytest.mark.parametrize("content", [b"", b"no database", b"PGDMP", b"SQLite format 3\0" * 300])
def test_what_is_no_database_restores_nothing(kept: Kept, content: bytes) -> None:
    """Anybody can encrypt to a public key and write a manifest that fits."""
    saved(kept.server.phone(), "一")
    made = kept.make(kept.public)
    file = made.folder / backup.DATABASE
    file.write_bytes(pyrage.encrypt(content, [pyrage.x25519.Recipient.from_str(kept.public)]))
    sha256, size = backup.digest_of(file)
    manifest = putting_back.manifest_of(made.folder).model_copy(update={"sha256": sha256, "bytes": size})
    (made.folder / backup.MANIFEST).write_text(manifest.model_dump_json())
    settings = kept.empty()
    with pytest.raises(Problem, match=r"backup_damaged|database_unavailable"):
        kept.restore(settings)
    assert not list(settings.data.iterdir())


def test_a_backup_of_a_newer_version_says_so(kept: Kept) -> None:
    saved(kept.server.phone(), "一")
    made = kept.make(kept.public)
    manifest = putting_back.manifest_of(made.folder).model_copy(update={"schema_revision": "9999"})
    (made.folder / backup.MANIFEST).write_text(manifest.model_dump_json())
    with pytest.raises(Problem, match="backup_newer"):
        kept.restore(kept.empty())


def test_a_backup_is_found_from_within_its_folder(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    saved(kept.server.phone(), "一", drawn(640, 480))
    monkeypatch.chdir(kept.make(kept.public).folder)
    found = putting_back.restore(kept.empty(), Path(), kept.identity)
    assert (found.photos, found.missing) == (1, [])


def test_what_breaks_off_can_be_done_again(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that fills up amid the photos: on SQLite nothing has come into use."""
    saved(kept.server.phone(), "一", drawn(640, 480))
    kept.make(kept.public)
    settings = kept.empty()

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(FolderPhotoStore, "put", full)
        with pytest.raises(Problem, match="storage_full"):
            kept.restore(settings)
    if make_url(settings.database_url).get_backend_name() == "sqlite":
        assert not list(settings.data.glob("anlan*"))
        assert kept.restore(settings).photos == 1
    assert not list(settings.data.glob(".restoring*"))


@pytest.mark.sqlite
@pytest.mark.parametrize("ending", ["-wal", "-shm", "-journal"])
def test_an_old_journal_is_not_mixed_into_what_is_put_back(kept: Kept, ending: str) -> None:
    """Of a server that still runs, or whose database alone was moved away."""
    saved(kept.server.phone(), "一")
    kept.make(kept.public)
    settings = kept.empty()
    settings.data.mkdir()
    old = settings.data / f"anlan.sqlite3{ending}"
    old.write_bytes(b"what somebody wrote before")
    with pytest.raises(Problem, match="data_there"):
        kept.restore(settings)
    old.unlink()
    assert kept.restore(kept.empty()).manifest.ends


@pytest.mark.sqlite
def test_a_server_that_starts_meanwhile_loses_nothing(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    saved(kept.server.phone(), "一")
    kept.make(kept.public)
    settings = kept.empty()
    fill = putting_back._fill

    def slow(*given: Any) -> putting_back.PutBack:
        found = fill(*given)
        (settings.data / "anlan.sqlite3").write_bytes(b"of a server that was started")
        return found

    monkeypatch.setattr(putting_back, "_fill", slow)
    with pytest.raises(Problem, match="data_there"):
        kept.restore(settings)
    assert (settings.data / "anlan.sqlite3").read_bytes() == b"of a server that was started"


def test_what_works_once_does_not_work_again_after_a_restore(kept: Kept) -> None:
    """A code, a link or a session that was used up or ended after the backup would be back."""
    server = kept.server
    used, person = server.code(), server.person("李四")
    link = in_transaction(server.engine, lambda session: links.make(session, person.id))
    stolen = server.browser().cookies[SESSION_COOKIE]
    kept.make(kept.public)
    settings = kept.empty()
    kept.restore(settings)
    with open_server(settings.data, settings.database_url) as restored:
        said = {"code": used, "device_name": "别人的手机", "platform": "test"}
        assert restored.client.post("/api/v1/enrol", json=said).json()["code"] == "code_invalid"
        assert restored.client.get(f"/welcome/{link}").status_code == 403
        restored.client.cookies.set(SESSION_COOKIE, stolen)
        page = restored.client.get("/devices", follow_redirects=False)
        assert (page.status_code, page.headers["location"].partition("?")[0]) == (303, "/sign-in")
