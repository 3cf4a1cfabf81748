"""Pictures made for tests: photos as a phone takes them, with or without EXIF."""

import io
from datetime import datetime

from PIL import Image


def photo(
    width: int = 1200,
    height: int = 900,
    *,
    kind: str = "JPEG",
    seed: int = 0,
    orientation: int = 1,
    taken: datetime | None = None,
    position: tuple[float, float] | None = None,
    noise: bool = False,
) -> bytes:
    """A picture whose top left quarter is red, the rest blue (`seed` varies the blue).

    With `noise` it does not compress well. `taken` (with its zone), `position` (lat, lon) and `orientation`
    go into EXIF; a turned picture is stored turned, so that it shows the same upright.
    """
    image = Image.new("RGB", (width, height), (0, seed % 200, 255))
    if noise:
        image = Image.effect_noise((width, height), 90).convert("RGB")
    image.paste((255, 0, 0), (0, 0, width // 2, height // 2))
    if orientation == 6:  # the camera was held upright: stored a quarter turn to the left
        image = image.transpose(Image.Transpose.ROTATE_90)
    exif = Image.Exif()
    exif[0x0112] = orientation
    if taken:
        details = exif.get_ifd(0x8769)
        details[0x9003] = taken.strftime("%Y:%m:%d %H:%M:%S")
        if taken.tzinfo:
            text = taken.strftime("%z")
            details[0x9011] = f"{text[:3]}:{text[3:]}"
    if position:
        place = exif.get_ifd(0x8825)
        place[1], place[3] = "N" if position[0] >= 0 else "S", "E" if position[1] >= 0 else "W"
        place[2], place[4] = _sexagesimal(position[0]), _sexagesimal(position[1])
    written = io.BytesIO()
    image.save(written, kind, **({"exif": exif} if kind != "PNG" else {}))
    return written.getvalue()


def _sexagesimal(degrees: float) -> tuple[float, float, float]:
    whole, rest = divmod(abs(degrees), 1)
    minutes, rest = divmod(rest * 60, 1)
    return whole, minutes, round(rest * 60, 4)
