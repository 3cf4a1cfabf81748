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
def test_damaged_exif_costs_the_turning_and_nothing_else(exif: bytes) -> None:
    made = renditions.make_small(io.BytesIO(_with_exif(exif)), 100)
    with Image.open(io.BytesIO(made)) as small:
        assert small.size == (100, 75)


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_damage_anywhere_is_a_problem_or_no_matter(tmp_path: Path, kind: str) -> None:
    chance, met = random.Random(kind), set()
    whole = drawn.photo(64, 48, kind=kind, position=(23.0, 113.7), orientation=6)
    source = tmp_path / "photo"
    for _ in range(300):
        damaged = bytearray(whole)
        for _ in range(chance.randint(1, 4)):
            damaged[chance.randrange(min(len(damaged), 500))] = chance.choice((0, 255, chance.randrange(256)))
        source.write_bytes(damaged)
        try:
            with source.open("rb") as stream:
                renditions.look(stream)
                stream.seek(0)
                assert renditions.make_small(stream, 40)
        except Problem as problem:
            met.add(problem.code)
    assert met <= {"photo_not_an_image", "photo_too_many_pixels"}


def test_many_requests_about_one_upload_at_once(tmp_path: Path) -> None:
    photos = PhotoService.in_folder(tmp_path)
    data = drawn.photo(300, 200)
    for turn in range(20):
        upload = Announced(f"{turn:032x}", _sha256(data), "image/jpeg", len(data))
        photos.begin(upload)
        gate = threading.Barrier(6)

        def go(what: int, upload: Announced = upload, gate: threading.Barrier = gate) -> str:
            gate.wait()
            try:
                if what == 5:
                    photos.drop(upload.id)
                    return "dropped"
                if photos.append(upload, 0, data[: 500 if what == 4 else len(data)]) < len(data):
                    photos.truncate(upload, 0)
                    return "taken back"
                photos.flush(upload)
                photos.finish(upload)
                return "kept"
            except Problem as problem:
                return problem.code

        with ThreadPoolExecutor(6) as pool:
            said = list(pool.map(go, range(6)))
        assert set(said) <= {"kept", "dropped", "taken back", "upload_unknown", "upload_offset_conflict"}
        assert said.count("kept") <= 1
        if "kept" in said:
            with photos.original(upload.sha256) as stream:
                assert stream.read() == data


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
