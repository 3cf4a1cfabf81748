// The page's end of Python: starts it in a worker before Flutter asks, then carries messages between the two.
// Flutter's client calls the three globals jsConnect, jsSend and jsDisconnect.

const apps = new Map();
const SCREEN = 2; // the first message registers the client, the second brings the first screen
let early = null;

function run() {
  const worker = new Worker(new URL("python_worker.js", import.meta.url), { type: "module" });
  const app = { worker, deliver: null };
  let messages = 0;
  app.drawn = new Promise((drawn, broken) => {
    app.ready = new Promise((ready, failed) => {
      const fail = (reason) => [failed, broken].forEach((reject) => reject(new Error(reason)));
      worker.onerror = (event) => fail(event.message);
      worker.onmessage = ({ data }) => {
        if (data instanceof Uint8Array) {
          app.deliver(data);
          messages += 1;
          if (messages === SCREEN) drawn();
        } else if (data.ready) ready();
        else fail(data.error);
      };
    });
  });
  app.ready.catch(() => {});
  app.worker.postMessage({ documentUrl: document.URL });
  return app;
}

/** Start Python now, so that it is ready by the time Flutter connects. Resolves when it has sent its first screen. */
export function startPython() {
  early = run();
  return early.drawn;
}

globalThis.jsConnect = async (id, _args, deliver) => {
  const app = early || run();
  early = null;
  apps.set(id, app);
  app.deliver = deliver;
  await app.ready;
};

globalThis.jsSend = async (id, data) => {
  // The buffer is handed over, not copied: the sender does not touch it again.
  apps.get(id)?.worker.postMessage(data, [data.buffer]);
};

globalThis.jsDisconnect = async (id) => {
  apps.get(id)?.worker.terminate();
  apps.delete(id);
};
