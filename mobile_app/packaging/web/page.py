"""Writes the web app's page: the loading screen, the start modules and the install manifest."""

import json
import re
import shutil
from collections.abc import Mapping
from pathlib import Path

from mobile_app.packaging.spec import Spec

SOURCE = Path(__file__).parent / "page"
PRELOAD = Path(__file__).with_name("preload.py")  # phones run it
WRITTEN_LAST = {"service_worker.js"}  # it lists all other files
ICONS = (("icon-192.png", "192x192", "any"), ("icon-512.png", "512x512", "any"))
MASKABLE = (("icon-maskable-192.png", "192x192"), ("icon-maskable-512.png", "512x512"))


def write(spec: Spec, folder: Path) -> None:
    """Write the page of the app that `spec` describes into `folder`."""
    values = {
        "base": spec.base_url,
        "brand": spec.brand,
        "description": spec.description,
        "language": spec.language,
        "name": spec.name,
        "short_name": spec.short_name,
        "splash": spec.splash,
        "splash_dark": spec.splash_dark,
    }
    for source in SOURCE.iterdir():
        if source.name not in WRITTEN_LAST:
            (folder / source.name).write_text(fill(source.read_text("utf-8"), values), "utf-8")
    shutil.copyfile(PRELOAD, folder / PRELOAD.name)
    config = {
        "base": spec.base_url,
        "preloaded": spec.preloaded,
        "renderer": spec.renderer,
        "routeUrlStrategy": spec.route_url_strategy,
    }
    (folder / "config.js").write_text(f"export const config = {json.dumps(config)};\n", "utf-8")
    (folder / "manifest.json").write_text(json.dumps(_manifest(spec), ensure_ascii=False, indent=1), "utf-8")


def fill(template: str, values: Mapping[str, str]) -> str:
    """`template` with each `{{name}}` replaced by its value; an unknown name raises `KeyError`."""
    return re.sub(r"\{\{(\w+)\}\}", lambda match: values[match[1]], template)


def _manifest(spec: Spec) -> dict[str, object]:
    return {
        "id": spec.base_url,
        "name": spec.name,
        "short_name": spec.short_name,
        "description": spec.description,
        "lang": spec.language,
        "start_url": spec.base_url,
        "scope": spec.base_url,
        "display": "standalone",
        "launch_handler": {"client_mode": ["navigate-existing", "auto"]},  # a link from a sign opens this app
        "background_color": spec.splash,
        "theme_color": spec.brand,
        "icons": [
            {"src": f"icons/{name}", "sizes": size, "type": "image/png", "purpose": purpose}
            for name, size, purpose in (*ICONS, *((*icon, "maskable") for icon in MASKABLE))
        ],
    }
