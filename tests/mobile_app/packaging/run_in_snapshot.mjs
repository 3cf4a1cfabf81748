// Restores a snapshot of the built app under Node, runs the Python on standard input and prints `answer` as JSON.
//     node run_in_snapshot.mjs <folder of the built app> <folder of the snapshot>
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";

const [app, taken] = process.argv.slice(2);
const load = (name) => import(pathToFileURL(join(app, name)));
const { loadPyodide } = await load("pyodide/pyodide.mjs");
const { default: createModule } = await load("pyodide/pyodide.asm.mjs");
const { assemble, filesOf, linked, writeFiles } = await load("linked.mjs");
const read = (name) => readFileSync(join(app, "python", name));

const description = JSON.parse(readFileSync(join(taken, "snapshot.json")));
const snapshot = assemble(description, readFileSync(join(taken, "snapshot.bin")));
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
pyodide.FS.writeFile("/anlan/packages.zip", read("packages.zip"));
pyodide.FS.writeFile("/anlan/app.zip", read("app.zip"));
pyodide.runPython(readFileSync(0, "utf8"));
console.log(pyodide.runPython("import json; json.dumps(answer)"));
rmSync(scratch, { recursive: true });
