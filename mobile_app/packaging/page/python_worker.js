// Runs the app's Python: wakes Pyodide from a snapshot of its memory, lays out the code and runs the entry module.
import createModule from "./pyodide/pyodide.asm.mjs";
import { loadPyodide } from "./pyodide/pyodide.mjs";

const PAGE = 65536; // bytes of a WebAssembly memory page
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

/** Emscripten's module with a memory that the snapshot fits into before it is copied there. */
function createRoomyModule(settings, size) {
  const instantiate = settings.instantiateWasm;
  const instantiateWasm = (imports, receive) =>
    instantiate(imports, (instance, module) => {
      const missing = size - instance.exports.memory.buffer.byteLength;
      if (missing > 0) instance.exports.memory.grow(Math.ceil(missing / PAGE));
      return receive(instance, module);
    });
  return createModule(Object.assign(settings, { instantiateWasm }));
}

async function wake(snapshot) {
  try {
    const memory = await snapshot;
    return await loadPyodide({
      ...OPTIONS,
      _loadSnapshot: memory,
      createPyodideModule: (settings) => createRoomyModule(settings, memory.length),
    });
  } catch (error) {
    console.warn("starting without the snapshot", error);
    return loadPyodide(OPTIONS);
  }
}

async function layOut(FS, list, content) {
  FS.mkdirTree("/anlan/files");
  let at = 0;
  for (const [path, size] of list) {
    const target = `/anlan/files/${path}`;
    FS.mkdirTree(target.slice(0, target.lastIndexOf("/")));
    FS.writeFile(target, content.subarray(at, at + size));
    at += size;
  }
}

async function start() {
  const snapshot = bytes("snapshot.bin");
  const [app, packages, files] = ["app.zip", "packages.zip", "files.bin"].map(bytes);
  const list = get("files.json").then((response) => response.json());
  const pyodide = await wake(snapshot);
  await layOut(pyodide.FS, await list, await files);
  pyodide.FS.writeFile("/anlan/packages.zip", await packages, { canOwn: true });
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
