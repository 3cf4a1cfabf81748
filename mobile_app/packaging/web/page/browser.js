// Detects browser features: whether the app can run at all, and with which of Flutter's two renderers.

// The smallest WebAssembly module with a garbage-collected type.
const GC_MODULE = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 95, 1, 120, 0]);

// Browsers inside other apps. The app has the same list, for those in which it runs.
const IN_APP = /MicroMessenger|DingTalk|\bQQ\/|Weibo|AlipayClient/i;

/** The name of the message to show for obstacle `reason`: inside another app, opening a browser is what helps. */
export function advice(reason) {
  return IN_APP.test(navigator.userAgent) ? "in_app" : reason;
}

/** The name of the loading screen message that explains why the app cannot run here, or null. */
export async function obstacle() {
  if (!window.isSecureContext) return "not_secure";
  if (typeof WebAssembly !== "object" || !WebAssembly.instantiateStreaming || !window.BigInt64Array) return "too_old";
  if (!("locks" in navigator) || !("randomUUID" in crypto)) return "too_old";
  if (!("serviceWorker" in navigator) || !navigator.storage || !navigator.storage.getDirectory) return "storage_blocked";
  try {
    await caches.keys();
    await navigator.storage.getDirectory();
  } catch {
    return "storage_blocked";
  }
  return null;
}

/** "skwasm" where Flutter's WebAssembly build runs, else "canvaskit". A `setting` other than "auto" wins. */
export function renderer(setting) {
  if (setting !== "auto") return setting;
  const supported =
    navigator.vendor === "Google Inc." &&
    WebAssembly.validate(GC_MODULE) &&
    typeof ImageDecoder === "function" &&
    typeof Intl.v8BreakIterator === "function" &&
    document.createElement("canvas").getContext("webgl2") !== null;
  return supported ? "skwasm" : "canvaskit";
}
