"""Lists the characters of a WOFF2 font without a font library."""

import struct
from pathlib import Path

import brotli  # type: ignore[import-untyped]

# The known tags of the WOFF2 table directory, up to the two with a transformed length.
TAGS = ("cmap", "head", "hhea", "hmtx", "maxp", "name", "OS/2", "post", "cvt ", "fpgm", "glyf", "loca")
GLYF, LOCA, OTHER = TAGS.index("glyf"), TAGS.index("loca"), 63
UNTRANSFORMED = 3  # for glyf and loca; for every other table it is 0


def characters(font: Path) -> set[str]:
    """All characters that `font` has a glyph for."""
    content = font.read_bytes()
    tables, compressed = struct.unpack(">H", content[12:14])[0], struct.unpack(">I", content[20:24])[0]
    position, offset, cmap = 48, 0, None
    for _ in range(tables):
        kind, transform = content[position] & OTHER, content[position] >> 6
        position += 5 if kind == OTHER else 1
        length, position = _base128(content, position)
        if transform != (UNTRANSFORMED if kind in (GLYF, LOCA) else 0):
            length, position = _base128(content, position)
        if kind == TAGS.index("cmap"):
            cmap = (offset, length)
        offset += length
    assert cmap is not None
    plain = brotli.decompress(content[position : position + compressed])
    return _mapped(plain[cmap[0] : cmap[0] + cmap[1]])


def _base128(content: bytes, position: int) -> tuple[int, int]:
    value = 0
    while True:
        byte = content[position]
        value, position = value << 7 | byte & 127, position + 1
        if not byte & 128:
            return value, position


def _mapped(cmap: bytes) -> set[str]:
    """The characters of the Unicode subtables, formats 4 and 12."""
    found: set[int] = set()
    for number in range(struct.unpack(">H", cmap[2:4])[0]):
        at = struct.unpack(">I", cmap[8 + 8 * number : 12 + 8 * number])[0]
        form = struct.unpack(">H", cmap[at : at + 2])[0]
        if form == 12:
            for group in range(struct.unpack(">I", cmap[at + 12 : at + 16])[0]):
                first, last = struct.unpack(">II", cmap[at + 16 + 12 * group : at + 24 + 12 * group])
                found.update(range(first, last + 1))
        elif form == 4:
            segments = struct.unpack(">H", cmap[at + 6 : at + 8])[0] // 2
            ends = struct.unpack(f">{segments}H", cmap[at + 14 : at + 14 + 2 * segments])
            starts = struct.unpack(f">{segments}H", cmap[at + 16 + 2 * segments : at + 16 + 4 * segments])
            for first, last in zip(starts, ends, strict=True):
                found.update(range(first, last + 1))
    return {chr(code) for code in found - {0xFFFF}}
