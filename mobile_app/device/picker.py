"""Photos that somebody chooses from the device."""

import flet as ft

from mobile_app.device.photos import PickedPhoto
from shared.vocabulary import PhotoSource


class Picker:
    """The device's file picker, made when it is first asked; ask from an event handler of the app."""

    def __init__(self) -> None:
        self._picker: ft.FilePicker | None = None

    async def pick(self) -> list[PickedPhoto]:
        """The chosen images with their bytes; none when the person turned back."""
        if self._picker is None:
            self._picker = ft.FilePicker()
        files = await self._picker.pick_files(
            file_type=ft.FilePickerFileType.IMAGE,
            allow_multiple=True,
            with_data=True,
            cancel_upload_on_window_blur=False,  # on a slow phone the blur comes before the files
        )
        return picked(files)


def picked(files: list[ft.FilePickerFile]) -> list[PickedPhoto]:
    """Files as a picker, or the event of `ft.PickFiles`, gives them; one that cannot be read is empty."""
    return [PickedPhoto(file.bytes or b"", file.name, PhotoSource.GALLERY) for file in files]
