"""Builds the native app: stages it and hands the folder to `flet build`, which needs the Flutter SDK."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Literal

from mobile_app.packaging import spec, stage
from mobile_app.packaging.programs import run

FLET = "from flet.cli import main; main()"  # the `flet` of this very Python


def build_native(
    project: Path, target: Literal["apk", "ipa"], out: Path, progress: Callable[[str], None]
) -> Path:
    """Build the native app of the folder `project` into `out` and return it.

    The staged app stays beside `out`, so that what was packed can be looked at. Raises the Problem
    `phone_program_failed` where `flet build` could not.
    """
    said = spec.read(project)
    staged = stage.stage(project, said, out.with_name(f"{out.name}.staged"))
    progress(f"Staged the app in {staged}.")
    progress(f"flet build {target} (needs the Flutter SDK; minutes) …")
    command = ("build", target, str(staged), "--output", str(out), "--yes", "--no-rich-output")
    run([sys.executable, "-c", FLET, *command], env={"PYTHONIOENCODING": "utf-8"}, shown=True)
    progress(f"The {target} is in {out}.")
    return out
