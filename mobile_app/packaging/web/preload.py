"""Runs inside Pyodide before its memory is taken: imports what the phone would import at every start."""

PACKAGES = "/anlan/packages.zip/"


def preload(modules: list[str]) -> str:
    """Import `modules`, every module of the app but its entry, and all of Flet that the app's code names.

    Returns the files of the packages' archive that were imported, as JSON.
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

    def names_in(code: CodeType) -> set[str]:
        inner = (names_in(const) for const in code.co_consts if isinstance(const, CodeType))
        return set(code.co_names).union(*inner)

    app: list[str] = []
    named: set[str] = set()
    with zipfile.ZipFile("/anlan/app.zip") as archive:
        for path in archive.namelist():
            if path.endswith(".pyc"):
                app.append(path.removesuffix(".pyc").removesuffix("/__init__").replace("/", "."))
                named |= names_in(marshal.loads(archive.read(path)[16:]))  # noqa: S302 - our own code

    # These look at the browser as they are imported: they must not remember this one.
    unseen = dict.fromkeys(("requests", "urllib3"))
    sys.modules.update(unseen)  # type: ignore[arg-type]
    for name in (*modules, *(name for name in app if name.rpartition(".")[2] != "main")):
        try:
            importlib.import_module(name)
        except ModuleNotFoundError:
            continue  # not in this app, or not for the browser
    for name in unseen:
        del sys.modules[name]

    flet = importlib.import_module("flet")
    for name in sorted(named.intersection(dir(flet))):
        getattr(flet, name)
    if "Icons" in named:
        dir(flet.Icons)  # reads the table of all icons
    files = [str(getattr(module, "__file__", "")) for module in sys.modules.values()]
    imported = [file.removeprefix(PACKAGES) for file in files if file.startswith(PACKAGES)]
    del files
    gc.collect()
    return json.dumps(sorted(imported))
