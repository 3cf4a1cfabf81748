// Lays out the bundled packages for Pyodide and links their side modules before Python starts: then they lie at the
// same addresses in every run, and a snapshot of the memory fits the next one. Used on phones and, under Node, where
// the snapshot is taken.

const PAGE = 65536; // bytes of a WebAssembly memory page
const START = 1; // the word of a snapshot that says where in it the memory begins, in bytes

/** The laid-out files as [path, bytes]: `content` holds them one after another, `list` their names and sizes. */
export function filesOf(list, content) {
  let at = 0;
  return list.map(([name, size]) => {
    at += size;
    return [`/anlan/files/${name}`, content.subarray(at - size, at)];
  });
}

/** The snapshot that `made` describes, put together from the contents of its parts. */
export function assemble({ bytes, runs }, parts) {
  const snapshot = new Uint8Array(bytes);
  let [part, read] = [0, 0];
  for (const [first, length] of runs) {
    for (let at = first; at < first + length; ) {
      const piece = parts[part].subarray(read, read + first + length - at);
      snapshot.set(piece, at);
      at += piece.length;
      read += piece.length;
      if (read === parts[part].length) [part, read] = [part + 1, 0];
    }
  }
  return snapshot;
}

/**
 * Options for loadPyodide that link the side modules among `files`, and wake `snapshot` where there is one.
 *
 * `addressOf(path, bytes)` gives an address that Emscripten can read. `check(table)` is told how many functions are
 * linked, before the snapshot is copied into the memory; it throws where that is not what the snapshot was made with.
 */
export function linked(createModule, files, addressOf, check, snapshot) {
  const libraries = new Map(files.filter(([path]) => path.endsWith(".so")));
  return {
    _loadSnapshot: snapshot,
    async createPyodideModule(settings) {
      const { instantiateWasm, locateFile } = settings;
      settings.dynamicLibraries = [...libraries.keys()];
      settings.locateFile = (path) =>
        libraries.has(path) ? addressOf(path, libraries.get(path)) : locateFile(path);
      settings.instantiateWasm = (imports, receive) =>
        instantiateWasm(imports, (instance, module) => {
          const { memory } = instance.exports;
          const missing = (snapshot ? snapshot.length : 0) - memory.buffer.byteLength;
          if (missing > 0) memory.grow(Math.ceil(missing / PAGE));
          return receive(instance, module);
        });
      const module = await createModule(settings);
      const own = trampoline(module);
      check(module.wasmTable.length - (module.HEAP32[own] ? 1 : 0));
      if (snapshot) new Int32Array(snapshot.buffer, new Uint32Array(snapshot.buffer)[START])[own] = module.HEAP32[own];
      return module;
    },
  };
}

/** Where in the memory Python keeps its pointer to a helper function that only some browsers can have, in words. */
function trampoline(module) {
  return (module.__PyRuntime + module.HEAP32[module.__PyEM_EMSCRIPTEN_TRAMPOLINE_OFFSET >> 2]) >> 2;
}

/** Write `files` where Python finds them. */
export function layOut(FS, files) {
  FS.mkdirTree("/anlan/files");
  for (const [path, bytes] of files) {
    FS.mkdirTree(path.slice(0, path.lastIndexOf("/")));
    FS.writeFile(path, bytes);
  }
}
