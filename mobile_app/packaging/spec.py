"""Reads flet.toml, the one place that says what the phone app is and how it is packed."""

import tomllib
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Permission:
    """A permission of the phone: its Android names, its iOS key and the sentence that asks for it."""

    android: tuple[str, ...]
    ios: str
    wording: str


@dataclass(frozen=True, slots=True)
class Font:
    """A font family taken from an npm package: its files in `node_modules/<package>/files`.

    `slices` names the files that hold the same font in about a hundred parts, by number: the client asks for
    one when it meets a character that `files` lack.
    """

    family: str
    package: str
    files: tuple[str, ...]
    slices: str


@dataclass(frozen=True, slots=True)
class Spec:
    """Everything `flet.toml` says, with the version and the dependencies it points to."""

    name: str
    short_name: str
    description: str
    artifact: str
    org: str
    bundle_id: str
    company: str
    copyright: str
    version: str
    requires_python: str
    dependencies: tuple[str, ...]
    default_server: str
    entry: str
    packages: tuple[str, ...]
    left_out: tuple[str, ...]
    assets: str
    brand: str
    splash: str
    splash_dark: str
    icon_background: str
    base_url: str
    language: str
    route_url_strategy: str
    renderer: str
    lock: str
    assets_left_out: tuple[str, ...]
    preloaded: tuple[str, ...]
    font: Font
    permissions: dict[str, Permission]


def read(project: Path) -> Spec:
    """The spec of the phone app in the folder `project`, which holds `flet.toml` and what it points to.

    Raises `OSError`, `tomllib.TOMLDecodeError`, `KeyError` or `TypeError` where the file is not as due.
    """
    said = tomllib.loads((project / "flet.toml").read_text("utf-8"))
    app, packed, colours, web = said["app"], said["packed"], said["colours"], said["web"]
    python = tomllib.loads((project / app.pop("version_from")).read_text("utf-8"))["project"]
    extra = python["optional-dependencies"][packed.pop("dependencies_from")]
    font = web.pop("font")
    assets_left_out, preloaded = tuple(web.pop("assets_left_out")), tuple(web.pop("preloaded"))
    return Spec(
        **app,
        **colours,
        **web,
        version=python["version"],
        requires_python=python["requires-python"],
        dependencies=(*python["dependencies"], *extra),
        entry=packed["entry"],
        packages=tuple(packed["packages"]),
        left_out=tuple(packed["left_out"]),
        assets=packed["assets"],
        assets_left_out=assets_left_out,
        preloaded=preloaded,
        font=Font(**{**font, "files": tuple(font["files"])}),
        permissions={
            name: Permission(tuple(one["android"]), one["ios"], one["wording"])
            for name, one in said["permissions"].items()
        },
    )
