// Restores the built app's snapshot under Node, runs the Python on standard input and prints `answer` as JSON.
//     node run_in_snapshot.mjs <pyodide folder> <python folder of the built app> <linked.mjs>
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";

const [pyodideFolder, packed, linker] = process.argv.slice(2);
const load = (path) => import(pathToFileURL(path));
const { loadPyodide } = await load(join(pyodideFolder, "pyodide.mjs"));
const { default: createModule } = await load(join(pyodideFolder, "pyodide.asm.mjs"));
const { assemble, filesOf, linked, writeFiles } = await load(linker);
const read = (name) => readFileSync(join(packed, name));

const description = JSON.parse(read("snapshot.json"));
const snapshot = assemble(description, description.parts.map(read));
const files = filesOf(JSON.parse(read("files.json")), read("files.bin"));
const scratch = mkdtempSync(join(tmpdir(), "anlan-"));
const addressOf = (path, bytes) => {
  writeFileSync(join(scratch, basename(path)), bytes);
  return join(scratch, basename(path));
};
const check = (table) => {
  if (table !== description.table) throw new Error(`${table} instead of ${description.table}`);
};
const pyodide = await loadPyodide(linked(createModule, files, addressOf, check, snapshot));
writeFiles(pyodide.FS, files);
pyodide.FS.writeFile("/anlan/packages.zip", read("rest.zip"));
pyodide.FS.writeFile("/anlan/app.zip", read("app.zip"));
pyodide.runPython(readFileSync(0, "utf8"));
console.log(pyodide.runPython("import json; json.dumps(answer)"));
rmSync(scratch, { recursive: true });
