"""Shows a photo as it will be kept, while somebody draws on it."""

from mobile_app.device.drawing.drawing import MIME
from mobile_app.device.drawing.faces import FaceFinder
from mobile_app.device.image_header import Header, read_header
from mobile_app.device.photos import OpenPhoto, PickedPhoto, drawer
from shared.records.photo_edits import UNEDITED, Edits

COPY_SIDE = 1536
"""The longest side of the copy that is drawn on, in pixels."""
SHOWN_SIDE = 1024
"""The longest side of what is shown of it: enough for a phone, and drawn in a moment."""
_QUALITY = 80


class PhotoEditor:
    """Draws copies only: what is kept is drawn once, from the picture as it came (`photos.prepare`)."""

    def __init__(self, faces: FaceFinder | None = None) -> None:
        self.faces = faces or FaceFinder()

    async def open(self, picked: PickedPhoto) -> OpenPhoto:
        """Make a copy of a photo to work on. Problems: those of `read_header` and of `Draw`."""
        header = read_header(picked.data)
        return OpenPhoto(picked, await drawer()(picked.data, header, COPY_SIDE, _QUALITY, (), UNEDITED))

    async def show(self, photo: OpenPhoto, edits: Edits) -> bytes:
        """The photo with these edits, a JPEG."""
        copy = photo.copy
        if not edits.turns and not edits.marks:
            return copy.data
        header = Header(MIME, copy.width, copy.height)
        return (await drawer()(copy.data, header, SHOWN_SIDE, _QUALITY, (), edits)).data
