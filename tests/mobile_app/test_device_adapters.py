"""The device's adapters: what the outside does becomes a fix, a file or a Problem."""

import asyncio
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import flet as ft
import flet_camera as fc
import flet_geolocator as geo
import pytest

from mobile_app.device.camera import Camera
from mobile_app.device.clock import Clock
from mobile_app.device.location import Location
from mobile_app.device.photo_files import FolderPhotoFiles
from mobile_app.device.picker import picked
from mobile_app.device.storage_usage import Storage
from shared.problems import Problem
from shared.records.fix import Fix
from shared.vocabulary import PhotoSource
from tests.support.sky import ALLOWED, DENIED, Seen, Sky, asks_for_new

pytestmark = pytest.mark.anyio


def under(sky: Sky, clock: Clock | None = None) -> Location:
    location = Location(clock)
    location._geolocator = sky
    return location


async def test_a_good_fix_is_taken_at_once() -> None:
    sky = Sky(Seen(6.0, lat=23.0211234567), Seen(1.0))
    fix = await under(sky).locate(limit_s=5)
    assert (fix.lat, fix.lon, fix.accuracy_m) == (23.021123, 113.7832, 6.0)
    assert all(map(asks_for_new, sky.wishes))
    position = fix.position
    assert (position.accuracy_m, position.mock_location, position.clock_skewed) == (6.0, None, None)
    assert datetime.fromisoformat(position.fix_time or "").utcoffset() is not None


async def test_the_best_fix_of_the_wait_is_taken_and_each_better_one_is_heard() -> None:
    heard: list[Fix] = []
    sky = Sky(Seen(80.0), Seen(30.0), Seen(40.0))
    assert (await under(sky).locate(heard.append, limit_s=1.8)).accuracy_m == 30.0
    assert [fix.accuracy_m for fix in heard] == [80.0, 30.0]


async def test_a_fix_of_minutes_ago_is_not_taken_for_a_new_one() -> None:
    here = Seen(40.0, lat=23.05)
    sky = Sky(Seen(8.0, age_s=240), here)
    assert (await under(sky).locate(limit_s=1.2)).lat == 23.05
    left_behind = datetime.now().astimezone() - timedelta(minutes=4)
    old = (await under(Sky(Seen(8.0, taken=left_behind), again=True)).locate(limit_s=1.2)).position
    assert 240 <= (old.age_s or 0) < 250
    assert old.clock_skewed is None


class WrongClock(Clock):
    """An hour slow."""

    def wall(self) -> datetime:
        return super().wall() - timedelta(hours=1)


async def test_a_phone_whose_clock_is_wrong_still_gets_a_position_and_says_so() -> None:
    position = (await under(Sky(Seen(8.0), again=True), WrongClock()).locate(limit_s=5)).position
    assert (position.lat, position.clock_skewed) == (23.0421, True)


async def test_a_made_up_position_says_so() -> None:
    assert (await under(Sky(Seen(mocked=True))).locate()).position.mock_location is True


async def test_enough_ends_the_wait_with_what_there_is() -> None:
    enough = asyncio.Event()
    fix = await under(Sky(Seen(60.0))).locate(lambda _fix: enough.set(), enough, limit_s=30)
    assert fix.accuracy_m == 60.0


async def test_an_unknown_accuracy_is_not_the_best() -> None:
    assert (await under(Sky(Seen(0.0), Seen(50.0))).locate(limit_s=1.2)).accuracy_m == 50.0
    assert (await under(Sky(Seen(0.0))).locate(limit_s=0.8)).position.accuracy_m is None


async def test_a_device_that_hides_where_it_is_gets_told_what_to_switch_on() -> None:
    with pytest.raises(Problem) as met:
        await under(Sky(Seen(3000.0))).locate(limit_s=0.8)
    assert met.value.as_json() == {"code": "location_imprecise", "details": {"metres": 3000}}


async def test_a_device_that_has_no_position_yet_is_asked_again() -> None:
    sky = Sky("Failed to obtain position: unknown", Seen(5.0))
    assert (await under(sky).locate(limit_s=5)).accuracy_m == 5.0


@pytest.mark.parametrize(
    ("sky", "code"),
    [
        (Sky(), "location_timeout"),
        (Sky(before=ALLOWED), "location_timeout"),
        (Sky(allowed=DENIED), "location_denied"),
        (Sky(allowed=geo.GeolocatorPermissionStatus.DENIED_FOREVER), "location_denied"),
        (Sky(on=False), "location_off"),
        (Sky(error="User denied Geolocation"), "location_denied"),
        (Sky(error="Timeout expired"), "location_timeout"),
        (Sky(error="Position unavailable"), "location_off"),
    ],
)
async def test_no_fix_is_a_problem_that_says_why(sky: Sky, code: str) -> None:
    with pytest.raises(Problem) as met:
        await under(sky).locate(limit_s=0.3)
    assert met.value.code == code


class Eye:
    """A camera control with these lenses."""

    def __init__(self, *lenses: fc.CameraLensDirection, error: str = "") -> None:
        self._lenses, self._error = lenses, error
        self.opened: fc.CameraDescription | None = None

    async def get_available_cameras(self) -> list[fc.CameraDescription]:
        if self._error:
            raise RuntimeError(self._error)
        return [
            fc.CameraDescription(name=lens.value, lens_direction=lens, sensor_orientation=0)
            for lens in self._lenses
        ]

    async def initialize(self, found: fc.CameraDescription, *_: object, enable_audio: bool) -> None:
        assert not enable_audio
        self.opened = found

    async def take_picture(self) -> bytes:
        return b"a picture"


def holding(eye: Eye) -> ft.Ref[Any]:
    """What a screen has of its preview."""
    ref: ft.Ref[Any] = ft.Ref()
    ref.current = eye
    return ref


async def test_a_redraw_while_the_camera_starts_is_no_trouble() -> None:
    old, new = Eye(), Eye()
    ref = holding(old)

    async def lenses() -> list[fc.CameraDescription]:
        ref.current = new
        return [
            fc.CameraDescription(name="0", lens_direction=fc.CameraLensDirection.BACK, sensor_orientation=0)
        ]

    old.get_available_cameras = lenses  # type: ignore[method-assign]
    await Camera().start(ref)
    assert new.opened is not None


async def test_the_camera_at_the_back_is_opened_and_shoots() -> None:
    eye = Eye(fc.CameraLensDirection.FRONT, fc.CameraLensDirection.BACK)
    await Camera().start(holding(eye))
    assert eye.opened is not None
    assert eye.opened.lens_direction is fc.CameraLensDirection.BACK
    shot = await Camera().shoot(holding(eye))
    assert (shot.data, shot.source) == (b"a picture", PhotoSource.CAMERA)


@pytest.mark.parametrize("eye", [Eye(), Eye(error="CameraAccessDenied")])
async def test_no_camera_is_a_problem(eye: Eye) -> None:
    with pytest.raises(Problem) as met:
        await Camera().start(holding(eye))
    assert met.value.code == "camera_unavailable"


def test_picked_files_come_with_their_bytes() -> None:
    files = [ft.FilePickerFile(1, "a.jpg", 3, bytes=b"abc"), ft.FilePickerFile(2, "b.jpg", 0)]
    photo, empty = picked(files)
    assert (photo.name, photo.data, photo.source) == ("a.jpg", b"abc", PhotoSource.GALLERY)
    assert (empty.name, empty.data) == ("b.jpg", b"")


async def test_a_photo_that_comes_twice_at_once_is_kept_once(tmp_path: Path) -> None:
    photo_files = FolderPhotoFiles(tmp_path)
    await asyncio.gather(*(photo_files.put("a", b"1") for _ in range(4)))
    assert await photo_files.names() == ["a"]
    assert await Storage().used(tmp_path) == 1


async def test_photo_files_keep_what_is_put_and_forgets_what_is_removed(tmp_path: Path) -> None:
    photo_files = FolderPhotoFiles(tmp_path)
    await photo_files.put("a", b"1")
    await photo_files.put("a", b"22")
    await photo_files.put("b", b"")
    assert await FolderPhotoFiles(tmp_path).names() == ["a", "b"]
    assert await photo_files.get("a") == b"22"
    await photo_files.remove("a")
    await photo_files.remove("a")
    with pytest.raises(Problem) as met:
        await photo_files.get("a")
    assert met.value.code == "photo_not_here"


async def test_a_full_disk_is_a_problem_and_leaves_no_half_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    photo_files = FolderPhotoFiles(tmp_path)
    await photo_files.put("a", b"good")
    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(Problem) as met:
        await photo_files.put("a", b"worse")
    assert met.value.code == "device_storage_full"
    assert await photo_files.get("a") == b"good"
    assert [path.name for path in tmp_path.iterdir()] == ["a"]
