// The built app's Python in a worker, without the app: lays out the same code and runs what the test sends.
import { loadPyodide } from "./pyodide/pyodide.mjs";

const fetched = async (name) => new Uint8Array(await (await fetch(`python/${name}`)).arrayBuffer());

async function wake() {
  const [app, packages, files, pyodide] = await Promise.all([
    fetched("app.zip"),
    fetched("packages.zip"),
    fetched("files.bin"),
    loadPyodide({ indexURL: new URL("pyodide/", self.location.href).href }),
  ]);
  const { FS } = pyodide;
  let at = 0;
  for (const [path, size] of await (await fetch("python/files.json")).json()) {
    const target = `/anlan/files/${path}`;
    FS.mkdirTree(target.slice(0, target.lastIndexOf("/")));
    FS.writeFile(target, files.subarray(at, at + size));
    at += size;
  }
  FS.writeFile("/anlan/packages.zip", packages);
  FS.writeFile("/anlan/app.zip", app);
  await pyodide.runPythonAsync(
    'import sys; sys.path[:0] = ["/anlan/packages.zip", "/anlan/files", "/anlan/app.zip"]',
  );
  return pyodide;
}

const awake = wake();

self.onmessage = async ({ data: { number, code, given } }) => {
  try {
    const pyodide = await awake;
    pyodide.globals.set("given", given);
    self.postMessage({ number, result: await pyodide.runPythonAsync(code) });
  } catch (error) {
    self.postMessage({ number, error: String(error) });
  }
};
