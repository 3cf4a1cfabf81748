// Runs the app's Python: wakes Pyodide from a snapshot of its memory, lays out the code and runs the entry module.
import createModule from "./pyodide/pyodide.asm.mjs";
import { loadPyodide } from "./pyodide/pyodide.mjs";
import { assemble, filesOf, layOut, linked } from "./linked.mjs";

const START = `
import importlib, random, runpy, sys, time
for place in "/anlan/packages.zip", "/anlan/files", "/anlan/app.zip":
    if place not in sys.path:
        sys.path.insert(0, place)
importlib.invalidate_caches()
# The snapshot is the same on every phone; these must be this phone's own.
random.seed()
here = time.localtime()
time.timezone = time.altzone = -here.tm_gmtoff
time.daylight, time.tzname = 0, (here.tm_zone, here.tm_zone)
runpy.run_module("main", run_name="__main__", alter_sys=True)
`;
const OPTIONS = {
  indexURL: new URL("pyodide/", import.meta.url).href,
  env: { HOME: "/home/pyodide", PYDANTIC_DISABLE_PLUGINS: "__all__" },
  stdout: (line) => console.log(line),
  stderr: (line) => console.error(line),
};

// IndexedDB answers before the disk has it unless told otherwise; what was saved must outlive a power cut.
const { transaction } = IDBDatabase.prototype;
IDBDatabase.prototype.transaction = function (stores, mode, options) {
  return transaction.call(this, stores, mode, { durability: "strict", ...options });
};

const post = (message) => {
  const bytes = message.toJs();
  self.postMessage(bytes, [bytes.buffer]);
};
// What flet's PyodideConnection imports as a module, and fills with start_connection and send.
const fletJs = { args: null, documentUrl: null, receive_callback: post };

async function get(path) {
  const response = await fetch(new URL(`python/${path}`, import.meta.url));
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return response;
}

const bytes = async (path) => new Uint8Array(await (await get(path)).arrayBuffer());

const addressOf = (_path, bytes) => URL.createObjectURL(new Blob([bytes], { type: "application/wasm" }));

/** Pyodide as it was when the snapshot was taken, all that the app needs imported; null where it does not fit. */
async function wake(files, snapshot, made) {
  const check = (table) => {
    if (table !== made.table) throw new Error(`${table} functions are linked, the snapshot has ${made.table}`);
  };
  try {
    return await loadPyodide({ ...OPTIONS, ...linked(createModule, await files, addressOf, check, snapshot) });
  } catch (error) {
    console.warn("starting without the snapshot", error);
    return null;
  }
}

/** Pyodide with the packages that it has not imported yet. */
async function wakeOrBoot(files) {
  const rest = bytes("rest.zip");
  const made = await (await get("snapshot.json")).json();
  const snapshot = assemble(made, await Promise.all(made.parts.map(bytes)));
  const pyodide = await wake(files, snapshot, made);
  return pyodide ? [pyodide, await rest] : Promise.all([loadPyodide(OPTIONS), bytes("packages.zip")]);
}

async function start() {
  const [app, content] = ["app.zip", "files.bin"].map(bytes);
  const files = get("files.json").then(async (list) => filesOf(await list.json(), await content));
  const [pyodide, packages] = await wakeOrBoot(files);
  layOut(pyodide.FS, await files);
  pyodide.FS.writeFile("/anlan/packages.zip", packages, { canOwn: true });
  pyodide.FS.writeFile("/anlan/app.zip", await app, { canOwn: true });
  pyodide.registerJsModule("flet_js", fletJs);
  await pyodide.runPythonAsync(START);
  await fletJs.start_connection(post);
}

self.onmessage = async ({ data }) => {
  if (typeof fletJs.send === "function") {
    fletJs.send(data);
    return;
  }
  fletJs.documentUrl = data.documentUrl;
  try {
    await start();
    self.postMessage({ ready: true });
  } catch (error) {
    console.error(error);
    self.postMessage({ error: String(error) });
  }
};
