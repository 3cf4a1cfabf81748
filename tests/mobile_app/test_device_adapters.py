"""The device's adapters: what the outside does becomes a fix, a file or a Problem."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import flet as ft
import flet_camera as fc
import flet_geolocator as geo
import pytest

from mobile_app.device.camera import Camera
from mobile_app.device.location import Location
from mobile_app.device.photo_files import FolderPhotoFiles
from mobile_app.device.picker import picked
from mobile_app.device.storage_usage import Storage
from shared.problems import Problem
from shared.vocabulary import PhotoSource

pytestmark = pytest.mark.anyio
ALLOWED = geo.GeolocatorPermissionStatus.WHILE_IN_USE


class Sky:
    """A geolocator that answers with the given accuracies, one after the other, then never."""

    def __init__(
        self,
        *accuracies: float,
        allowed: geo.GeolocatorPermissionStatus = ALLOWED,
        before: geo.GeolocatorPermissionStatus = geo.GeolocatorPermissionStatus.DENIED,
        on: bool = True,
        error: str = "",
    ) -> None:
        self._accuracies, self._before = list(accuracies), before
        self._allowed, self._on, self._error = allowed, on, error

    async def is_location_service_enabled(self) -> bool:
        return self._on

    async def get_permission_status(self) -> geo.GeolocatorPermissionStatus:
        return self._before

    async def request_permission(self) -> geo.GeolocatorPermissionStatus:
        if self._before is ALLOWED:
            await asyncio.sleep(60)  # a browser asks by waiting for a fix
        return self._allowed

    async def get_current_position(self, wish: geo.GeolocatorConfiguration) -> geo.GeolocatorPosition:
        assert wish.time_limit is not None
        if self._error:
            raise RuntimeError(self._error)
        if not self._accuracies:
            await asyncio.sleep(60)
        return geo.GeolocatorPosition(
            latitude=23.0211234567,
            longitude=113.75,
            accuracy=self._accuracies.pop(0),
            timestamp=datetime(2026, 5, 1, 1, 30, tzinfo=UTC),
        )


def under(sky: Sky) -> Location:
    location = Location()
    location._geolocator = sky
    return location


async def test_a_good_fix_is_taken_at_once() -> None:
    fix = await under(Sky(6.0, 1.0)).locate(limit_s=5)
    assert (fix.lat, fix.lon, fix.accuracy_m) == (23.021123, 113.75, 6.0)
    assert datetime.fromisoformat(fix.taken_at) == datetime(2026, 5, 1, 1, 30, tzinfo=UTC)
    assert fix.position.accuracy_m == 6.0


async def test_the_best_fix_within_the_limit_is_taken() -> None:
    assert (await under(Sky(80.0, 30.0, 40.0)).locate(limit_s=2.2)).accuracy_m == 30.0


@pytest.mark.parametrize(
    ("sky", "code"),
    [
        (Sky(), "location_timeout"),
        (Sky(before=ALLOWED), "location_timeout"),
        (Sky(allowed=geo.GeolocatorPermissionStatus.DENIED), "location_denied"),
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


async def test_the_camera_at_the_back_is_opened_and_shoots() -> None:
    eye = Eye(fc.CameraLensDirection.FRONT, fc.CameraLensDirection.BACK)
    await Camera().start(eye)
    assert eye.opened is not None
    assert eye.opened.lens_direction is fc.CameraLensDirection.BACK
    shot = await Camera().shoot(eye)
    assert (shot.data, shot.source) == (b"a picture", PhotoSource.CAMERA)


@pytest.mark.parametrize("eye", [Eye(), Eye(error="CameraAccessDenied")])
async def test_no_camera_is_a_problem(eye: Eye) -> None:
    with pytest.raises(Problem) as met:
        await Camera().start(eye)
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
