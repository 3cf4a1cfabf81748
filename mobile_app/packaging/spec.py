"""Reads flet.toml, which describes the phone app and how to package it."""

import tomllib
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Permission:
    """A device permission: its Android names, its iOS key and the text shown when asking for it."""

    android: tuple[str, ...]
    ios: str
    wording: str


@dataclass(frozen=True, slots=True)
class Slices:
    """A font in numbered parts, which the client requests by the name `family` when it lacks a character.

    `files` is the pattern of their names in `node_modules/<package>/files`.
    """

    family: str
    package: str
    files: str


@dataclass(frozen=True, slots=True)
class Font:
    """A font family from an npm package, its files in `node_modules/<package>/files`, and what it lacks.

    `rare` is the path of our own file, in the project, with characters that no npm package has.
    """

    family: str
    package: str
    files: tuple[str, ...]
    rare: str
    slices: tuple[Slices, ...]

    @property
    def packages(self) -> tuple[str, ...]:
        """The npm packages with the fonts."""
        return tuple(dict.fromkeys((self.package, *(one.package for one in self.slices))))


@dataclass(frozen=True, slots=True)
class Spec:
    """The contents of `flet.toml`, with the version and the dependencies it points to."""

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
    """Read the spec from `flet.toml` in the folder `project`.

    Raises `OSError`, `tomllib.TOMLDecodeError`, `KeyError` or `TypeError` if the file is invalid.
    """
    config = tomllib.loads((project / "flet.toml").read_text("utf-8"))
    app, packed, colours, web = config["app"], config["packed"], config["colours"], config["web"]
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
        font=Font(
            **{
                **font,
                "files": tuple(font["files"]),
                "slices": tuple(Slices(**one) for one in font["slices"]),
            }
        ),
        permissions={
            name: Permission(tuple(permission["android"]), permission["ios"], permission["wording"])
            for name, permission in config["permissions"].items()
        },
    )
