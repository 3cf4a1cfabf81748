"""Builds the phone's web app: a folder of files that any server can hand out, and that then needs none."""

import hashlib
import json
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

from mobile_app.packaging import problems, spec, stage
from mobile_app.packaging.programs import alone
from mobile_app.packaging.web import runtime

# What the build says of itself, for the server: its version, a hash of its inputs, its base URL, the policy
# to send with each of its files (csp), and their names.
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


def build_web(project: Path, out: Path, progress: Callable[[str], None], *, app: Path | None = None) -> Path:
    """Build the web app of the folder `project` into the folder `out` and return it.

    Returns at once when nothing changed since the last build; waits while another process builds there. `app`
    is a staged app to build instead of the project's own: a folder with `main.py`, `requirements.lock` (pip
    format, closed, with hashes) and maybe `assets/`; all else, and the icons if it has none, is `project`'s.
    `progress` is told each step in words. What was downloaded, compiled and compressed is kept for the next
    build in `.phone-web.cache` beside `out`.
    Raises the Problems of `mobile_app.packaging.problems`; `out` is then as it was.
    """
    said = spec.read(project)
    fonts = _font_folder(project, said)
    used = [fonts / name for name in said.font.files]
    sources = _files(app) if app else _project_sources(project, said)
    inputs = _hash((*sources, *used, *_files(Path(__file__).parents[1])), said)
    with alone(out.with_name(".phone-web.lock")):
        if _described(out).get("inputs") == inputs:
            progress("The phone's web app is up to date.")
            return out
        work = out.with_name(f".{out.name}.work")
        shutil.rmtree(work, ignore_errors=True)
        try:
            staged = app or stage.stage(project, said, work / "staged")
            assets = staged / "assets" if (staged / "assets").is_dir() else project / said.assets
            _build(staged, assets, said, fonts, inputs, work, out.with_name(".phone-web.cache"), progress)
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
    fonts: Path,
    inputs: str,
    work: Path,
    cache: Path,
    progress: Callable[[str], None],
) -> None:
    from mobile_app.packaging.web import bundle, font, page, precompress, pyodide, service_worker

    web, code = work / "web", work / "code"
    runner = runtime.location() / "pyodide"
    packages = _packages(staged / "requirements.lock", cache, progress)
    progress("Compiling the app …")
    _copy(staged, code, left_out={"assets", "pyproject.toml", "requirements.lock"})
    pyodide.byte_compile(code, runner)
    progress("Putting the app together …")
    web.mkdir(parents=True)
    runtime.take(web)
    font.take(web, said.font, fonts)
    _copy(assets, web, left_out=set(said.assets_left_out))
    shutil.copytree(packages, web / "python")
    bundle.pack_app(code, web / "python")
    progress("Starting it once, for a snapshot that phones start from (about 10 s) …")
    imported = pyodide.take_snapshot(runner, web / "python", said.preloaded)
    bundle.pack_rest(web / "python", imported)
    page.write(said, web)
    version = service_worker.write(web, said.base_url)
    progress("Compressing (some seconds) …")
    precompress.precompress(web, cache / "compressed", passing="snapshot-*")
    description = {
        "version": version,
        "inputs": inputs,
        "base_url": said.base_url,
        "csp": CSP,
        "files": sorted(path.relative_to(web).as_posix() for path in web.rglob("*") if path.is_file()),
    }
    (web / DESCRIPTION).write_text(json.dumps(description, indent=1), "utf-8")


def _packages(lock: Path, cache: Path, progress: Callable[[str], None]) -> Path:
    """The locked packages, packed for the browser; kept in `cache` while nothing about them changes."""
    import inspect

    from mobile_app.packaging.web import bundle, licences, pyodide, wheels

    runner = runtime.location() / "pyodide"
    makers = [inspect.getsource(module).encode() for module in (bundle, licences, pyodide, wheels)]
    made = cache / _digest(lock.read_bytes(), (runner / "package.json").read_bytes(), *makers)
    if (made / "packed").is_dir():
        return made / "packed"
    shutil.rmtree(made, ignore_errors=True)
    progress("Downloading the locked packages for the phone's browser …")
    wheels.download(lock, made / "downloads")
    progress("Compiling them (about 10 s) …")
    wheels.unpack(made / "downloads", made / "site")
    pyodide.byte_compile(made / "site", runner)
    bundle.pack_packages(made / "site", made / "packing")
    (made / "packing").rename(made / "packed")
    return made / "packed"


def _font_folder(project: Path, said: spec.Spec) -> Path:
    """The folder with the files of the font's npm package."""
    folder = project / "node_modules" / said.font.package / "files"
    for name in said.font.files:
        if not (folder / name).is_file():
            raise problems.font_missing(path=str(folder / name), package=said.font.package)
    return folder


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
    parts = [repr(said).encode()]
    for path in (*sorted(paths), runtime.location().parent / "version.py"):
        parts += [str(path).encode(), path.read_bytes()]
    return _digest(*parts)


def _digest(*parts: bytes) -> str:
    """32 hex digits that stand for `parts`: another split of the same bytes gives another digest."""
    total = hashlib.sha256()
    for part in parts:
        total.update(len(part).to_bytes(8, "big") + part)
    return total.hexdigest()[:32]


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
