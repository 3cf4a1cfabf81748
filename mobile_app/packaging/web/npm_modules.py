"""Copies the parts of npm packages that the web app's own JavaScript imports or reads."""

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from mobile_app.packaging import problems

_IMPORT = re.compile(r"""\bfrom\s*["'](\.[^"']+)["']""")


@dataclass(frozen=True, slots=True)
class NpmPackage:
    """Some files of an npm package, which stand in a folder of the web app.

    `root`: their folder in the package; `entries`: the modules that are wanted, with all that they import;
    `data`: files that are taken as they are; `licence`: the file.
    """

    name: str
    root: str
    entries: tuple[str, ...]
    licence: str
    data: tuple[str, ...] = ()

    @property
    def folder(self) -> str:
        """The folder in the web app: the name without its scope."""
        return self.name.rpartition("/")[2]

    def files(self, packages: Path) -> list[Path]:
        """The package's licence and modules; `packages` is the folder of npm packages.

        Raises the Problem `phone_npm_missing` where one is not there.
        """
        return [packages / self.name / self.licence, *self._modules(packages)]

    def install(self, folder: Path, packages: Path) -> None:
        """Copy the modules into the web app in `folder`, with the licence."""
        target = folder / self.folder
        for module in self._modules(packages):
            copy = target / module.relative_to(packages / self.name / self.root)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(module, copy)
        shutil.copyfile(packages / self.name / self.licence, target / self.licence)

    def _modules(self, packages: Path) -> list[Path]:
        package = packages / self.name
        root = (package / self.root).resolve()
        waiting, found = [root / name for name in self.entries], set[Path]()
        while waiting:
            module = waiting.pop()
            if module in found:
                continue
            if not module.is_file() or not (package / self.licence).is_file():
                raise problems.npm_missing(path=str(module), package=self.name)
            found.add(module)
            imported = _IMPORT.findall(module.read_text("utf-8"))
            waiting += [(module.parent / name).resolve() for name in imported]
        if missing := [root / name for name in self.data if not (root / name).is_file()]:
            raise problems.npm_missing(path=str(missing[0]), package=self.name)
        found |= {root / name for name in self.data}
        return [package / self.root / module.relative_to(root) for module in sorted(found)]


JOSE = NpmPackage("jose", "dist/webapi", ("jwe/compact/encrypt.js", "key/import.js"), "LICENSE.md")
"""Seals home visits."""
JSQR = NpmPackage("jsqr", "dist", ("jsQR.js",), "LICENSE")
"""Reads the QR codes of signs."""
FACES = NpmPackage(
    "@mediapipe/face_detection", ".", (), "package.json", ("face_detection_full_range.tflite",)
)
"""The model that finds faces. Its licence, which its package.json names, is that of this project as well."""
PACKAGES = (JOSE, JSQR, FACES)
