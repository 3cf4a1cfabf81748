"""The device's camera. The preview is a control that a screen places; what it must be told stands here."""

import flet as ft
import flet_camera as fc

from mobile_app.device.photos import PickedPhoto
from shared import problems
from shared.vocabulary import PhotoSource


async def start(camera: fc.Camera) -> None:
    """Turn on the camera at the back, or the only one, for stills; the control must be on the page by now.

    Problem: camera_unavailable when there is none or it is refused.
    """
    try:
        found = await camera.get_available_cameras()
        if not found:
            raise problems.camera_unavailable()
        back = [one for one in found if one.lens_direction is fc.CameraLensDirection.BACK]
        await camera.initialize((back or found)[0], fc.ResolutionPreset.VERY_HIGH, enable_audio=False)
    except (RuntimeError, TimeoutError, ft.FletUnsupportedPlatformException) as error:
        raise problems.camera_unavailable() from error


async def shoot(camera: fc.Camera) -> PickedPhoto:
    """Take a picture. Problem: camera_unavailable."""
    try:
        data = await camera.take_picture()
    except (RuntimeError, TimeoutError) as error:
        raise problems.camera_unavailable() from error
    return PickedPhoto(bytes(data), "camera.jpg", PhotoSource.CAMERA)
