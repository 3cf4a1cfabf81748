"""Builds the phone's web app: a folder of static files that works offline after the first visit."""

import hashlib
import json
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

from mobile_app.packaging import problems, spec, stage
from mobile_app.packaging.programs import file_lock
from mobile_app.packaging.web import npm_modules, runtime

# Describes the build to the server: version, hash of the inputs, base URL, Content-Security-Policy (csp) and
# file names.
DESCRIPTION = "anlan-web.json"
# The strictest policy the app runs under in Chromium: no inline script and no eval. WebAssembly must compile,
# Flutter writes style elements, and photos from the camera or gallery are blob: URLs.
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
    """Build the web app of the project folder `project` into `out` and return `out`.

    Returns at once if nothing changed since the last build; waits while another process builds there. `app`
    is a staged app to build instead of the project's own: a folder with `main.py`, `requirements.lock` (pip
    format, complete, with hashes) and optionally `assets/`; everything else comes from `project`. `progress`
    is called with a message for each step. Downloads, compiled and compressed files are cached for the next
    build in `.phone-web.cache` next to `out`.
    Raises the Problems of `mobile_app.packaging.problems` and then leaves `out` unchanged.
    """
    app_spec = spec.read(project)
    npm_packages = project / "node_modules"
    used_files = [
        *_font_files(npm_packages, app_spec),
        project / app_spec.font.rare,
        *(path for package in npm_modules.PACKAGES for path in package.files(npm_packages)),
    ]
    sources = _files(app) if app else _project_sources(project, app_spec)
    inputs = _hash((*sources, *used_files, *_files(Path(__file__).parents[1])), app_spec)
    with file_lock(out.with_name(".phone-web.lock")):
        if _read_description(out).get("inputs") == inputs:
            progress("The phone's web app is up to date.")
            return out
        work = out.with_name(f".{out.name}.work")
        shutil.rmtree(work, ignore_errors=True)
        try:
            staged = app or stage.stage(project, app_spec, work / "staged")
            assets = staged / "assets" if (staged / "assets").is_dir() else project / app_spec.assets
            _build(
                staged,
                assets,
                app_spec,
                project,
                inputs,
                work,
                out.with_name(".phone-web.cache"),
                progress,
            )
            shutil.rmtree(out, ignore_errors=True)
            (work / "web").rename(out)
        finally:
            shutil.rmtree(work, ignore_errors=True)
    progress(f"The phone's web app is in {out}.")
    return out


def _build(
    staged: Path,
    assets: Path,
    app_spec: spec.Spec,
    project: Path,
    inputs: str,
    work: Path,
    cache: Path,
    progress: Callable[[str], None],
) -> None:
    from mobile_app.packaging.web import bundle, font, library, page, precompress, pyodide, service_worker

    web, code, npm_packages = work / "web", work / "code", project / "node_modules"
    python_runtime = runtime.location() / "pyodide"
    packages = _packages(staged / "requirements.lock", cache, progress)
    progress("Compiling the app …")
    _copy(staged, code, left_out={"assets", "pyproject.toml", "requirements.lock"})
    pyodide.byte_compile(code, python_runtime)
    progress("Assembling the app …")
    web.mkdir(parents=True)
    runtime.install(web)
    font.install(web, app_spec.font, npm_packages, project)
    for package in npm_modules.PACKAGES:
        package.install(web, npm_packages)
    _copy(assets, web, left_out=set(app_spec.assets_left_out))
    shutil.copytree(packages, web / "python")
    (web / "python" / library.NAME).rename(web / "pyodide" / library.NAME)
    bundle.pack_app(code, web / "python")
    page.write(app_spec, web)
    version = service_worker.write(web, app_spec.base_url)
    progress("Compressing (about half a minute) …")
    precompress.precompress(web, cache / "compressed")
    description = {
        "version": version,
        "inputs": inputs,
        "base_url": app_spec.base_url,
        "csp": CSP,
        "files": sorted(path.relative_to(web).as_posix() for path in web.rglob("*") if path.is_file()),
    }
    (web / DESCRIPTION).write_text(json.dumps(description, indent=1), "utf-8")


def _packages(lock: Path, cache: Path, progress: Callable[[str], None]) -> Path:
    """The locked packages and the standard library, packed for the browser; cached in `cache` until something
    about them changes."""
    import inspect

    from mobile_app.packaging.web import bundle, compile_modules, library, licences, pyodide, wheels

    python_runtime = runtime.location() / "pyodide"
    modules = (bundle, compile_modules, library, licences, pyodide, wheels)
    packers = [inspect.getsource(module).encode() for module in modules]
    cached = cache / _digest(lock.read_bytes(), (python_runtime / "package.json").read_bytes(), *packers)
    if (cached / "packed").is_dir():
        return cached / "packed"
    shutil.rmtree(cached, ignore_errors=True)
    progress("Downloading the locked packages for the browser …")
    wheels.download(lock, cached / "downloads")
    progress("Compiling them and the standard library (about half a minute) …")
    wheels.unpack(cached / "downloads", cached / "site")
    pyodide.byte_compile(cached / "site", python_runtime)
    bundle.pack_packages(cached / "site", cached / "packing")
    library.pack(python_runtime, cached / "library", cached / "packing")
    (cached / "packing").rename(cached / "packed")
    return cached / "packed"


def _font_files(packages: Path, app_spec: spec.Spec) -> list[Path]:
    """The font's own files, and what describes the packages of its slices, in the folder of npm packages."""
    font = app_spec.font
    found = [(font.package, f"files/{name}") for name in font.files]
    found += [(package, "package.json") for package in font.packages]
    for package, name in found:
        path = packages / package / name
        if not path.is_file():
            raise problems.font_missing(path=str(path), package=package)
    return [packages / package / name for package, name in found]


def _copy(source: Path, folder: Path, left_out: set[str]) -> None:
    def ignore(parent: str, names: list[str]) -> set[str]:
        return {
            name for name in names if name == "__pycache__" or (Path(parent) == source and name in left_out)
        }

    shutil.copytree(source, folder, ignore=ignore, dirs_exist_ok=True)


def _read_description(out: Path) -> dict[str, str]:
    try:
        description: dict[str, str] = json.loads((out / DESCRIPTION).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return description


def _hash(paths: Iterable[Path], app_spec: spec.Spec) -> str:
    """One hash over every input of a build: `paths` with their contents, and the runtime's version."""
    parts = [repr(app_spec).encode()]
    for path in (*sorted(paths), runtime.location().parent / "version.py"):
        parts += [str(path).encode(), path.read_bytes()]
    return _digest(*parts)


def _digest(*parts: bytes) -> str:
    """A digest of `parts`, 32 hex digits; splitting the same bytes differently gives another digest."""
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


def _project_sources(project: Path, app_spec: spec.Spec) -> list[Path]:
    lock = project / app_spec.lock
    if not lock.is_file():
        raise problems.lock_missing(path=str(lock))
    return [lock, *_files(*(project / name for name in (*app_spec.packages, app_spec.assets)))]
