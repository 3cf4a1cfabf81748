// Runs the app's Python: starts Pyodide, puts the bundled code on its path and runs the entry module.
import { loadPyodide } from "./pyodide/pyodide.mjs";

const START = `
import runpy, sys
sys.path[:0] = ["/anlan/files", "/anlan/code.zip"]
runpy.run_module("main", run_name="__main__", alter_sys=True)
`;

const post = (message) => {
  const bytes = message.toJs();
  self.postMessage(bytes, [bytes.buffer]);
};
// What flet's PyodideConnection imports as a module, and fills with start_connection and send.
const fletJs = { args: null, documentUrl: null, receive_callback: post };

async function bytes(path) {
  const response = await fetch(new URL(path, import.meta.url));
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}

async function start() {
  const [code, files] = [bytes("python/code.zip"), bytes("python/files.zip")];
  const pyodide = await loadPyodide({
    indexURL: new URL("pyodide/", import.meta.url).href,
    env: { PYDANTIC_DISABLE_PLUGINS: "__all__" }, // there are none; looking for them costs time
    stdout: (line) => console.log(line),
    stderr: (line) => console.error(line),
  });
  pyodide.FS.mkdirTree("/anlan/files");
  pyodide.FS.writeFile("/anlan/code.zip", await code, { canOwn: true });
  pyodide.unpackArchive(await files, "zip", { extractDir: "/anlan/files" });
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
