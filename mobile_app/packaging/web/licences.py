"""Gathers the licences of what is packed into one text that is served beside the app."""

from pathlib import Path

NAME = "licences.txt"
FILES = ("LICENSE*", "LICENCE*", "NOTICE*", "COPYING*")
RULE = "=" * 80


def of_packages(site: Path) -> str:
    """The licence texts of the unpacked packages in `site`, each under its package's name and version."""
    found = []
    for about in sorted(site.glob("*.dist-info")):
        texts = sorted({path for pattern in FILES for path in about.rglob(pattern) if path.is_file()})
        found += [_headed(about.name.removesuffix(".dist-info"), path) for path in texts]
    return "".join(found)


def of_font(package: Path) -> str:
    """The licence text of the font in the npm package `package`."""
    return _headed(package.name, package / "LICENSE")


def _headed(name: str, path: Path) -> str:
    return f"{RULE}\n{name}\n{RULE}\n\n{path.read_text('utf-8', 'replace').strip()}\n\n"
