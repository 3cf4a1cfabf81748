"""Writes the service worker: the list of the app's files with their hashes, and the version they make."""

import hashlib
import json
from pathlib import Path

from mobile_app.packaging.web import bundle, licences, page

NAME = "service_worker.js"
SERVED = "served"  # by the server only: no phone keeps it
SPARE = "spare"  # kept by the phones that have asked for it
# Files that only one of Flutter's two renderers asks for, and those that few phones need or none.
ONLY = {
    "assets/NOTICES": SERVED,
    f"assets/fonts/{licences.NAME}": SERVED,
    f"python/{licences.NAME}": SERVED,
    f"python/{bundle.PACKAGES}": SPARE,
    "canvaskit/canvaskit.js": "canvaskit",
    "canvaskit/canvaskit.wasm": "canvaskit",
    "main.dart.js": "canvaskit",
    "canvaskit/skwasm.js": "skwasm",
    "canvaskit/skwasm.wasm": "skwasm",
    "main.dart.mjs": "skwasm",
    "main.dart.wasm": "skwasm",
}


def write(folder: Path, base_url: str) -> str:
    """Write `NAME` for all files now in `folder` and return the version they make: 16 hex digits."""
    files = []
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            name, content = path.relative_to(folder).as_posix(), path.read_bytes()
            files.append((name, len(content), hashlib.sha256(content).hexdigest(), ONLY.get(name)))
    template = (page.SOURCE / NAME).read_text("utf-8")
    listed = "[\n" + ",\n".join(json.dumps(file) for file in files) + "\n]"
    version = hashlib.sha256((template + listed + base_url).encode()).hexdigest()[:16]
    words = {"base": base_url, "version": version, "files": listed}
    (folder / NAME).write_text(page.fill(template, words), "utf-8")
    return version
