"""Draws photos with Pillow."""

import asyncio
import io
import struct
import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING

from mobile_app.device.drawing.drawing import Drawing, band, fitted, undecodable
from mobile_app.device.drawing.marks import PENS, blurs, outlines, stroke
from mobile_app.device.image_header import Header
from shared.records.photo_edits import UNEDITED, Edits, Mark

if TYPE_CHECKING:
    from PIL import Image, ImageFont

FONTS = (
    "/system/fonts/NotoSansCJK-Regular.ttc",
    "/system/fonts/NotoSansSC-Regular.otf",
    "/system/fonts/DroidSansFallback.ttf",
    "/System/Library/Fonts/PingFang.ttc",
    "/System/Library/Fonts/LanguageSupport/PingFang.ttc",
    "/System/Library/Fonts/STHeiti Light.ttc",
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf",
    "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",
    "C:/Windows/Fonts/msyh.ttc",
)
"""Where devices have a font with Chinese characters: Android, iOS and macOS, Linux, Windows."""
_SHADE = 0.55
"""How dark the ground of a stamp is."""


async def draw_with_pillow(
    data: bytes,
    header: Header,
    longest: int,
    quality: int,
    stamp: Sequence[str] = (),
    edits: Edits = UNEDITED,
) -> Drawing:
    """`Draw` by Pillow, in a thread."""
    return await asyncio.to_thread(_draw, data, header, longest, quality, stamp, edits)


def _draw(
    data: bytes, header: Header, longest: int, quality: int, stamp: Sequence[str], edits: Edits
) -> Drawing:
    from PIL import Image, ImageOps
    from PIL.JpegImagePlugin import JpegImageFile

    kind = header.mime.removeprefix("image/")
    if kind == "heic":
        raise undecodable(header)
    try:
        with (
            warnings.catch_warnings(action="ignore"),  # damaged EXIF is no matter here, nor is a known size
            # `Image.open` would refuse 180 megapixels; of a JPEG only the small picture is ever in memory.
            JpegImageFile(io.BytesIO(data))
            if kind == "jpeg"
            else Image.open(io.BytesIO(data), formats=[kind]) as opened,
        ):
            opened.draft("RGB", (longest, longest))
            upright = ImageOps.exif_transpose(opened)
            with_alpha = upright.convert("RGBA") if upright.has_transparency_data else None
            small = (with_alpha or upright.convert("RGB")).resize(
                fitted(*upright.size, longest), Image.Resampling.LANCZOS
            )
    except (OSError, SyntaxError, ValueError, struct.error, Image.DecompressionBombError):
        raise undecodable(header) from None
    if with_alpha:  # what is transparent becomes white, as on paper
        paper = Image.new("RGB", small.size, "white")
        paper.paste(small, mask=small.getchannel("A"))
        small = paper
    _mark(small, edits.marks)
    small = small.rotate(-90 * edits.turns, expand=True)  # by quarters, which moves pixels and changes none
    _stamp(small, stamp)
    written = io.BytesIO()
    small.save(written, "JPEG", quality=quality, optimize=True)
    return Drawing(written.getvalue(), *small.size)


def _mark(picture: "Image.Image", marks: tuple[Mark, ...]) -> None:
    """Draw `marks` into a picture, what points at something over what is blurred."""
    from PIL import Image, ImageDraw

    for blur in blurs(marks, *picture.size):
        place = (blur.left, blur.top, blur.left + blur.width, blur.top + blur.height)
        small = picture.crop(place).resize((blur.columns, blur.rows), Image.Resampling.BOX)
        picture.paste(small.resize((blur.width, blur.height), Image.Resampling.NEAREST), place)
    pen = ImageDraw.Draw(picture)
    for colour, strokes in PENS:
        wide = round(strokes * stroke(*picture.size))
        for line in outlines(marks, *picture.size):
            pen.line(line, colour, wide, joint="curve")


def _stamp(picture: "Image.Image", lines: Sequence[str]) -> None:
    """Write `lines` over the foot of a picture."""
    from PIL import Image, ImageDraw

    def widest(size: int) -> float:
        return max(_font(size, line)[0].getlength(_font(size, line)[1]) for line in lines)

    place = band(*picture.size, len(lines), widest)
    if place is None:
        return
    box = (0, place.top, picture.width, picture.height)
    under = picture.crop(box)
    picture.paste(Image.blend(under, Image.new("RGB", under.size), _SHADE), box)
    pen = ImageDraw.Draw(picture)
    for number, line in enumerate(lines):
        font, text = _font(place.font, line)
        middle = place.top + place.line * number + place.line // 2
        pen.text((place.margin, middle), text, "white", font, anchor="lm")


def _font(size: int, line: str) -> "tuple[ImageFont.FreeTypeFont | ImageFont.ImageFont, str]":
    """A font of `size` pixels, and as much of `line` as it has: all of it where the device has such a font,
    else its Latin letters and figures."""
    from PIL import ImageFont

    for path in FONTS:
        try:
            return ImageFont.truetype(path, size), line
        except OSError:
            continue
    plain = line.replace("±", "+/-").encode("ascii", "ignore").decode()
    return ImageFont.load_default(size), " ".join(plain.split())
