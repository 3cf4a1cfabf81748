"""The device's camera. The preview is a control that a screen places; what it must be told stands here."""

from typing import Any

import flet as ft

from mobile_app.device.browser import IN_BROWSER, js_bytes
from mobile_app.device.photos import PickedPhoto
from shared import problems
from shared.vocabulary import PhotoSource


class Camera:
    """The camera of this device. Its library is imported when it is first opened, not when the app starts."""

    def control(self, ref: ft.Ref[Any]) -> ft.Control:
        """A camera preview, which `ref` then holds. A redraw makes a new one in place of the old."""
        import flet_camera

        preview: ft.Control = flet_camera.Camera(ref=ref, expand=True)
        return preview

    async def start(self, preview: ft.Ref[Any]) -> None:
        """Turn on the camera at the back, or the only one, for stills; `preview` must be on the page by now.

        A redraw meanwhile makes a new control in place of the one that was asked.
        Problem: camera_unavailable when there is none or it is refused.
        """
        import flet_camera as fc

        if preview.current is None:
            raise problems.camera_unavailable()
        try:
            found = await preview.current.get_available_cameras()
            if not found:
                raise problems.camera_unavailable()
            back = [one for one in found if one.lens_direction is fc.CameraLensDirection.BACK]
            best = (back or found)[0]
            await preview.current.initialize(best, fc.ResolutionPreset.VERY_HIGH, enable_audio=False)
        except (RuntimeError, TimeoutError, ft.FletUnsupportedPlatformException) as error:
            raise problems.camera_unavailable() from error

    async def shoot(self, preview: ft.Ref[Any]) -> PickedPhoto:
        """Take a picture. Problem: camera_unavailable."""
        if preview.current is None:
            raise problems.camera_unavailable()
        try:
            data = await preview.current.take_picture()
        except (RuntimeError, TimeoutError) as error:
            raise problems.camera_unavailable() from error
        return PickedPhoto(bytes(data), "camera.jpg", PhotoSource.CAMERA)

    @property
    def reads_codes(self) -> bool:
        """Whether this device reads QR codes in pictures: browsers do, by the page's own module `qr.js`."""
        return IN_BROWSER

    async def read_code(self, picked: PickedPhoto) -> str:
        """The text of the QR code in a picture; "" where there is none, or no picture."""
        import anlan_qr

        return str(await anlan_qr.read(js_bytes(picked.data)))
