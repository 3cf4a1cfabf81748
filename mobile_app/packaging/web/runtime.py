"""Copies the browser runtime from the installed flet-web and patches it to run without external hosts."""

import json
import re
import shutil
from importlib.util import find_spec
from pathlib import Path

from mobile_app.packaging import problems

RUNTIME_FILES = (
    "flutter_bootstrap.js",
    "main.dart.js",
    "main.dart.mjs",
    "main.dart.wasm",
    "canvaskit/canvaskit.js",
    "canvaskit/canvaskit.wasm",
    "canvaskit/skwasm.js",
    "canvaskit/skwasm.wasm",
    "assets/AssetManifest.bin",
    "assets/AssetManifest.bin.json",
    "assets/NOTICES",
    "assets/fonts/MaterialIcons-Regular.otf",
    "assets/packages/record_web/assets/js/record.worklet.js",
    "assets/packages/wakelock_plus/assets/no_sleep.js",
    "assets/shaders/ink_sparkle.frag",
    "assets/shaders/stretch_effect.frag",
    "pyodide/pyodide.asm.mjs",
    "pyodide/pyodide.asm.wasm",
    "pyodide/pyodide.mjs",
)
RIVE = "https://cdn.jsdelivr.net/npm/@rive-app/flutter-native-wasm@44.0.0/"
RIVE_SCRIPT = "wasm/rive_native.js"
RIVE_STUB = "window.RiveNative = () => new Promise(() => {});\n"


def location() -> Path:
    """The folder of the web runtime in the installed flet-web. Raises the Problem `phone_runtime_changed`."""
    found = find_spec("flet_web")
    for folder in (found.submodule_search_locations or []) if found else []:
        return Path(folder, "web")
    raise problems.runtime_changed(path="flet_web", expected="installed")


def install(folder: Path) -> None:
    """Copy the patched runtime into `folder`.

    Raises the Problem `phone_runtime_changed` if the installed flet-web is not the version patched here.
    """
    source = location()
    for name in RUNTIME_FILES:
        if not (source / name).is_file():
            raise problems.runtime_changed(path=name, expected="a file")
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source / name, folder / name)
    _keep_only_loader(folder / "flutter_bootstrap.js")
    _disable_rive(folder)
    _write_lock(source, folder)


def _keep_only_loader(bootstrap: Path) -> None:
    """Keep Flutter's loader and build config; our own page does the start and the service worker."""
    text = bootstrap.read_text("utf-8")
    end = re.search(r"_flutter\.buildConfig = \{.*\};\n", text)
    if end is None:
        raise problems.runtime_changed(path=bootstrap.name, expected="_flutter.buildConfig")
    text = re.sub(r"//# sourceMappingURL=.*\n", "", text[: end.end()])
    bootstrap.write_text(text, "utf-8")


def _disable_rive(folder: Path) -> None:
    """Redirect the client's request for the Rive runtime, made at every start, to a local stub script.

    The new URL has the same length as the original, because the compiled client stores the length.
    """
    stub = "rive/" if len(RIVE) % 2 else "rive_/"
    local = "./" * ((len(RIVE) - len(stub)) // 2) + stub
    for name in ("main.dart.js", "main.dart.wasm"):
        content = (folder / name).read_bytes()
        if content.count(RIVE.encode()) != 1:
            raise problems.runtime_changed(path=name, expected=RIVE)
        (folder / name).write_bytes(content.replace(RIVE.encode(), local.encode()))
    script = folder / stub / RIVE_SCRIPT
    script.parent.mkdir(parents=True)
    script.write_text(RIVE_STUB, "utf-8")


def _write_lock(source: Path, folder: Path) -> None:
    """Write an empty Pyodide package list: everything the app needs is bundled."""
    info = json.loads((source / "pyodide/pyodide-lock.json").read_text("utf-8"))["info"]
    (folder / "pyodide/pyodide-lock.json").write_text(json.dumps({"info": info, "packages": {}}), "utf-8")
