// Makes the snapshot for the next starts of this version: boots a second interpreter, imports the app's code without
// running it, and keeps the memory. Nothing that a person entered is in it.
import { config } from "./config.js";
import { isWanted, keep, versionCache } from "./kept_snapshot.js";
import { takeSnapshot } from "./memory_snapshot.mjs";
import { OPTIONS, addressOf, bytes, get, unpackedFiles } from "./python_files.js";

// A snapshot must not depend on stack switching: Pyodide looks for it when it is loaded.
delete WebAssembly.Suspending;
delete WebAssembly.promising;

async function make() {
  const cache = await versionCache(); // opened once: should another version take over meanwhile, this one's is gone
  if (!(await isWanted(cache))) return;
  const [{ loadPyodide }, { default: createModule }] = await Promise.all([
    import("./pyodide/pyodide.mjs"),
    import("./pyodide/pyodide.asm.mjs"),
  ]);
  const archives = ["packages.zip", "app.zip"].map(async (name) => [name, await bytes(`python/${name}`)]);
  const snapshot = await takeSnapshot({
    loadPyodide,
    createModule,
    options: OPTIONS,
    files: await unpackedFiles(),
    addressOf,
    archives: await Promise.all(archives),
    preload: await (await get("preload.py")).text(),
    modules: config.preloaded,
  });
  await keep(cache, snapshot);
}

// One tab at a time: two would take twice the memory for one snapshot.
self.onmessage = () =>
  navigator.locks
    .request("anlan snapshot", { ifAvailable: true }, (lock) => lock && make())
    .catch((error) => console.warn("no snapshot for the next start", error))
    .finally(() => self.postMessage("done"));
