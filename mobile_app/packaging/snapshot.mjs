// Boots Pyodide under Node, imports what the app will need, and writes the interpreter's memory to a file.
//     node snapshot.mjs <pyodide folder> <packages.zip> <out> <module>…
import { readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [pyodideFolder, packages, out, ...modules] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(`${pyodideFolder}/pyodide.mjs`));

const pyodide = await loadPyodide({
  _makeSnapshot: true,
  env: {
    HOME: "/home/pyodide",
    PYDANTIC_DISABLE_PLUGINS: "__all__", // there are none; looking for them costs time
    PYTHONHASHSEED: "0", // the same packages give the same file
  },
});
pyodide.FS.mkdirTree("/anlan/files");
pyodide.FS.writeFile("/anlan/packages.zip", readFileSync(packages));
pyodide.runPython(`
import gc, importlib, sys

sys.path[:0] = ["/anlan/files", "/anlan/packages.zip"]
# These look at the browser as they are imported: they must not remember this one.
unseen = dict.fromkeys(("requests", "urllib3"))
sys.modules.update(unseen)
for name in ${JSON.stringify(modules)}:
    try:
        importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name.partition(".")[0] != name.partition(".")[0]:
            raise
for name in unseen:
    del sys.modules[name]
del unseen, name
gc.collect()
`);
writeFileSync(out, pyodide.makeMemorySnapshot());
