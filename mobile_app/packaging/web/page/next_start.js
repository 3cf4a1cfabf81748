// Prepares the next starts of the app by a snapshot of the interpreter, when that disturbs nobody: making one takes a
// core and some 200 MB for several seconds.
import { forgiveTries } from "./kept_snapshot.js";

const LITTLE_MEMORY = 2; // GB

/** Do the work now, or on a phone with little memory once nobody looks at it: the system may end the app over it. */
export function whenAffordable(work) {
  if (document.hidden || !(navigator.deviceMemory <= LITTLE_MEMORY)) work();
  else document.addEventListener("visibilitychange", work, { once: true });
}

/** Make a snapshot in the background, unless there is one. Resolves when that is over, whatever came of it. */
export function prepareNextStart() {
  const worker = new Worker(new URL("snapshot_worker.js", import.meta.url), { type: "module" });
  const leave = () => document.hidden && forgiveTries().catch(console.warn);
  document.addEventListener("visibilitychange", leave);
  return new Promise((resolve) => {
    worker.onmessage = worker.onerror = () => {
      worker.terminate();
      document.removeEventListener("visibilitychange", leave);
      resolve();
    };
    worker.postMessage("begin");
  });
}
