// Runs the app's Python: boots Pyodide from a memory snapshot, writes the code and runs the entry module.
import createModule from "./pyodide/pyodide.asm.mjs";
import { loadPyodide } from "./pyodide/pyodide.mjs";
import { assemble, filesOf, linked, writeFiles } from "./linked.mjs";
import { draftKeys } from "./draft_keys.js";
import { faces } from "./faces.js";
import { qr } from "./qr.js";
import { sealing } from "./sealing.js";

const START = `
import importlib, random, runpy, sys, time
for path in "/anlan/packages.zip", "/anlan/files", "/anlan/app.zip":
    if path not in sys.path:
        sys.path.insert(0, path)
importlib.invalidate_caches()
# The snapshot is the same on every phone: seed the random numbers and set this phone's time zone.
random.seed()
local = time.localtime()
time.timezone = time.altzone = -local.tm_gmtoff
time.daylight, time.tzname = 0, (local.tm_zone, local.tm_zone)
runpy.run_module("main", run_name="__main__", alter_sys=True)
`;
const OPTIONS = {
  indexURL: new URL("pyodide/", import.meta.url).href,
  env: { HOME: "/home/pyodide", PYDANTIC_DISABLE_PLUGINS: "__all__" },
  stdout: (line) => console.log(line),
  stderr: (line) => console.error(line),
};

// By default, IndexedDB confirms a transaction before it is on disk; saved records must survive a power cut.
const { transaction } = IDBDatabase.prototype;
IDBDatabase.prototype.transaction = function (stores, mode, options) {
  return transaction.call(this, stores, mode, { durability: "strict", ...options });
};

const post = (message) => {
  const bytes = message.toJs();
  self.postMessage(bytes, [bytes.buffer]);
};
// Flet's PyodideConnection imports this as a module and sets start_connection and send on it.
const fletJs = { args: null, documentUrl: null, receive_callback: post };

async function get(path) {
  const response = await fetch(new URL(`python/${path}`, import.meta.url));
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return response;
}

const bytes = async (path) => new Uint8Array(await (await get(path)).arrayBuffer());

const addressOf = (_path, bytes) => URL.createObjectURL(new Blob([bytes], { type: "application/wasm" }));

/** Pyodide restored from the snapshot, with the app's imports done; null if the snapshot does not fit this browser. */
async function bootFromSnapshot(files, snapshot, description) {
  const check = (table) => {
    if (table === description.table) return;
    throw new Error(`${table} functions are linked, the snapshot has ${description.table}`);
  };
  try {
    return await loadPyodide({ ...OPTIONS, ...linked(createModule, await files, addressOf, check, snapshot) });
  } catch (error) {
    console.warn("starting without the snapshot", error);
    return null;
  }
}

/** Pyodide, and the archive of the packages that it has not imported yet. */
async function boot(files) {
  const rest = bytes("rest.zip");
  const description = await (await get("snapshot.json")).json();
  const snapshot = assemble(description, await Promise.all(description.parts.map(bytes)));
  const pyodide = await bootFromSnapshot(files, snapshot, description);
  return pyodide ? [pyodide, await rest] : Promise.all([loadPyodide(OPTIONS), bytes("packages.zip")]);
}

async function start() {
  const [app, content] = ["app.zip", "files.bin"].map(bytes);
  const files = get("files.json").then(async (list) => filesOf(await list.json(), await content));
  const [pyodide, packages] = await boot(files);
  writeFiles(pyodide.FS, await files);
  pyodide.FS.writeFile("/anlan/packages.zip", packages, { canOwn: true });
  pyodide.FS.writeFile("/anlan/app.zip", await app, { canOwn: true });
  pyodide.registerJsModule("flet_js", fletJs);
  pyodide.registerJsModule("anlan_sealing", sealing);
  pyodide.registerJsModule("anlan_draft_keys", draftKeys);
  pyodide.registerJsModule("anlan_qr", qr);
  pyodide.registerJsModule("anlan_faces", faces);
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
