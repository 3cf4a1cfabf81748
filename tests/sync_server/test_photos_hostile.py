"""Pictures that are hostile or damaged, and requests about one upload that meet: nothing breaks."""

import hashlib
import io
import random
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest
from PIL import Image

from shared.problems import Problem
from sync_server.photos import renditions
from sync_server.photos.service import PhotoService
from sync_server.photos.store import FolderPhotoStore
from tests.support import drawn


@dataclass(frozen=True)
class Announced:
    id: str
    sha256: str
    mime: str
    length: int


def _with_exif(exif: bytes) -> bytes:
    written = io.BytesIO()
    Image.new("RGB", (400, 300), "red").save(written, "JPEG", exif=b"Exif\0\0" + exif)
    return written.getvalue()


@pytest.mark.filterwarnings("ignore::UserWarning")  # Pillow mentions damaged EXIF
@pytest.mark.parametrize(
    "exif",
    [
        b"MM\x00\xff\x00\x00\x00\x08",
        b"MM\x00*\xff\xff\xff\xff",
        b"MM\x00*\x00\x00\x00\x08\xff\xff" + b"\xff" * 40,
        b"II*\x00\x08\x00\x00\x00\x01\x00\x12\x01\x02\x00\xff\xff\x00\x00\x1a\x00\x00\x00",
    ],
)
def test_damaged_exif_costs_the_turning_and_nothing_else(tmp_path: Path, exif: bytes) -> None:
    source, target = tmp_path / "photo", tmp_path / "small" / "photo.jpg"
    source.write_bytes(_with_exif(exif))
    renditions.make_small(source, target, 100)
    with Image.open(target) as small:
        assert small.size == (100, 75)


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_damage_anywhere_is_a_problem_or_no_matter(tmp_path: Path, kind: str) -> None:
    chance, met = random.Random(kind), set()
    whole = drawn.photo(64, 48, kind=kind, position=(23.0, 113.7), orientation=6)
    source, target = tmp_path / "photo", tmp_path / "small" / "photo.jpg"
    for _ in range(300):
        damaged = bytearray(whole)
        for _ in range(chance.randint(1, 4)):
            damaged[chance.randrange(min(len(damaged), 500))] = chance.choice((0, 255, chance.randrange(256)))
        source.write_bytes(damaged)
        try:
            with source.open("rb") as stream:
                renditions.look(stream)
            renditions.make_small(source, target, 40)
        except Problem as problem:
            met.add(problem.code)
    assert met <= {"photo_not_an_image", "photo_too_many_pixels"}
    assert [path.name for path in target.parent.iterdir()] in ([], ["photo.jpg"])


def test_many_requests_about_one_upload_at_once(tmp_path: Path) -> None:
    shelf = FolderPhotoStore(tmp_path)
    desk = PhotoService(shelf)
    data = drawn.photo(300, 200)
    for turn in range(20):
        upload = Announced(f"{turn:032x}", _sha256(data), "image/jpeg", len(data))
        desk.begin(upload)
        gate = threading.Barrier(6)

        def go(what: int, upload: Announced = upload, gate: threading.Barrier = gate) -> str:
            gate.wait()
            try:
                if what == 5:
                    desk.drop(upload.id)
                    return "dropped"
                if desk.write(upload, 0, data[: 500 if what == 4 else len(data)]) < len(data):
                    desk.take_back(upload, 0)
                    return "taken back"
                desk.settle(upload)
                desk.finish(upload)
                return "kept"
            except Problem as problem:
                return problem.code

        with ThreadPoolExecutor(6) as pool:
            said = list(pool.map(go, range(6)))
        assert set(said) <= {"kept", "dropped", "taken back", "upload_unknown", "upload_offset_conflict"}
        assert said.count("kept") <= 1
        if "kept" in said:
            assert desk.original(upload.sha256).read_bytes() == data


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
