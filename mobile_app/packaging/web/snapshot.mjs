// Boots Pyodide under Node, imports what the app will need, and writes the interpreter's memory to a file.
//     node snapshot.mjs <pyodide folder> <folder with the packed code> <module>…
// Writes snapshot.json and the snapshot parts that it lists next to the packed code, and prints the imported members of
// packages.zip as JSON.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";
import { filesOf, linked, writeFiles } from "./page/linked.mjs";

// The snapshot must not depend on stack switching, which not every browser supports.
delete WebAssembly.Suspending;
delete WebAssembly.promising;

const BLOCK = 64 * 1024; // bytes
const PART = 8 * 1024 * 1024; // bytes; an interrupted download resumes from the last complete part
const [pyodideFolder, packed, ...modules] = process.argv.slice(2);
const load = (name) => import(pathToFileURL(join(pyodideFolder, name)));
const [{ loadPyodide }, { default: createModule }] = [await load("pyodide.mjs"), await load("pyodide.asm.mjs")];
const read = (name) => readFileSync(join(packed, name));

const files = filesOf(JSON.parse(read("files.json")), read("files.bin"));
const scratch = mkdtempSync(join(tmpdir(), "anlan-"));
const addressOf = (path, bytes) => {
  const address = join(scratch, basename(path));
  writeFileSync(address, bytes);
  return address;
};
let table;
const pyodide = await loadPyodide({
  _makeSnapshot: true,
  env: {
    HOME: "/home/pyodide",
    PYDANTIC_DISABLE_PLUGINS: "__all__", // there are none, and searching for them takes time
    PYTHONHASHSEED: "0",
  },
  ...linked(createModule, files, addressOf, (linkedFunctions) => (table = linkedFunctions)),
});
writeFiles(pyodide.FS, files);
for (const name of ["packages.zip", "app.zip"]) pyodide.FS.writeFile(`/anlan/${name}`, read(name));
pyodide.runPython(readFileSync(new URL("preload.py", import.meta.url), "utf8"));
console.log(pyodide.globals.get("preload")(modules));
pyodide.runPython("del preload, PACKAGES");

// A fifth of the memory was never written to: store only the runs of blocks that are not zero.
const snapshot = pyodide.makeMemorySnapshot();
const runs = []; // [first byte, bytes]
for (let at = 0; at < snapshot.length; at += BLOCK) {
  const block = snapshot.subarray(at, at + BLOCK);
  if (block.every((byte) => byte === 0)) continue;
  const last = runs.at(-1);
  if (last && last[0] + last[1] === at) last[1] += block.length;
  else runs.push([at, block.length]);
}
const nonZero = Buffer.concat(runs.map(([at, length]) => snapshot.subarray(at, at + length)));
const parts = [];
for (let at = 0; at < nonZero.length; at += PART) {
  parts.push(`snapshot-${String(parts.length).padStart(2, "0")}.bin`);
  writeFileSync(join(packed, parts.at(-1)), nonZero.subarray(at, at + PART));
}
writeFileSync(join(packed, "snapshot.json"), JSON.stringify({ table, bytes: snapshot.length, runs, parts }));
rmSync(scratch, { recursive: true });
