// Runs the app's Python: boots Pyodide, from a memory snapshot where this phone has made one, writes the code and runs
// the entry module.
import createModule from "./pyodide/pyodide.asm.mjs";
import { loadPyodide } from "./pyodide/pyodide.mjs";
import { draftKeys } from "./draft_keys.js";
import { faces } from "./faces.js";
import { forget, kept } from "./kept_snapshot.js";
import { assemble, linked, writeFiles } from "./linked.mjs";
import { OPTIONS, addressOf, bytes, unpackedFiles } from "./python_files.js";
import { qr } from "./qr.js";
import { sealing } from "./sealing.js";

const START = `
import importlib, random, runpy, sys, time
for path in "/anlan/packages.zip", "/anlan/files", "/anlan/app.zip":
    if path not in sys.path:
        sys.path.insert(0, path)
importlib.invalidate_caches()
# A snapshot is older than this start: seed the random numbers, and set the time zone that the phone is in now.
random.seed()
local = time.localtime()
time.timezone = time.altzone = -local.tm_gmtoff
time.daylight, time.tzname = 0, (local.tm_zone, local.tm_zone)
runpy.run_module("main", run_name="__main__", alter_sys=True)
`;

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

/** Pyodide restored from the snapshot that this phone kept, with the app's imports done; null if there is none. */
async function bootFromSnapshot(files) {
  const found = await kept();
  if (!found) return null;
  const [description, content] = found;
  const check = (table) => {
    if (table === description.table) return;
    throw new Error(`${table} functions are linked, the snapshot has ${description.table}`);
  };
  try {
    const snapshot = assemble(description, content);
    return await loadPyodide({ ...OPTIONS, ...linked(createModule, await files, addressOf, check, snapshot) });
  } catch (error) {
    console.warn("starting without the snapshot", error);
    await forget();
    return null;
  }
}

async function start() {
  const [app, packages] = ["app.zip", "packages.zip"].map((name) => bytes(`python/${name}`));
  const files = unpackedFiles();
  const pyodide = (await bootFromSnapshot(files)) || (await loadPyodide(OPTIONS));
  writeFiles(pyodide.FS, await files);
  pyodide.FS.writeFile("/anlan/packages.zip", await packages, { canOwn: true });
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
