// Takes a snapshot as a phone does, under Node, and writes snapshot.json and snapshot.bin.
//     node take_snapshot.mjs <folder of the built app> <folder to write to>
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { pathToFileURL } from "node:url";

delete WebAssembly.Suspending;
delete WebAssembly.promising;

const [app, out] = process.argv.slice(2);
const load = (name) => import(pathToFileURL(join(app, name)));
const read = (name) => readFileSync(join(app, name));
const { loadPyodide } = await load("pyodide/pyodide.mjs");
const { default: createModule } = await load("pyodide/pyodide.asm.mjs");
const { filesOf } = await load("linked.mjs");
const { takeSnapshot } = await load("memory_snapshot.mjs");

const scratch = mkdtempSync(join(tmpdir(), "anlan-"));
const { content, ...description } = await takeSnapshot({
  loadPyodide,
  createModule,
  options: { env: { HOME: "/home/pyodide", PYDANTIC_DISABLE_PLUGINS: "__all__" } },
  files: filesOf(JSON.parse(read("python/files.json")), read("python/files.bin")),
  addressOf: (path, bytes) => {
    writeFileSync(join(scratch, basename(path)), bytes);
    return join(scratch, basename(path));
  },
  archives: ["packages.zip", "app.zip"].map((name) => [name, read(`python/${name}`)]),
  preload: read("preload.py").toString(),
  modules: JSON.parse(read("config.js").toString().match(/\{.*\}/)[0]).preloaded,
});
writeFileSync(join(out, "snapshot.json"), JSON.stringify(description));
writeFileSync(join(out, "snapshot.bin"), Buffer.concat(content));
rmSync(scratch, { recursive: true });
