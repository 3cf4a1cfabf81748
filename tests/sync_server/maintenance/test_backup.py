"""A backup made while the server serves: put back it is what it was, and what is wrong with it is said."""

import hashlib
import shutil
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from shared.problems import Problem
from sync_server.maintenance import backup, putting_back, setup
from sync_server.photos.store import FolderPhotoStore
from tests.support.drawn import photo as drawn
from tests.support.server import open_server
from tests.sync_server.maintenance.backups import Kept, backup_later, saved, state

SECRET = "石井村后山塘的秘密"


def test_what_is_put_back_is_what_was_there_and_phones_send_the_rest(kept: Kept) -> None:
    phone, photo = kept.server.phone(), drawn(640, 480)
    first = saved(phone, SECRET, photo)
    made = kept.make(kept.public)
    assert (made.photos, made.new_photos, made.missing) == (1, 1, [])
    before = state(kept.server.settings)
    later = saved(phone, "备份之后")
    settings = kept.empty()
    assert kept.restore(settings).photos == 1
    hazards, photos, epoch = state(settings)
    assert hazards == before[0] == [(first, SECRET)]
    assert photos == before[1]
    assert epoch != before[2], "phones are to send again what came later"
    with FolderPhotoStore(settings.photos).open(*photos) as stream:
        assert stream.read() == photo
    with open_server(settings.data, settings.database_url) as restored:
        phone.client, phone.epoch = restored.client, epoch
        again = phone.op({"water_name": "备份之后", "town_code": "441900003"}, record=later, base=0)
        assert phone.push(again)[0]["status"] == "stored"


def test_nobody_reads_a_backup_without_the_key(kept: Kept) -> None:
    phone, photo = kept.server.phone(), drawn(640, 480, seed=3)
    saved(phone, SECRET, photo)
    kept.make(kept.public)
    for file in kept.target.rglob("*"):
        if file.is_file():
            content = file.read_bytes()
            assert SECRET.encode() not in content
            assert photo[:200] not in content
            assert phone.token.encode() not in content
    assert kept.identity.stat().st_mode & 0o077 == 0
    other = kept.identity.with_name("other.key")
    backup.new_key(other)
    settings = kept.empty()
    with pytest.raises(Problem, match="backup_key_wrong"):
        putting_back.restore(settings, kept.target, other)
    assert not list(settings.data.iterdir())


def test_photos_are_copied_once_and_the_newest_backup_is_put_back(kept: Kept) -> None:
    phone = kept.server.phone()
    saved(phone, "一", drawn(640, 480, seed=1))
    one = kept.make(kept.public)
    saved(phone, "二", drawn(640, 480, seed=2))
    two = backup_later(kept, one)
    assert (one.new_photos, two.photos, two.new_photos) == (1, 2, 1)
    settings = kept.empty()
    assert kept.restore(settings).photos == 2
    assert len(state(settings)[0]) == 2


def test_a_backup_that_was_cut_is_none(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    saved(kept.server.phone(), "一", drawn(640, 480))

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(backup, "_copy_photos", full)
        with pytest.raises(Problem, match="backup_not_written"):
            kept.make(kept.public)
    assert [one.name for one in kept.target.iterdir()] == [backup.RECIPIENT]
    with pytest.raises(Problem, match="backup_missing"):
        kept.restore(kept.empty())
    whole = kept.make()
    cut = kept.target / "20991231T000000Z"
    shutil.copytree(whole.folder, cut)
    (cut / backup.MANIFEST).unlink()
    assert kept.restore(kept.empty()).manifest.made_at == whole.folder.name


@pytest.mark.parametrize("where", [0, 100, -1])
def test_a_damaged_backup_restores_nothing(kept: Kept, where: int) -> None:
    saved(kept.server.phone(), "一")
    file = kept.make(kept.public).folder / backup.DATABASE
    content = bytearray(file.read_bytes())
    content[where] ^= 1
    file.write_bytes(content)
    settings = kept.empty()
    with pytest.raises(Problem, match="backup_damaged"):
        kept.restore(settings)
    assert not list(settings.data.iterdir())


def test_a_damaged_photo_is_lacking_and_phones_are_asked_for_it(kept: Kept) -> None:
    photo = drawn(640, 480)
    saved(kept.server.phone(), "一", photo)
    kept.make(kept.public)
    [file] = kept.target.glob("photos/*/*.age")
    file.write_bytes(file.read_bytes()[:-1])
    settings = kept.empty()
    assert kept.restore(settings).missing == [hashlib.sha256(photo).hexdigest()]
    assert state(settings)[1] == set()


def test_a_photo_that_the_server_lost_is_named(kept: Kept) -> None:
    photo = drawn(640, 480)
    saved(kept.server.phone(), "一", photo)
    name = hashlib.sha256(photo).hexdigest()
    FolderPhotoStore(kept.server.settings.photos).remove(name)
    made = kept.make(kept.public)
    assert (made.missing, made.new_photos) == ([name], 0)


def test_nothing_that_is_there_is_overwritten(kept: Kept) -> None:
    saved(kept.server.phone(), "一")
    kept.make(kept.public)
    settings = kept.empty()
    kept.restore(settings)
    before = state(settings)
    with pytest.raises(Problem, match="data_there"):
        kept.restore(settings)
    assert state(settings) == before


def test_the_key_is_said_once_and_never_changed_silently(kept: Kept, tmp_path: Path) -> None:
    with pytest.raises(Problem, match="backup_key_missing"):
        kept.make()
    with pytest.raises(Problem, match="backup_key_wrong"):
        kept.make("age1nonsense")
    kept.make(kept.public)
    other = backup.new_key(tmp_path / "another.key")
    with pytest.raises(Problem, match="backup_key_other"):
        kept.make(other)
    with pytest.raises(Problem, match="folder_unusable"):
        backup.new_key(kept.identity)


def test_a_backup_of_another_kind_of_database_is_refused(kept: Kept, database_url: str) -> None:
    saved(kept.server.phone(), "一")
    made = kept.make(kept.public)
    other = "postgresql" if not database_url else "sqlite"
    text = (made.folder / backup.MANIFEST).read_text()
    here = make_url(kept.server.settings.database_url).get_backend_name()
    (made.folder / backup.MANIFEST).write_text(text.replace(f'"{here}"', f'"{other}"'))
    with pytest.raises(Problem, match="backup_other_database"):
        kept.restore(kept.empty())


def test_a_restored_deployment_starts(kept: Kept) -> None:
    saved(kept.server.phone(), "一")
    kept.make(kept.public)
    settings = kept.empty()
    kept.restore(settings)
    engine = setup.open_existing(settings)
    assert setup.start(engine, "管理员").campaign == kept.server.campaign
    engine.dispose()
