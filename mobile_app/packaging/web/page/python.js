// Runs Python in a worker, started before Flutter needs it, and passes messages between the two.
// Flutter's client calls the three globals jsConnect, jsSend and jsDisconnect.

const apps = new Map();
const FIRST_SCREEN = 2; // the first message registers the client, the second brings the first screen
let prestarted = null;

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
          if (messages === FIRST_SCREEN) drawn();
        } else if (data.ready) ready();
        else fail(data.error);
      };
    });
  });
  app.ready.catch(() => {});
  app.worker.postMessage({ documentUrl: document.URL });
  return app;
}

/** Start Python now, so that it is ready when Flutter connects. Resolves when Python has sent the first screen. */
export function startPython() {
  prestarted = run();
  return prestarted.drawn;
}

globalThis.jsConnect = async (id, _args, deliver) => {
  const app = prestarted || run();
  prestarted = null;
  apps.set(id, app);
  app.deliver = deliver;
  await app.ready;
};

globalThis.jsSend = async (id, data) => {
  // The buffer is transferred, not copied: the sender does not use it again.
  apps.get(id)?.worker.postMessage(data, [data.buffer]);
};

globalThis.jsDisconnect = async (id) => {
  apps.get(id)?.worker.terminate();
  apps.delete(id);
};
