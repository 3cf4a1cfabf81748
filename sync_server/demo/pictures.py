"""Draws photos of waters before and after rectification, in plain shapes that cannot pass for real photos."""

import io
from math import cos, pi, sin
from random import Random

from PIL import Image, ImageDraw, ImageFont

from shared.vocabulary import WaterType

SIZE = (480, 360)
KINDS = ("pond", "creek", "reservoir", "pit")
_CREEKS = (WaterType.RIVER, WaterType.CREEK, WaterType.DITCH, WaterType.SLUICE_PUMP, WaterType.COAST_WHARF)
_PITS = (WaterType.SITE_PIT, WaterType.QUARRY, WaterType.WELL, WaterType.OTHER)
_RESERVOIRS = (WaterType.RESERVOIR, WaterType.LAKE, WaterType.TANK)
Colour = tuple[int, int, int]


def kind_of(water_type: WaterType) -> str:
    """The kind of scene for a type of water."""
    for kind, types in (("creek", _CREEKS), ("pit", _PITS), ("reservoir", _RESERVOIRS)):
        if water_type in types:
            return kind
    return "pond"


def draw(kind: str, scene: int, after: bool, caption: str) -> bytes:
    """A 480 × 360 JPEG of `scene` (a seed); `after` adds a sign, a ring, a pole and a fence."""
    rng = Random(f"{kind}/{scene}")  # noqa: S311
    image = Image.new("RGB", SIZE)
    pen = ImageDraw.Draw(image)
    horizon = rng.randint(110, 150)
    _sky(pen, horizon, rng)
    _hills(pen, horizon, rng)
    bank: Colour = (172, 140, 92) if kind == "pit" else (rng.randint(88, 120), rng.randint(138, 160), 84)
    pen.rectangle((0, horizon, *SIZE), fill=bank)
    _water(pen, kind, horizon, rng)
    _plants(pen, kind, horizon, rng)
    if after:
        _fence(pen)
        _sign(pen, 92)
        _pole_and_ring(pen, 392)
    elif rng.random() < 0.4:
        pen.line((70, 330, 120, 306), fill=(120, 110, 100), width=5)  # an old sign, fallen over
        pen.polygon(((112, 300), (150, 284), (158, 304), (120, 318)), fill=(190, 186, 170))
    pen.rectangle((0, SIZE[1] - 26, *SIZE), fill=(24, 40, 48))
    pen.text((10, SIZE[1] - 22), caption, fill=(240, 240, 230), font=ImageFont.load_default(14))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=72)
    return out.getvalue()


def _sky(pen: ImageDraw.ImageDraw, horizon: int, rng: Random) -> None:
    warm = rng.random()
    for y in range(horizon):
        light = y / horizon
        pen.line(
            (0, y, SIZE[0], y),
            fill=(int(140 + 80 * light * warm), int(180 + 40 * light), int(225 + 10 * light)),
        )
    for _ in range(3):
        x, y = rng.randint(0, 430), rng.randint(12, horizon // 2)
        for step in range(4):
            pen.ellipse((x + 16 * step, y - 6 * (step % 2), x + 16 * step + 34, y + 16), fill=(250, 250, 250))


def _hills(pen: ImageDraw.ImageDraw, horizon: int, rng: Random) -> None:
    for shade in (0, 1):
        phase, height = rng.uniform(0, 6), rng.randint(14, 40)
        ridge = [
            (x, int(horizon - height * (1 - shade * 0.4) * (0.6 + 0.4 * sin(x / 70 + phase))))
            for x in range(0, 481, 12)
        ]
        pen.polygon([(0, horizon), *ridge, (480, horizon)], fill=(96, 140 - 20 * shade, 110 - 30 * shade))


def _water(pen: ImageDraw.ImageDraw, kind: str, horizon: int, rng: Random) -> None:
    blue: Colour = (142, 122, 84) if kind == "pit" else (rng.randint(50, 90), rng.randint(120, 150), 160)
    top = horizon + rng.randint(10, 26)
    if kind == "creek":
        lean = rng.randint(-120, 120)
        pen.polygon(((210 + lean, top), (250 + lean, top), (430, 336), (40, 336)), fill=blue)
    elif kind == "reservoir":
        pen.rectangle((0, top, 480, 268), fill=blue)
        pen.polygon(((0, 268), (480, 252), (480, 278), (0, 296)), fill=(186, 184, 176))
    elif kind == "pit":
        edge = [
            (int(240 + rng.uniform(140, 205) * cos(turn)), int(236 + rng.uniform(56, 80) * sin(turn)))
            for turn in (step * pi / 5 for step in range(10))
        ]
        pen.polygon(edge, fill=blue, outline=(112, 86, 52), width=6)
    else:
        pen.ellipse((40, top, 440, 318), fill=blue, outline=(90, 104, 70), width=5)
    for _ in range(14):
        x, y = rng.randint(130, 310), rng.randint(top + 40, 262)
        pen.line(
            (x, y, x + rng.randint(14, 44), y), fill=tuple(min(255, part + 34) for part in blue), width=2
        )


def _plants(pen: ImageDraw.ImageDraw, kind: str, horizon: int, rng: Random) -> None:
    for _ in range(rng.randint(2, 5)):
        x = rng.choice((rng.randint(10, 90), rng.randint(390, 470)))
        y = horizon + rng.randint(6, 30)
        pen.rectangle((x - 3, y - 26, x + 3, y + 14), fill=(96, 70, 46))
        pen.ellipse((x - 22, y - 58, x + 22, y - 16), fill=(52, rng.randint(104, 134), 60))
    for _ in range(0 if kind == "pit" else 26):
        x, y = rng.randint(0, 480), rng.randint(300, 334)
        pen.line((x, y, x + rng.randint(-4, 4), y - rng.randint(8, 22)), fill=(60, 118, 58), width=2)


def _fence(pen: ImageDraw.ImageDraw) -> None:
    for x in range(0, 480, 30):
        pen.rectangle((x, 272, x + 5, 330), fill=(232, 232, 226))
    for y in (282, 306):
        pen.rectangle((0, y, 480, y + 5), fill=(232, 232, 226))


def _sign(pen: ImageDraw.ImageDraw, x: int) -> None:
    pen.rectangle((x - 4, 250, x + 4, 334), fill=(112, 112, 112))
    pen.rectangle((x - 46, 186, x + 46, 252), fill=(250, 212, 52), outline=(30, 30, 30), width=3)
    pen.polygon(((x, 192), (x - 20, 226), (x + 20, 226)), fill=(206, 40, 36))
    pen.text((x - 3, 206), "!", fill=(255, 255, 255), font=ImageFont.load_default(18))
    pen.line((x - 34, 238, x + 34, 238), fill=(30, 30, 30), width=4)


def _pole_and_ring(pen: ImageDraw.ImageDraw, x: int) -> None:
    pen.rectangle((x - 5, 196, x + 5, 334), fill=(202, 62, 46))
    pen.line((x + 26, 176, x + 14, 334), fill=(206, 168, 96), width=5)
    pen.ellipse((x - 34, 214, x + 20, 268), outline=(236, 96, 30), width=13)
    for corner in ((x - 12, 214, x - 2, 228), (x - 12, 254, x - 2, 268)):
        pen.rectangle(corner, fill=(250, 250, 250))
