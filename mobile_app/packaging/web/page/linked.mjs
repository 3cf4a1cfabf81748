// Links the side modules of the bundled packages before Python starts, so that they have the same addresses in every
// run and a memory snapshot stays valid. Used on phones, and under Node by the tests.

const PAGE = 65536; // bytes of a WebAssembly memory page
const MEMORY_OFFSET = 1; // index of the 32-bit word of a snapshot that holds the offset of the memory in it, in bytes

/** The files as [path, bytes]: `content` is all of them concatenated, `list` their names and sizes. */
export function filesOf(list, content) {
  let end = 0;
  return list.map(([name, size]) => {
    end += size;
    return [`/anlan/files/${name}`, content.subarray(end - size, end)];
  });
}

/** A snapshot from its description, and from its `content`: the bytes of its runs, concatenated. */
export function assemble({ bytes, runs }, content) {
  const snapshot = new Uint8Array(bytes);
  let read = 0;
  for (const [first, length] of runs) {
    snapshot.set(content.subarray(read, read + length), first);
    read += length;
  }
  if (read !== content.length) throw new Error(`${content.length} bytes of a snapshot instead of ${read}`);
  return snapshot;
}

/**
 * Options for loadPyodide that link the side modules among `files` and restore `snapshot`, if given.
 *
 * `addressOf(path, bytes)` returns a URL or path that Emscripten can read. `check(tableSize)` gets the number of linked
 * functions before the snapshot is copied into memory; it throws if the snapshot was taken with another number.
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
      const pointer = trampoline(module);
      check(module.wasmTable.length - (module.HEAP32[pointer] ? 1 : 0));
      if (snapshot) {
        const memory = new Int32Array(snapshot.buffer, new Uint32Array(snapshot.buffer)[MEMORY_OFFSET]);
        memory[pointer] = module.HEAP32[pointer];
      }
      return module;
    },
  };
}

/** The index, in 32-bit words, of Python's pointer to a helper function that only some browsers support. */
function trampoline(module) {
  return (module.__PyRuntime + module.HEAP32[module.__PyEM_EMSCRIPTEN_TRAMPOLINE_OFFSET >> 2]) >> 2;
}

/** Write `files` where Python finds them. */
export function writeFiles(FS, files) {
  FS.mkdirTree("/anlan/files");
  for (const [path, bytes] of files) {
    FS.mkdirTree(path.slice(0, path.lastIndexOf("/")));
    FS.writeFile(path, bytes);
  }
}
