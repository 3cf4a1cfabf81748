"""Installs the fonts that Flutter's client requests: the main ones, and those for rare characters.

By itself the client falls back to the family Roboto, and then to slices of fonts for the characters that are
in its own table. So what no slice has is in a font by that name.
"""

import json
import re
import shutil
from pathlib import Path

from mobile_app.packaging import problems
from mobile_app.packaging.spec import Font, Slices
from mobile_app.packaging.web import licences

ICONS = ("MaterialIcons", "fonts/MaterialIcons-Regular.otf")
FALLBACK = "Roboto"


def install(folder: Path, font: Font, packages: Path, project: Path) -> None:
    """Copy the files of `font` into the web app in `folder` and write Flutter's font manifest.

    `packages` is the folder of the npm packages, `project` the project's. Raises the Problem
    `phone_runtime_changed` if the client no longer requests slices by the known names.
    """
    source = packages / font.package / "files"
    target = folder / "assets/fonts"
    rare = project / font.rare
    families = (ICONS, (FALLBACK, f"fonts/{rare.name}"))
    manifest = [{"family": name, "fonts": [{"asset": asset}]} for name, asset in families]
    manifest.append({"family": font.family, "fonts": [{"asset": f"fonts/{name}"} for name in font.files]})
    for name in font.files:
        shutil.copyfile(source / name, target / name)
    shutil.copyfile(rare, target / rare.name)
    texts = "".join(map(licences.of_font, (*(packages / name for name in font.packages), rare.parent)))
    (target / licences.NAME).write_text(texts, "utf-8")
    (folder / "assets/FontManifest.json").write_text(json.dumps(manifest), "utf-8")

    client = (folder / "main.dart.js").read_text("utf-8")
    for slices in font.slices:
        _install(slices, packages / slices.package / "files", client, target)


def _install(slices: Slices, source: Path, client: str, target: Path) -> None:
    """Copy the slices that the client asks for and the package has: it may be older by some emoji."""
    requested = re.compile(rf"{slices.family}/[\w/-]+\.(\d+)\.woff2")
    found = {match[0]: source / slices.files.format(slice=match[1]) for match in requested.finditer(client)}
    there = {name: file for name, file in found.items() if file.is_file()}
    if not there:
        raise problems.runtime_changed(path="main.dart.js", expected=f"{slices.family}/")
    for name, file in there.items():
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, target / name)
