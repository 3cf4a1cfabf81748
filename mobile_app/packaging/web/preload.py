"""Runs inside Pyodide before the memory snapshot: imports what the phone would import at every start."""

PACKAGES = "/anlan/packages.zip/"


def preload(modules: list[str]) -> str:
    """Import `modules`, every module of the app except its entry, and everything of Flet the app refers to.

    Returns the imported members of the packages' archive, as JSON.
    """
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

    # These detect the browser on import, so they must not be in the snapshot.
    excluded = dict.fromkeys(("requests", "urllib3"))
    sys.modules.update(excluded)  # type: ignore[arg-type]
    for name in (*modules, *(name for name in app if name.rpartition(".")[2] != "main")):
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
    files = [str(getattr(module, "__file__", "")) for module in sys.modules.values()]
    imported = [file.removeprefix(PACKAGES) for file in files if file.startswith(PACKAGES)]
    del files
    gc.collect()
    return json.dumps(sorted(imported))
