"""The command `anlan phone build web|apk|ipa`."""

import sys
from enum import StrEnum
from pathlib import Path

from mobile_app.packaging.native import build_native
from mobile_app.packaging.sentences import sentence
from mobile_app.packaging.web.build import build_web
from shared.problems import Problem

PROJECT = Path(__file__).resolve().parents[2]


class Target(StrEnum):
    """Build targets."""

    WEB = "web"
    APK = "apk"
    IPA = "ipa"


def build(target: Target, out: Path | None = None) -> None:
    """Build the phone app: web (served at /app/), apk or ipa. Default folder: build/phone-<target>."""
    folder = out.resolve() if out else PROJECT / "build" / f"phone-{target}"
    try:
        if target is Target.WEB:
            build_web(PROJECT, folder, _print_step)
        else:
            build_native(PROJECT, "apk" if target is Target.APK else "ipa", folder, _print_step)
    except Problem as problem:
        print(sentence(problem), file=sys.stderr)
        raise SystemExit(1) from None


def _print_step(step: str) -> None:
    print(step, flush=True)
