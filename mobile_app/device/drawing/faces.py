"""Finds faces on this device: in a browser by the page's own module `faces.js`; a native build cannot yet."""

from mobile_app.device.browser import IN_BROWSER, js_bytes
from shared.records.photo_edits import Mark, MarkKind

_PATIENCE_MS = 6000


class FaceFinder:
    """Nothing of a picture, and nothing about its faces, leaves the device."""

    size = 1_083_984
    """Bytes that have to be downloaded for it, once."""

    @property
    def possible(self) -> bool:
        """Whether this device can find faces, once it has what it needs."""
        return IN_BROWSER

    async def is_here(self) -> bool:
        """Whether what it needs is on this device."""
        if not self.possible:
            return False
        import anlan_faces

        return bool(await anlan_faces.here())

    async def get(self) -> bool:
        """Download what it needs, unless it is here. Whether it is here then."""
        if not self.possible:
            return False
        import anlan_faces

        return bool(await anlan_faces.get())

    async def find(self, picture: bytes) -> list[Mark] | None:
        """The faces in a picture, as parts to be blurred; None where they cannot be looked for, or not soon
        enough."""
        if not self.possible:
            return None
        import anlan_faces

        found = await anlan_faces.find(js_bytes(picture), _PATIENCE_MS)
        if found is None:
            return None
        sides = found.to_py()
        return [
            Mark(MarkKind.BLUR, (left, top), (right, bottom))
            for left, top, right, bottom in zip(*(sides[side::4] for side in range(4)), strict=True)
        ]
