// Finds the faces in a picture for Python, in a worker of its own.

/** The model, which a phone downloads once it is asked for. */
export const MODEL = new URL("face_detection/face_detection_full_range.tflite", import.meta.url).href;

let worker = null;

function stop() {
  worker?.terminate();
  worker = null;
}

export const faces = {
  /** Whether the model is on this phone. */
  here: async () => Boolean(await caches.match(MODEL)),

  /** Download the model, unless it is here. True if it is then. */
  async get() {
    try {
      return (await fetch(MODEL)).ok;
    } catch {
      return false;
    }
  },

  /**
   * The faces in the bytes of a picture, as left, top, right, bottom of each in parts of its sides. Undefined where they
   * cannot be looked for, or not within so many milliseconds.
   */
  async find(bytes, milliseconds) {
    worker ??= new Worker(new URL("faces_worker.js", import.meta.url), { type: "module" });
    const { port1, port2 } = new MessageChannel();
    const answer = new Promise((resolve) => {
      worker.onerror = (event) => resolve({ error: event.message });
      port1.onmessage = ({ data }) => resolve(data);
      setTimeout(resolve, milliseconds, { error: "it took too long" });
    });
    worker.postMessage(bytes, [port2]);
    const { found, error } = await answer;
    port1.close();
    if (!error) return found;
    console.warn("no faces were looked for:", error);
    stop(); // it may still be at it
    return undefined;
  },
};
