"""Installs the fonts that Flutter's client requests: the main ones, and slices for rare characters."""

import json
import re
import shutil
from pathlib import Path

from mobile_app.packaging import problems
from mobile_app.packaging.spec import Font
from mobile_app.packaging.web import licences

FAMILIES = {"MaterialIcons": "fonts/MaterialIcons-Regular.otf", "Roboto": "fonts/roboto.woff2"}
# The names under which the client requests slices of Noto Sans SC, with the slice number.
SLICE = re.compile(r"notosanssc/[\w/-]+\.(\d+)\.woff2")


def install(folder: Path, font: Font, source: Path) -> None:
    """Copy the files of `font` from `source` into the web app in `folder` and write Flutter's font manifest.

    Raises the Problem `phone_runtime_changed` if the client no longer requests slices by the known names.
    """
    target = folder / "assets/fonts"
    manifest = [{"family": name, "fonts": [{"asset": asset}]} for name, asset in FAMILIES.items()]
    manifest.append({"family": font.family, "fonts": [{"asset": f"fonts/{name}"} for name in font.files]})
    for name in font.files:
        shutil.copyfile(source / name, target / name)
    (target / licences.NAME).write_text(licences.of_font(source.parent), "utf-8")
    (folder / "assets/FontManifest.json").write_text(json.dumps(manifest), "utf-8")

    requested = {
        int(found[1]): found[0] for found in SLICE.finditer((folder / "main.dart.js").read_text("utf-8"))
    }
    if not requested:
        raise problems.runtime_changed(path="main.dart.js", expected="notosanssc/")
    for number, name in requested.items():
        (target / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source / font.slices.format(slice=number), target / name)
