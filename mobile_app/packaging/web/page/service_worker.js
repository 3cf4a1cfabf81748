// Keeps the files of one version of the app and answers for them, with the server there or not.
// A new version is fetched beside the old one and takes over at the next start, never in the middle.

const BASE = "{{base}}";
const VERSION = "{{version}}";
// [path, bytes, sha256, null or: the only renderer that asks for it, "spare" or "served"]
const FILES = {{files}};
const CACHE = `anlan ${VERSION}`;
const HASH = "x-anlan-sha256";
const AT_ONCE = 4; // downloads running at the same time

const renderer = new URL(location).searchParams.get("renderer");
const wanted = FILES.filter(([, , , only]) => only === null || only === renderer);
const spare = FILES.filter(([, , , only]) => only === "spare");
const kept = caches.open(CACHE);

const hex = (buffer) => Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, "0")).join("");

async function tell(message) {
  for (const client of await clients.matchAll({ type: "window", includeUncontrolled: true })) client.postMessage(message);
}

/** The copies of the file in the caches of all versions. */
async function copies(path) {
  const names = (await caches.keys()).filter((name) => name.startsWith("anlan "));
  const found = names.map(async (name) => (await caches.open(name)).match(BASE + path));
  return (await Promise.all(found)).filter(Boolean);
}

/** The file from the server, only if it is the one this version was built with. `arrived` is told each piece's bytes. */
async function fetched(path, sha256, arrived) {
  const response = await fetch(BASE + path, { cache: "no-cache" });
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  const pieces = [];
  for (const reader = response.body.getReader(); ; ) {
    const { done, value } = await reader.read();
    if (done) break;
    pieces.push(value);
    arrived(value.length);
  }
  const body = await new Blob(pieces).arrayBuffer();
  if (hex(await crypto.subtle.digest("SHA-256", body)) !== sha256) throw new Error(`${path}: another version`);
  const headers = new Headers(response.headers);
  headers.delete("content-encoding");
  headers.delete("content-length");
  headers.set(HASH, sha256);
  return new Response(body, { headers });
}

async function install() {
  const cache = await kept;
  for (const file of spare) if ((await copies(file[0])).length) wanted.push(file);
  const total = wanted.reduce((sum, [, size]) => sum + size, 0);
  let done = 0;
  let told = 0;
  const arrived = (bytes) => {
    done += bytes;
    if (done - told < total / 100 && done < total) return;
    told = done;
    tell({ done, total });
  };
  const queue = wanted.slice().sort((a, b) => b[1] - a[1]);
  const failures = [];
  const take = async () => {
    while (queue.length && !failures.length) {
      const [path, size, sha256] = queue.shift();
      const same = (await copies(path)).find((copy) => copy.headers.get(HASH) === sha256);
      if (same) arrived(size);
      await cache.put(BASE + path, same || (await fetched(path, sha256, arrived)));
    }
  };
  // When one fails, the others still finish the file they are at: it need not come again.
  const takers = Array.from({ length: AT_ONCE }, () => take().catch((error) => failures.push(error)));
  await Promise.all(takers);
  if (failures.length) throw failures[0];
}

self.addEventListener("install", (event) => {
  event.waitUntil(
    install().catch(async (error) => {
      // What has arrived stays in the cache, so that the next try goes on from there.
      await tell({ failure: error.name === "QuotaExceededError" ? "storage_full" : "interrupted" });
      throw error;
    }),
  );
});

self.addEventListener("message", (event) => {
  if (event.data !== "take over") return;
  event.waitUntil(
    (async () => {
      const pages = await clients.matchAll({ type: "window", includeUncontrolled: true });
      const alone = pages.filter((page) => new URL(page.url).pathname.startsWith(BASE)).length <= 1;
      event.ports[0]?.postMessage(alone);
      if (alone) await skipWaiting();
    })(),
  );
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

async function answer(path, request) {
  const cache = await kept;
  const found = await cache.match(BASE + path);
  if (found) return found;
  const file = spare.find(([name]) => name === path);
  if (file) {
    await cache.put(BASE + path, await fetched(path, file[2], () => {}));
    return cache.match(BASE + path);
  }
  // Flutter asks for fallback fonts by the hundred; there are none.
  if (path.startsWith("assets/fonts/")) return new Response(null, { status: 404 });
  return fetch(request);
}

self.addEventListener("fetch", (event) => {
  const { method, mode, url } = event.request;
  const { origin, pathname } = new URL(url);
  if (method !== "GET" || origin !== location.origin) return;
  if (!pathname.startsWith(BASE) || pathname.startsWith("/api/")) return;
  const path = mode === "navigate" ? "index.html" : pathname.slice(BASE.length);
  event.respondWith(answer(path, event.request));
});
