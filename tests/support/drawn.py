"""Pictures made for tests: photos as a phone takes them, with or without EXIF."""

import io
from datetime import datetime

from PIL import Image
from PIL.TiffImagePlugin import IFDRational


def photo(
    width: int = 1200,
    height: int = 900,
    *,
    kind: str = "JPEG",
    seed: int = 0,
    orientation: int = 1,
    taken: datetime | None = None,
    position: tuple[float, float] | None = None,
    no_fix: bool = False,
    noise: bool = False,
) -> bytes:
    """A picture whose top left quarter is red, the rest blue (`seed` varies the blue).

    With `noise` it does not compress well. `taken` (with its zone), `position` (lat, lon) and `orientation`
    go into EXIF; a turned picture is stored turned, so that it shows the same upright. With `no_fix` its
    place is 0/0, as some cameras write it.
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
    if no_fix:
        place = exif.get_ifd(0x8825)
        place[1], place[3] = "N", "E"
        place[2] = place[4] = (IFDRational(0, 0),) * 3
    written = io.BytesIO()
    image.save(written, kind, **({"exif": exif} if kind != "PNG" else {}))
    return written.getvalue()


def huge(width: int, height: int, orientation: int = 1) -> bytes:
    """The same picture as a baseline JPEG of any size up to 65,535 × 65,535 (sides in 16 pixels).

    It is never whole in memory: its rows of blocks are two strips, written again and again. `width` and
    `height` are as it is stored.
    """
    start, red = _strip(width, (255, 0, 0))
    _, blue = _strip(width, (0, 0, 255))
    at = start.index(b"\xff\xc0") + 5
    rows = height // 16
    written = bytearray(start[:at] + height.to_bytes(2, "big") + start[at + 2 :])
    for row in range(rows):
        written += red if (row < rows // 2) == (orientation == 1) else blue
        written += b"\xff" + (bytes([0xD0 + row % 8]) if row < rows - 1 else b"\xd9")
    exif = Image.Exif()
    exif[0x0112] = orientation
    details = b"Exif\0\0" + exif.tobytes().removeprefix(b"Exif\0\0")
    written[2:2] = b"\xff\xe1" + (len(details) + 2).to_bytes(2, "big") + details
    return bytes(written)


def _strip(width: int, left: tuple[int, int, int]) -> tuple[bytes, bytes]:
    """A row of blocks, half of it `left`, half blue: what precedes its data, and its data."""
    image = Image.new("RGB", (width, 16), (0, 0, 255))
    image.paste(left, (0, 0, width // 2, 16))
    written = io.BytesIO()
    image.save(written, "JPEG", subsampling="4:2:0", restart_marker_rows=1)
    jpeg = written.getvalue()
    at = jpeg.index(b"\xff\xda")
    at += 2 + int.from_bytes(jpeg[at + 2 : at + 4], "big")
    return jpeg[:at], jpeg[at:-2]


def _sexagesimal(degrees: float) -> tuple[float, float, float]:
    whole, rest = divmod(abs(degrees), 1)
    minutes, rest = divmod(rest * 60, 1)
    return whole, minutes, round(rest * 60, 4)
