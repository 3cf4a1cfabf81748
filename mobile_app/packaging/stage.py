"""Stages the phone app in one folder, from which both the web packager and `flet build` build."""

import re
import shutil
from pathlib import Path
from typing import Any

from mobile_app.packaging import problems
from mobile_app.packaging.spec import Spec

ENTRY = '''"""Starts the packed phone app."""

import os
import runpy

os.environ.setdefault("ANLAN_SERVER", {server!r})
os.environ.setdefault("ANLAN_VERSION", {version!r})
runpy.run_module({entry!r}, run_name="__main__", alter_sys=True)
'''


def stage(project: Path, spec: Spec, folder: Path) -> Path:
    """Empty `folder`, fill it with the parts of `project` to be packaged, and return it.

    The result has `main.py`, `pyproject.toml` with the `[tool.flet]` table, `requirements.lock`, the packages
    and the assets. Raises the Problems `phone_entry_missing` and `phone_lock_missing`.
    """
    entry = project.joinpath(*spec.entry.split(".")).with_suffix(".py")
    if not entry.is_file():
        raise problems.entry_missing(path=str(entry))
    lock = project / spec.lock
    if not lock.is_file():
        raise problems.lock_missing(path=str(lock))
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name in (*spec.packages, spec.assets):
        shutil.copytree(project / name, folder / name, ignore=_ignore_left_out(project, spec))
    main_module = ENTRY.format(server=spec.default_server, version=spec.version, entry=spec.entry)
    (folder / "main.py").write_text(main_module, "utf-8")
    (folder / "pyproject.toml").write_text(toml(staged_project(spec)), "utf-8")
    shutil.copyfile(lock, folder / "requirements.lock")
    return folder


def staged_project(spec: Spec) -> dict[str, Any]:
    """The content of the staged `pyproject.toml`, with the table names that flet_cli reads."""
    return {
        "project": {
            "name": spec.artifact,
            "version": spec.version,
            "description": spec.description,
            "requires-python": spec.requires_python,
            "dependencies": list(spec.dependencies),
        },
        "tool": {
            "flet": {
                "org": spec.org,
                "product": spec.name,
                "company": spec.company,
                "copyright": spec.copyright,
                "bundle_id": spec.bundle_id,
                "artifact": spec.artifact,
                "icon_background": spec.icon_background,
                "app": {"module": "main"},
                "splash": {"color": spec.splash, "dark_color": spec.splash_dark},
                "web": {
                    "base_url": spec.base_url,
                    "renderer": spec.renderer,
                    "route_url_strategy": spec.route_url_strategy,
                    "cdn": False,
                    "pwa_short_name": spec.short_name,
                    "pwa_background_color": spec.splash,
                    "pwa_theme_color": spec.brand,
                },
                "android": {
                    "adaptive_icon_background": spec.icon_background,
                    "permission": {
                        name: True for permission in spec.permissions.values() for name in permission.android
                    },
                },
                "ios": {
                    "info": {permission.ios: permission.wording for permission in spec.permissions.values()}
                },
            }
        },
    }


def toml(table: dict[str, Any]) -> str:
    """`table` as TOML; supports nested tables of strings, booleans, integers and lists of strings."""
    lines: list[str] = []

    def write(table: dict[str, Any], path: tuple[str, ...]) -> None:
        plain = {key: value for key, value in table.items() if not isinstance(value, dict)}
        if path and plain:
            lines.append(f"\n[{'.'.join(_key(part) for part in path)}]")
        lines.extend(f"{_key(key)} = {_value(value)}" for key, value in plain.items())
        for key, value in table.items():
            if isinstance(value, dict):
                write(value, (*path, key))

    write(table, ())
    return "\n".join(lines).lstrip("\n") + "\n"


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return "[" + ", ".join(_value(item) for item in value) + "]"
    return str(value) if isinstance(value, int) else _quoted(value)


def _key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else _quoted(name)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def _ignore_left_out(project: Path, spec: Spec) -> Any:
    left_out = {project / path for path in spec.left_out}

    def ignore(folder: str, names: list[str]) -> set[str]:
        return {
            name
            for name in names
            if name == "__pycache__" or name.startswith(".") or Path(folder, name) in left_out
        }

    return ignore
