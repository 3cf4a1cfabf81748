"""Builds the phone's web app: a folder of files that any server can hand out, and that then needs no server."""

import hashlib
import json
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

from mobile_app.packaging import problems, runtime, spec, stage

DESCRIPTION = "anlan-web.json"
# The strictest policy the app runs under, seen in Chromium: no inline script and no eval. WebAssembly must be
# compiled; Flutter writes style elements; taken and picked photos are blob: addresses.
CSP = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'wasm-unsafe-eval'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' blob: data:",
        "media-src 'self' blob:",
        "connect-src 'self' blob: data:",
        "worker-src 'self'",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)


def build_web(
    project: Path, out: Path, progress: Callable[[str], None], *, app: Path | None = None
) -> Path:
    """Build the web app of the folder `project` into the folder `out` and return it; at once when nothing changed.

    `app` is a staged app to build instead of the project's own: a folder with `main.py`, `requirements.lock` (pip
    format, closed, with hashes) and maybe `assets/`. All else, the icons too where it has none, is `project`'s.
    `progress` is told each step in words. Downloads and compiled packages are kept beside `out` for the next build.
    Raises the Problems of `mobile_app.packaging.problems`; `out` is then as it was.
    """
    said = spec.read(project)
    fonts = _fonts(project, said)
    sources = _files(app) if app else _project_sources(project, said)
    inputs = _hash((*sources, *fonts, *_files(Path(__file__).parent)), said)
    if _described(out).get("inputs") == inputs:
        progress("The phone's web app is up to date.")
        return out
    work = out.with_name(f".{out.name}.work")
    cache = out.with_name(f".{out.name}.cache")
    shutil.rmtree(work, ignore_errors=True)
    try:
        staged = app or stage.stage(project, said, work / "staged")
        assets = staged / "assets" if (staged / "assets").is_dir() else project / said.assets
        _build(staged, assets, said, fonts, inputs, work, cache, progress)
        shutil.rmtree(out, ignore_errors=True)
        (work / "web").rename(out)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    progress(f"The phone's web app is in {out}.")
    return out


def _build(
    staged: Path,
    assets: Path,
    said: spec.Spec,
    fonts: list[Path],
    inputs: str,
    work: Path,
    cache: Path,
    progress: Callable[[str], None],
) -> None:
    from mobile_app.packaging import bundle, compile, page, precompress, service_worker

    web, code = work / "web", work / "code"
    pyodide = runtime.location() / "pyodide"
    site = _packages(staged / "requirements.lock", cache, pyodide, progress)
    progress("Compiling the app …")
    _copy(staged, code, left_out={"assets", "pyproject.toml", "requirements.lock"})
    compile.byte_compile(code, pyodide)
    progress("Putting the app together …")
    web.mkdir(parents=True)
    runtime.take(web, {said.font.family: fonts})
    _copy(assets, web, left_out=set(said.assets_left_out))
    bundle.pack(site, code, web / "python")
    page.write(said, web)
    version = service_worker.write(web, said.base_url)
    progress("Compressing (some seconds) …")
    precompress.precompress(web)
    description = {
        "version": version,
        "inputs": inputs,
        "base_url": said.base_url,
        "csp": CSP,
        "files": sorted(path.relative_to(web).as_posix() for path in web.rglob("*") if path.is_file()),
    }
    (web / DESCRIPTION).write_text(json.dumps(description, indent=1), "utf-8")


def _packages(lock: Path, cache: Path, pyodide: Path, progress: Callable[[str], None]) -> Path:
    """The locked packages, unpacked and compiled; kept in `cache` for as long as lock and runtime are the same."""
    from mobile_app.packaging import compile, wheels

    version = (pyodide / "package.json").read_bytes()
    made = cache / hashlib.sha256(lock.read_bytes() + version).hexdigest()[:16]
    if (made / "site").is_dir():
        return made / "site"
    progress("Downloading the locked packages for the phone's browser …")
    wheels.download(lock, made / "downloads")
    progress("Compiling them (about 10 s) …")
    shutil.rmtree(made / "unpacked", ignore_errors=True)
    wheels.unpack(made / "downloads", made / "unpacked")
    compile.byte_compile(made / "unpacked", pyodide)
    (made / "unpacked").rename(made / "site")
    return made / "site"


def _fonts(project: Path, said: spec.Spec) -> list[Path]:
    folder = project / "node_modules" / said.font.package / "files"
    files = [folder / name for name in said.font.files]
    for file in files:
        if not file.is_file():
            raise problems.font_missing(path=str(file), package=said.font.package)
    return files


def _copy(source: Path, folder: Path, left_out: set[str]) -> None:
    def ignore(where: str, names: list[str]) -> set[str]:
        return {n for n in names if n == "__pycache__" or (Path(where) == source and n in left_out)}

    shutil.copytree(source, folder, ignore=ignore, dirs_exist_ok=True)


def _described(out: Path) -> dict[str, str]:
    try:
        described: dict[str, str] = json.loads((out / DESCRIPTION).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return described


def _hash(paths: Iterable[Path], said: spec.Spec) -> str:
    """One hash over everything a build depends on: `paths` with their contents, and the runtime's version."""
    total = hashlib.sha256(repr(said).encode())
    for path in (*sorted(paths), runtime.location().parent / "version.py"):
        total.update(f"\0{path}\0".encode())
        total.update(path.read_bytes())
    return total.hexdigest()


def _files(*folders: Path) -> list[Path]:
    return [
        path
        for folder in folders
        for path in folder.rglob("*")
        if path.is_file() and path.suffix != ".pyc" and not path.name.startswith(".")
    ]


def _project_sources(project: Path, said: spec.Spec) -> list[Path]:
    lock = project / said.lock
    if not lock.is_file():
        raise problems.lock_missing(path=str(lock))
    return [lock, *_files(*(project / name for name in (*said.packages, said.assets)))]
