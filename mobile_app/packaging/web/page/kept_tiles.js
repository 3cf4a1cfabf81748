// Keeps tiles of the map: those of an area that a person chose, and the last ones that were seen.

const AREA = "map area"; // written by the app; it stays until a person lets go of it
const SEEN = "map tiles";
const MOST_SEEN = 4000;
const LOOK_EVERY = 200;
const MOST_OF_QUOTA = 0.5; // what people saved needs the rest
let added = 0;

/** Whether a request is for a tile: the app asks nothing else of other hosts. */
const isTile = ({ origin, pathname }) => origin !== location.origin || /^\/tiles\/\d+\/\d+\/\d+$/.test(pathname);

async function tile(request) {
  for (const name of [AREA, SEEN]) {
    const found = await caches.match(request.url, { cacheName: name });
    if (found) return found;
  }
  const response = await fetch(request);
  const seen = response.ok && request.cache !== "reload"; // the app keeps that one itself
  if (seen) await keepSeen(request.url, response.clone()).catch(() => caches.delete(SEEN));
  return response;
}

async function keepSeen(url, response) {
  const cache = await caches.open(SEEN);
  await cache.put(url, response);
  added += 1;
  if (added % LOOK_EVERY !== 1) return;
  const { usage, quota } = await navigator.storage.estimate();
  if (usage > quota * MOST_OF_QUOTA) {
    await caches.delete(SEEN);
    return;
  }
  const kept = await cache.keys(); // the oldest first
  for (const old of kept.slice(0, Math.max(0, kept.length - MOST_SEEN))) await cache.delete(old);
}
