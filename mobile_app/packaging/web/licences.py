"""Collects the licences of all bundled packages in one text file, which is served with the app."""

from pathlib import Path

NAME = "licences.txt"
FILES = ("LICENSE*", "LICENCE*", "NOTICE*", "COPYING*")
RULE = "=" * 80


def of_packages(site: Path) -> str:
    """The licence texts of the unpacked packages in `site`, each headed by package name and version."""
    found = []
    for metadata in sorted(site.glob("*.dist-info")):
        texts = sorted({path for pattern in FILES for path in metadata.rglob(pattern) if path.is_file()})
        found += [_with_heading(metadata.name.removesuffix(".dist-info"), path) for path in texts]
    return "".join(found)


def of_font(package: Path) -> str:
    """The licence text of the font in the npm package `package`."""
    return _with_heading(package.name, package / "LICENSE")


def _with_heading(name: str, path: Path) -> str:
    return f"{RULE}\n{name}\n{RULE}\n\n{path.read_text('utf-8', 'replace').strip()}\n\n"
