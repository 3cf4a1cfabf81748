"""Pictures that are hostile or damaged, and requests about one upload that meet: nothing breaks."""

import hashlib
import io
import random
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest
from PIL import Image

from shared.problems import Problem
from sync_server.photos import renditions
from sync_server.photos import unpacker as unpacker_module
from sync_server.photos.service import PhotoService
from sync_server.photos.unpacker import Unpacker
from tests.bench.processes import Server as Process
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
    chance, met, unpacker = random.Random(kind), set(), Unpacker()
    whole = drawn.photo(64, 48, kind=kind, position=(23.0, 113.7), orientation=6)
    source = tmp_path / "photo"
    for _ in range(300):
        damaged = bytearray(whole)
        for _ in range(chance.randint(1, 4)):
            damaged[chance.randrange(min(len(damaged), 500))] = chance.choice((0, 255, chance.randrange(256)))
        source.write_bytes(damaged)
        try:
            with source.open("rb") as stream:
                unpacker.inspect(stream)
                stream.seek(0)
                assert unpacker.small(stream, 40)
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


def claiming(width: int, height: int) -> bytes:
    """A WebP of a few bytes that claims to be so large."""
    written = io.BytesIO()
    Image.new("RGB", (1, 1), "red").save(written, "WEBP", lossless=True)
    data = bytearray(written.getvalue())
    sizes = data.index(b"VP8L") + 9
    data[sizes : sizes + 4] = ((width - 1) | (height - 1) << 14).to_bytes(4, "little")
    return bytes(data)


def test_a_picture_that_claims_to_be_large_is_refused_before_it_is_unpacked() -> None:
    unpacker = Unpacker()
    for width, height in ((16_383, 3_050), (16_383, 16_383), (4_001, 4_000)):
        with pytest.raises(Problem) as caught:
            unpacker.inspect(io.BytesIO(claiming(width, height)))
        assert caught.value.code == "photo_too_many_pixels"


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_the_largest_that_is_taken_fits_in_the_memory_for_it(kind: str) -> None:
    written = io.BytesIO()
    Image.new("RGBA", (4000, 4000), (255, 0, 0, 100)).save(written, kind, lossless=True, method=0)
    unpacker = Unpacker()
    found = unpacker.inspect(io.BytesIO(written.getvalue()))
    assert (found.width, found.height) == (4000, 4000)
    with Image.open(io.BytesIO(unpacker.small(io.BytesIO(written.getvalue()), 320))) as small:
        assert small.size == (320, 320)
    assert unpacker._process is not None
    peak = Process(0, unpacker._process.pid).peak_megabytes()
    assert peak is not None
    assert peak < 240  # three times the pixels and the process itself


def test_the_largest_jpeg_has_a_small_copy() -> None:
    for progressive in (False, True):
        written = io.BytesIO()
        Image.new("RGB", (8000, 6000), "red").save(written, "JPEG", progressive=progressive)
        with Image.open(io.BytesIO(Unpacker().small(io.BytesIO(written.getvalue()), 320))) as small:
            assert small.size == (320, 240)


def test_a_picture_that_breaks_or_holds_its_process_harms_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    unpacker = Unpacker()
    photo = drawn.photo(64, 48, kind="PNG")
    assert unpacker.inspect(io.BytesIO(photo)).width == 64
    first = unpacker._process
    assert first is not None
    first.send_signal(signal.SIGSTOP)
    monkeypatch.setattr(unpacker_module, "SECONDS", 0.2)
    with pytest.raises(Problem, match="photo_not_an_image"):
        unpacker.inspect(io.BytesIO(photo))
    monkeypatch.undo()
    assert unpacker.inspect(io.BytesIO(photo)).width == 64
    assert unpacker._process is not first


def test_only_few_threads_wait_for_a_picture_to_be_unpacked() -> None:
    unpacker = Unpacker()
    photo = drawn.photo(64, 48, kind="PNG")
    with unpacker._lock, ThreadPoolExecutor(8) as pool:
        asked = [pool.submit(unpacker.inspect, io.BytesIO(photo)) for _ in range(8)]
        while sum(one.done() for one in asked) < 8 - unpacker_module.MOST_INSPECTIONS:
            time.sleep(0.01)
        assert unpacker.inspect(io.BytesIO(drawn.photo(64, 48))).width == 64  # a JPEG needs no unpacking
        refused = [one.exception() for one in asked if one.done()]
        unpacker._lock.release()
        for one in asked:
            one.exception(20)
        unpacker._lock.acquire()
    assert all(isinstance(error, Problem) and error.code == "overloaded" for error in refused)
    assert sum(one.exception() is None for one in asked) == unpacker_module.MOST_INSPECTIONS


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
