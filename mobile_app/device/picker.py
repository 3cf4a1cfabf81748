"""The file picker: photos that somebody chooses from the device, and files that are handed to them."""

from collections.abc import Awaitable, Callable

import flet as ft

from mobile_app.device.browser import IN_BROWSER
from mobile_app.device.photos import PickedPhoto
from shared.vocabulary import PhotoSource

OnPhotos = Callable[[list[PickedPhoto]], Awaitable[None]]


class Picker:
    """The device's file picker.

    A browser opens it only while it handles a tap, and an iPhone's takes that strictly: what Python would ask
    for after the tap comes too late. So the button that is tapped carries it as its action.
    """

    def __init__(self) -> None:
        self._picker: ft.FilePicker | None = None
        self._page: ft.Page | None = None
        self._on_photos: OnPhotos | None = None

    def action(self, on_photos: OnPhotos) -> ft.PickFiles:
        """The action of a button; call it in the body of a component.

        `on_photos`, that of the last call, gets the chosen images in the order they were picked: none when
        the person turned back. What it raises ends the session.
        """
        page = ft.context.page
        if self._picker is None or self._page is not page:
            self._picker, self._page = ft.FilePicker(on_result=self._result), page
        self._on_photos = on_photos
        return ft.PickFiles(
            self._picker,
            file_type=ft.FilePickerFileType.IMAGE,
            allow_multiple=True,
            with_data=True,
            cancel_upload_on_window_blur=False,  # on a slow phone the blur comes before the files
        )

    async def _result(self, event: ft.FilePickerResultEvent) -> None:
        if self._on_photos:
            await self._on_photos(picked(event.files))


def picked(files: list[ft.FilePickerFile]) -> list[PickedPhoto]:
    """Files as the event of `ft.PickFiles` gives them; one that cannot be read is empty."""
    return [PickedPhoto(bytes(file.bytes or b""), file.name, PhotoSource.GALLERY) for file in files]


class FileSaver:
    """The device's way to save a file outside of the app: a download in the browser, elsewhere a place that
    the person chooses."""

    def __init__(self) -> None:
        self._picker: ft.FilePicker | None = None
        self._page: ft.Page | None = None

    async def save(self, name: str, data: bytes) -> bool:
        """Whether the file was saved; False when the person turned back. A browser says that it began."""
        page = ft.context.page
        if self._picker is None or self._page is not page:
            self._picker, self._page = ft.FilePicker(), page
        place = await self._picker.save_file(file_name=name, src_bytes=data)
        return IN_BROWSER or place is not None
