// Caches the files of one version of the app and serves them, online or offline.
// A new version is downloaded alongside the old one and takes over at the next start, never while the app runs.

importScripts("kept_tiles.js");

const BASE = "{{base}}";
const VERSION = "{{version}}";
// [path, bytes, sha256, when to cache it: null (before the first start), one renderer's name, "later", "on demand" or
// "never", the pieces of a large file as [path, bytes, sha256]]
const FILES = {{files}};
const CACHE = `anlan ${VERSION}`;
const HASH = "x-anlan-sha256";
const TYPES = { js: "text/javascript", mjs: "text/javascript", wasm: "application/wasm" }; // of files in pieces
const CONCURRENT_DOWNLOADS = 4;

const renderer = new URL(location).searchParams.get("renderer");
const required = FILES.filter(([, , , when]) => when === null || when === renderer);
const later = FILES.filter(([, , , when]) => when === "later");
const optional = FILES.filter(([, , , when]) => when === "later" || when === "on demand");
// Made by the phone itself: the interpreter's snapshot, and what belongs to it. Workers keep it in the cache named here.
const SNAPSHOT = "python/snapshot";
const SNAPSHOT_CACHE = "python/snapshot-cache.json";
const opened = caches.open(CACHE);

const hex = (buffer) => Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, "0")).join("");

async function broadcast(message) {
  for (const client of await clients.matchAll({ type: "window", includeUncontrolled: true })) client.postMessage(message);
}

/** The cached responses for the file, of all versions. */
async function cachedCopies(path) {
  const names = (await caches.keys()).filter((name) => name.startsWith("anlan "));
  const found = names.map(async (name) => (await caches.open(name)).match(BASE + path));
  return (await Promise.all(found)).filter(Boolean);
}

/** Download the file and check its hash. `onProgress` gets the number of bytes of each chunk. */
async function download(path, sha256, onProgress) {
  const response = await fetch(BASE + path, { cache: "no-cache" });
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  const chunks = [];
  for (const reader = response.body.getReader(); ; ) {
    const { done, value } = await reader.read();
    if (done) break;
    chunks.push(value);
    onProgress(value.length);
  }
  const body = await new Blob(chunks).arrayBuffer();
  if (hex(await crypto.subtle.digest("SHA-256", body)) !== sha256) throw new Error(`${path}: another version`);
  const headers = new Headers(response.headers);
  headers.delete("content-encoding");
  headers.delete("content-length");
  headers.set(HASH, sha256);
  return new Response(body, { headers });
}

/** A cached copy of what has this hash, of whatever version. */
async function sameCopy(path, sha256) {
  return (await cachedCopies(path)).find((copy) => copy.headers.get(HASH) === sha256);
}

/**
 * The file: a cached copy, also one of an earlier version if it is the same, or downloaded. A large file comes in
 * pieces, which stay in the cache until all are there.
 */
async function obtain(cache, [path, size, sha256, , pieces], onProgress) {
  const same = await sameCopy(path, sha256);
  if (same) onProgress(size);
  if (same || !pieces) return same || download(path, sha256, onProgress);
  const parts = [];
  for (const [piece, bytes, hash] of pieces) {
    const kept = await sameCopy(piece, hash);
    if (kept) onProgress(bytes);
    const part = kept || (await download(piece, hash, onProgress));
    if (!kept) await cache.put(BASE + piece, part.clone());
    parts.push(await part.blob());
  }
  const type = TYPES[path.split(".").pop()] || "application/octet-stream";
  return new Response(new Blob(parts), { headers: { "content-type": type, [HASH]: sha256 } });
}

async function install() {
  const cache = await opened;
  const total = required.reduce((sum, [, size]) => sum + size, 0);
  let done = 0;
  let reported = 0;
  const onProgress = (bytes) => {
    done += bytes;
    if (done - reported < total / 100 && done < total) return;
    reported = done;
    broadcast({ done, total });
  };
  const queue = required.slice().sort((a, b) => b[1] - a[1]);
  const failures = [];
  const work = async () => {
    while (queue.length && !failures.length) {
      const file = queue.shift();
      const [path, , , , pieces] = file;
      await cache.put(BASE + path, await obtain(cache, file, onProgress));
      for (const [piece] of pieces || []) await cache.delete(BASE + piece);
    }
  };
  // If one download fails, the others still finish theirs, so that nothing need be downloaded again.
  const workers = Array.from({ length: CONCURRENT_DOWNLOADS }, () => work().catch((error) => failures.push(error)));
  await Promise.all(workers);
  if (failures.length) throw failures[0];
  for (const [path, , sha256] of optional) {
    const same = await sameCopy(path, sha256);
    if (same) await cache.put(BASE + path, same);
  }
}

/** Download what the first screen did not need; what is missing when the network ends comes after the next start. */
async function complete(answer) {
  const cache = await opened;
  for (const [path, , sha256] of later) {
    if (!(await cache.match(BASE + path))) await cache.put(BASE + path, await download(path, sha256, () => {}));
  }
  answer(true);
}

self.addEventListener("install", (event) => {
  event.waitUntil(
    install().catch(async (error) => {
      // Downloaded files stay in the cache, so that the next attempt resumes from there.
      await broadcast({ failure: error.name === "QuotaExceededError" ? "storage_full" : "interrupted" });
      throw error;
    }),
  );
});

async function takeOver(answer) {
  const pages = await clients.matchAll({ type: "window", includeUncontrolled: true });
  const onlyTab = pages.filter((page) => new URL(page.url).pathname.startsWith(BASE)).length <= 1;
  answer(onlyTab);
  if (onlyTab) await skipWaiting();
}

/** Forget the snapshot and cached files that are not what was downloaded, and download again what is missing. */
async function mend(answer) {
  const cache = await opened;
  for (const { url } of await cache.keys()) {
    if (new URL(url).pathname.startsWith(BASE + SNAPSHOT)) await cache.delete(url);
  }
  for (const [path, , sha256] of FILES) {
    const copy = await cache.match(BASE + path);
    const intact = copy && hex(await crypto.subtle.digest("SHA-256", await copy.arrayBuffer())) === sha256;
    if (copy && !intact) await cache.delete(BASE + path);
  }
  await install().then(
    () => answer(true),
    () => answer(false),
  );
}

self.addEventListener("message", (event) => {
  const work = { "take over": takeOver, mend, complete }[event.data];
  const answer = (said) => event.ports[0]?.postMessage(said);
  if (work) event.waitUntil(work(answer).catch(() => answer(false)));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    (async () => {
      for (const name of await caches.keys()) {
        if (name.startsWith("anlan ") && name !== CACHE) await caches.delete(name);
      }
      await clients.claim();
    })(),
  );
});

async function respond(path, request) {
  const cache = await opened;
  const found = await cache.match(BASE + path);
  if (found) return found;
  if (path === SNAPSHOT_CACHE) return new Response(JSON.stringify(CACHE));
  if (path.startsWith(SNAPSHOT)) return new Response(null, { status: 404 });
  const file = optional.find(([name]) => name === path);
  if (file) {
    const response = await download(path, file[2], () => {});
    await cache.put(BASE + path, response.clone()).catch(() => {}); // with storage full it is used all the same
    return response;
  }
  // Flutter requests hundreds of fallback fonts that are not bundled.
  if (path.startsWith("assets/fonts/")) return new Response(null, { status: 404 });
  return fetch(request);
}

self.addEventListener("fetch", (event) => {
  const { method, mode, url } = event.request;
  const { origin, pathname } = new URL(url);
  if (method !== "GET") return;
  if (isTile({ origin, pathname })) {
    event.respondWith(tile(event.request));
    return;
  }
  if (!pathname.startsWith(BASE) || pathname.startsWith("/api/")) return;
  const path = mode === "navigate" ? "index.html" : pathname.slice(BASE.length);
  event.respondWith(respond(path, event.request));
});
