// The memory snapshot that this phone made for its later starts, kept in the cache of the version it belongs to.
import { get } from "./python_files.js";

const PATH = "python/snapshot.bin";
const TRIES = "python/snapshot-tries.txt";
const DESCRIPTION = "x-anlan-snapshot"; // the header with it: one entry is kept whole or not at all
const MOST_TRIES = 3; // a phone that never gets to the end of it shall not try at every start

const address = (path) => new URL(path, import.meta.url);

/** The cache of the version that runs. Rejects where the service worker does not control the page. */
export async function versionCache() {
  return caches.open(await (await get("python/snapshot-cache.json")).json());
}

/** [description, bytes], or null if there is none. */
export async function kept() {
  try {
    const found = await get(PATH);
    return [JSON.parse(found.headers.get(DESCRIPTION)), new Uint8Array(await found.arrayBuffer())];
  } catch {
    return null; // or the page was reloaded past the service worker
  }
}

/** Whether one should be made now for the version with this cache; counts the try. */
export async function isWanted(cache) {
  if (await cache.match(address(PATH))) return false;
  const tries = Number(await (await cache.match(address(TRIES)))?.text()) || 0;
  if (tries >= MOST_TRIES) return false;
  await cache.put(address(TRIES), new Response(String(tries + 1)));
  return true;
}

/** Count no try: whoever closes the app in the middle of one does not show that it cannot succeed. */
export async function forgiveTries() {
  await (await versionCache()).delete(address(TRIES));
}

/** Keep what `takeSnapshot` returned. */
export async function keep(cache, { content, ...description }) {
  const headers = { [DESCRIPTION]: JSON.stringify(description) };
  await cache.put(address(PATH), new Response(new Blob(content), { headers }));
}

/** Forget one that cannot be used. */
export async function forget() {
  await (await versionCache()).delete(address(PATH));
}
