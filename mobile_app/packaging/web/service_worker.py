"""Writes the service worker: the list of the app's files with their hashes, and the resulting version."""

import hashlib
import json
from pathlib import Path

from mobile_app.packaging.web import bundle, licences, npm_modules, page

NAME = "service_worker.js"
NEVER = "never"  # only the server has it; phones do not cache it
ON_DEMAND = "on demand"  # cached by the phones that have requested it
# When a phone caches a file, where that is not always: by renderer, on demand or never.
CACHED_WHEN = {
    "assets/NOTICES": NEVER,
    f"assets/fonts/{licences.NAME}": NEVER,
    f"python/{licences.NAME}": NEVER,
    **{f"{package.folder}/{package.licence}": NEVER for package in npm_modules.PACKAGES},
    **{f"{npm_modules.FACES.folder}/{name}": ON_DEMAND for name in npm_modules.FACES.data},
    f"python/{bundle.PACKAGES}": ON_DEMAND,
    "canvaskit/canvaskit.js": "canvaskit",
    "canvaskit/canvaskit.wasm": "canvaskit",
    "main.dart.js": "canvaskit",
    "canvaskit/skwasm.js": "skwasm",
    "canvaskit/skwasm.wasm": "skwasm",
    "main.dart.mjs": "skwasm",
    "main.dart.wasm": "skwasm",
}


def write(folder: Path, base_url: str) -> str:
    """Write `NAME` for all files now in `folder` and return their version, 16 hex digits."""
    files = []
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            name, content = path.relative_to(folder).as_posix(), path.read_bytes()
            files.append((name, len(content), hashlib.sha256(content).hexdigest(), CACHED_WHEN.get(name)))
    template = (page.SOURCE / NAME).read_text("utf-8")
    listed = "[\n" + ",\n".join(json.dumps(file) for file in files) + "\n]"
    version = hashlib.sha256((template + listed + base_url).encode()).hexdigest()[:16]
    values = {"base": base_url, "version": version, "files": listed}
    (folder / NAME).write_text(page.fill(template, values), "utf-8")
    return version
