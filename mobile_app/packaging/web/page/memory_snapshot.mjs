// Takes a snapshot of an interpreter's memory once it has imported what the app needs: starting from it skips the boot
// and all those imports. Used on phones, and under Node by the tests.
import { linked, writeFiles } from "./linked.mjs";

const BLOCK = 64 * 1024; // bytes

/**
 * Boot Python and import the app: {table, bytes, runs} describe the memory, and `content` are the runs' bytes.
 *
 * `files` are those of `filesOf`, `addressOf` is for `linked`. `archives` are [name, bytes], `preload` is the source of
 * preload.py and `modules` are what it gets.
 */
export async function takeSnapshot({ loadPyodide, createModule, options, files, addressOf, archives, preload, modules }) {
  let table;
  const pyodide = await loadPyodide({
    ...options,
    _makeSnapshot: true,
    ...linked(createModule, files, addressOf, (functions) => (table = functions)),
  });
  writeFiles(pyodide.FS, files);
  for (const [name, bytes] of archives) pyodide.FS.writeFile(`/anlan/${name}`, bytes, { canOwn: true });
  pyodide.runPython(preload);
  const run = pyodide.globals.get("preload");
  run(JSON.stringify(modules));
  run.destroy();
  pyodide.runPython("del preload");
  const snapshot = pyodide.makeMemorySnapshot();
  const runs = filled(snapshot);
  return {
    table,
    bytes: snapshot.length,
    runs,
    content: runs.map(([at, length]) => snapshot.subarray(at, at + length)),
  };
}

/** The runs of blocks that are not all zero, as [first byte, bytes]: a fifth of the memory was never written to. */
function filled(snapshot) {
  const words = new Uint32Array(snapshot.buffer, snapshot.byteOffset, snapshot.length >> 2);
  const runs = [];
  for (let at = 0; at < snapshot.length; at += BLOCK) {
    const end = Math.min(at + BLOCK, snapshot.length);
    if (words.subarray(at >> 2, end >> 2).every((word) => word === 0)) continue;
    const last = runs.at(-1);
    if (last && last[0] + last[1] === at) last[1] += end - at;
    else runs.push([at, end - at]);
  }
  return runs;
}
