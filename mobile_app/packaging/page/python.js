// The page's end of Python: starts it in a worker before Flutter asks, then carries messages between the two.
// Flutter's client calls the three globals jsConnect, jsSend and jsDisconnect.

const apps = new Map();
let early = null;

function run() {
  const app = { worker: new Worker(new URL("python_worker.js", import.meta.url), { type: "module" }), deliver: null };
  app.ready = new Promise((resolve, reject) => {
    app.worker.onerror = (event) => reject(new Error(event.message));
    app.worker.onmessage = ({ data }) => {
      if (data instanceof Uint8Array) app.deliver(data);
      else if (data.ready) resolve();
      else reject(new Error(data.error));
    };
  });
  app.ready.catch(() => {});
  app.worker.postMessage({ documentUrl: document.URL });
  return app;
}

/** Start Python now, so that it is ready by the time Flutter connects. Resolves when the app's module has run. */
export function startPython() {
  early = run();
  return early.ready;
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
