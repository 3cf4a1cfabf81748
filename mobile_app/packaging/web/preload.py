"""Runs on the phone, in an interpreter of its own: imports what the app would import at every start."""


def preload(listed: str) -> None:
    """Import the modules in `listed` (a JSON array), every module of the app except its entry, and everything
    of Flet that the app refers to."""
    import gc
    import importlib
    import json
    import marshal
    import sys
    import zipfile
    from types import CodeType

    sys.path[:0] = ["/anlan/app.zip", "/anlan/files", "/anlan/packages.zip"]
    importlib.invalidate_caches()

    def names_used(code: CodeType) -> set[str]:
        inner = (names_used(const) for const in code.co_consts if isinstance(const, CodeType))
        return set(code.co_names).union(*inner)

    app: list[str] = []
    used: set[str] = set()
    with zipfile.ZipFile("/anlan/app.zip") as archive:
        for path in archive.namelist():
            if path.endswith(".pyc"):
                app.append(path.removesuffix(".pyc").removesuffix("/__init__").replace("/", "."))
                used |= names_used(marshal.loads(archive.read(path)[16:]))  # noqa: S302 - our own code

    # These hold objects of the browser, which a snapshot cannot.
    excluded = dict.fromkeys(("requests", "urllib3"))
    sys.modules.update(excluded)  # type: ignore[arg-type]
    for name in (*json.loads(listed), *(name for name in app if name.rpartition(".")[2] != "main")):
        try:
            importlib.import_module(name)
        except ModuleNotFoundError:
            continue  # not part of this app, or not available in the browser
    for name in excluded:
        del sys.modules[name]

    flet = importlib.import_module("flet")
    for name in sorted(used.intersection(dir(flet))):
        getattr(flet, name)
    if "Icons" in used:
        dir(flet.Icons)  # loads the table of icons
    gc.collect()
