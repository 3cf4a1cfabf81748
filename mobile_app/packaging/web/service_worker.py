"""Writes the service worker: the list of the app's files with their hashes, and the resulting version.

Large files are downloaded in pieces, so that an interrupted download goes on where it was cut.
"""

import hashlib
import json
from fnmatch import fnmatch
from pathlib import Path

from mobile_app.packaging.web import licences, npm_modules, page

NAME = "service_worker.js"
NEVER = "never"  # only the server has it; phones do not cache it
ON_DEMAND = "on demand"  # cached by the phones that have requested it
LATER = "later"  # not needed for the first screen: cached after it, or when requested
# When a phone caches a file, where that is not before the first start: by renderer, later or never.
CACHED_WHEN = {
    "assets/NOTICES": NEVER,
    f"assets/fonts/{licences.NAME}": NEVER,
    f"python/{licences.NAME}": NEVER,
    **{f"{package.folder}/{package.licence}": NEVER for package in npm_modules.PACKAGES},
    **{f"{npm_modules.FACES.folder}/{name}": ON_DEMAND for name in npm_modules.FACES.data},
    "canvaskit/canvaskit.js": "canvaskit",
    "canvaskit/canvaskit.wasm": "canvaskit",
    "main.dart.js": "canvaskit",
    "canvaskit/skwasm.js": "skwasm",
    "canvaskit/skwasm.wasm": "skwasm",
    "main.dart.mjs": "skwasm",
    "main.dart.wasm": "skwasm",
}
FONT_SLICES = "assets/fonts/*/*"  # of rare characters
PIECES = "pieces"  # the folder with them, by their hashes
PIECE = 1_000_000  # bytes, before compression
LARGEST_WHOLE = 2 * PIECE


def write(folder: Path, base_url: str) -> str:
    """Write `NAME` and the pieces for all files now in `folder` and return their version, 16 hex digits."""
    files = []
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_file() and not name.startswith(f"{PIECES}/"):
            content = path.read_bytes()
            when = LATER if fnmatch(name, FONT_SLICES) else CACHED_WHEN.get(name)
            is_large = len(content) > LARGEST_WHOLE and when != NEVER
            pieces = _pieces(content, folder) if is_large else None
            files.append((name, len(content), _hash(content), when, pieces))
    template = (page.SOURCE / NAME).read_text("utf-8")
    listed = "[\n" + ",\n".join(json.dumps(file) for file in files) + "\n]"
    version = _hash((template + listed + base_url).encode())[:16]
    values = {"base": base_url, "version": version, "files": listed}
    (folder / NAME).write_text(page.fill(template, values), "utf-8")
    return version


def _pieces(content: bytes, folder: Path) -> list[tuple[str, int, str]]:
    """Write the pieces of `content`; their paths, sizes and hashes."""
    (folder / PIECES).mkdir(exist_ok=True)
    pieces = []
    for start in range(0, len(content), PIECE):
        piece = content[start : start + PIECE]
        name = f"{PIECES}/{_hash(piece)[:16]}.bin"
        (folder / name).write_bytes(piece)
        pieces.append((name, len(piece), _hash(piece)))
    return pieces


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
