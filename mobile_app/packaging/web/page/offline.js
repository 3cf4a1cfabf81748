// Makes the app work offline: the first visit waits until all files are cached, later visits start from the cache.

const container = navigator.serviceWorker;
const TAKEOVER_TIMEOUT = 5000; // milliseconds to wait for a new version to take over before starting the old one

export class Interrupted extends Error {}

/**
 * Make sure that the app's files are cached, and return the renderer they are for.
 *
 * `choose` picks the renderer on the first visit. `show(message, share)` is called to report progress.
 * Rejects with Interrupted, whose message is the name of a loading screen message.
 */
export async function prepare(choose, show) {
  if (!container.controller) return firstVisit(await choose(), show);
  const registration = await container.getRegistration();
  if (registration?.waiting && (await update(registration.waiting, show))) await new Promise(() => {});
  return new URL(container.controller.scriptURL).searchParams.get("renderer");
}

async function firstVisit(renderer, show) {
  show("preparing", 0);
  let failure = "interrupted";
  const listen = ({ data }) => {
    if (data.failure) failure = data.failure;
    else if (data.total) show("preparing", data.done / data.total);
  };
  container.addEventListener("message", listen);
  const registration = await container.register(`service_worker.js?renderer=${renderer}`).catch((error) => {
    throw new Interrupted(error.name === "SecurityError" ? "storage_blocked" : "interrupted");
  });
  const worker = registration.installing || registration.waiting || registration.active;
  await new Promise((resolve, reject) => {
    const checkState = () => {
      if (worker.state === "activated") resolve();
      else if (worker.state === "redundant") reject(new Interrupted(failure));
      else if (worker.state === "installed") worker.postMessage("take over");
    };
    worker.addEventListener("statechange", checkState);
    checkState();
  }).finally(() => container.removeEventListener("message", listen));
  return renderer;
}

/** Put damaged and missing files right, as far as the network allows. True if all are intact. */
export async function mend(show) {
  if (!container.controller) return true;
  const listen = ({ data }) => data.total && show("preparing", data.done / data.total);
  container.addEventListener("message", listen);
  return ask(container.controller, "mend").finally(() => container.removeEventListener("message", listen));
}

/** Download what the first screen did not need. True once all of it is there. */
export async function complete() {
  return container.controller ? ask(container.controller, "complete") : false;
}

/** Let the waiting version take over unless another tab still runs the old one. True if the page reloads. */
async function update(waiting, show) {
  const patience = new Promise((resolve) => setTimeout(resolve, TAKEOVER_TIMEOUT, false));
  if (!(await Promise.race([ask(waiting, "take over"), patience]))) return false;
  show("updating");
  return new Promise((resolve) => {
    container.addEventListener("controllerchange", () => {
      location.reload();
      resolve(true);
    });
    setTimeout(resolve, TAKEOVER_TIMEOUT, false);
  });
}

/** Send a service worker a message; resolves with its answer. */
function ask(worker, message) {
  const { port1, port2 } = new MessageChannel();
  const answer = new Promise((resolve) => {
    port1.onmessage = ({ data }) => resolve(data);
  });
  worker.postMessage(message, [port2]);
  return answer;
}
