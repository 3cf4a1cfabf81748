// What Python needs in a worker: the files of the app's code, and how Pyodide is started.
import { filesOf } from "./linked.mjs";

export const OPTIONS = {
  indexURL: new URL("pyodide/", import.meta.url).href,
  env: {
    HOME: "/home/pyodide",
    PYDANTIC_DISABLE_PLUGINS: "__all__", // there are none, and searching for them takes time
  },
  stdout: (line) => console.log(line),
  stderr: (line) => console.error(line),
};

export async function get(path) {
  const response = await fetch(new URL(path, import.meta.url));
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return response;
}

export const bytes = async (path) => new Uint8Array(await (await get(path)).arrayBuffer());

/** The unpacked files as [path, bytes]. */
export async function unpackedFiles() {
  const [list, content] = await Promise.all([get("python/files.json"), bytes("python/files.bin")]);
  return filesOf(await list.json(), content);
}

export const addressOf = (_path, bytes) => URL.createObjectURL(new Blob([bytes], { type: "application/wasm" }));
