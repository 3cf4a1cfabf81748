// Runs test code in the built app's Python in a worker, without the app.
import { loadPyodide } from "./pyodide/pyodide.mjs";
import { draftKeys } from "./draft_keys.js";
import { faces } from "./faces.js";
import { qr } from "./qr.js";
import { sealing } from "./sealing.js";

const fetchBytes = async (name) => new Uint8Array(await (await fetch(`python/${name}`)).arrayBuffer());

async function boot() {
  const [app, packages, files, pyodide] = await Promise.all([
    fetchBytes("app.zip"),
    fetchBytes("packages.zip"),
    fetchBytes("files.bin"),
    loadPyodide({ indexURL: new URL("pyodide/", self.location.href).href }),
  ]);
  const { FS } = pyodide;
  let offset = 0;
  for (const [path, size] of await (await fetch("python/files.json")).json()) {
    const target = `/anlan/files/${path}`;
    FS.mkdirTree(target.slice(0, target.lastIndexOf("/")));
    FS.writeFile(target, files.subarray(offset, offset + size));
    offset += size;
  }
  FS.writeFile("/anlan/packages.zip", packages);
  FS.writeFile("/anlan/app.zip", app);
  pyodide.registerJsModule("anlan_sealing", sealing);
  pyodide.registerJsModule("anlan_draft_keys", draftKeys);
  pyodide.registerJsModule("anlan_qr", qr);
  pyodide.registerJsModule("anlan_faces", faces);
  await pyodide.runPythonAsync(
    'import sys; sys.path[:0] = ["/anlan/packages.zip", "/anlan/files", "/anlan/app.zip"]',
  );
  return pyodide;
}

const booted = boot();

self.onmessage = async ({ data: { number, code, given } }) => {
  try {
    const pyodide = await booted;
    pyodide.globals.set("given", given);
    self.postMessage({ number, result: await pyodide.runPythonAsync(code) });
  } catch (error) {
    self.postMessage({ number, error: String(error) });
  }
};
