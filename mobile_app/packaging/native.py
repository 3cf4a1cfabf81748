"""Builds the native app: stages it and runs `flet build` on it, which needs the Flutter SDK."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Literal

from mobile_app.packaging import spec, stage
from mobile_app.packaging.programs import run

FLET = "from flet.cli import main; main()"  # the `flet` of the running Python


def build_native(
    project: Path, target: Literal["apk", "ipa"], out: Path, progress: Callable[[str], None]
) -> Path:
    """Build the native app of the project folder `project` into `out` and return `out`.

    The staged app is kept next to `out` for inspection. Raises the Problem `phone_program_failed` if
    `flet build` fails.
    """
    app_spec = spec.read(project)
    staged = stage.stage(project, app_spec, out.with_name(f"{out.name}.staged"))
    progress(f"Staged the app in {staged}.")
    progress(f"flet build {target} (needs the Flutter SDK; takes minutes) …")
    command = ("build", target, str(staged), "--output", str(out), "--yes", "--no-rich-output")
    run([sys.executable, "-c", FLET, *command], env={"PYTHONIOENCODING": "utf-8"}, shown=True)
    progress(f"The {target} is in {out}.")
    return out
