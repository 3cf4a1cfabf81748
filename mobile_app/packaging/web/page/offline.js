// Keeps the app on the phone: the first visit waits until every file is there, later ones start from them.

const container = navigator.serviceWorker;
const PATIENCE = 5000; // milliseconds to wait for a new version to take over before the old one starts

export class Interrupted extends Error {}

/**
 * Make sure that the app's files are on the phone, and return the renderer they are for.
 *
 * `choose` names the renderer for a first visit. `tell(sentence, share)` is called with what is happening.
 * Rejects with Interrupted, whose message names a sentence of the loading screen.
 */
export async function prepare(choose, tell) {
  if (!container.controller) return firstVisit(await choose(), tell);
  const registration = await container.getRegistration();
  if (registration?.waiting && (await change(registration.waiting, tell))) await new Promise(() => {});
  return new URL(container.controller.scriptURL).searchParams.get("renderer");
}

async function firstVisit(renderer, tell) {
  tell("preparing", 0);
  let failure = "interrupted";
  const listen = ({ data }) => {
    if (data.failure) failure = data.failure;
    else if (data.total) tell("preparing", data.done / data.total);
  };
  container.addEventListener("message", listen);
  const registration = await container.register(`service_worker.js?renderer=${renderer}`).catch((error) => {
    throw new Interrupted(error.name === "SecurityError" ? "storage_blocked" : "interrupted");
  });
  const worker = registration.installing || registration.waiting || registration.active;
  await new Promise((resolve, reject) => {
    const look = () => {
      if (worker.state === "activated") resolve();
      else if (worker.state === "redundant") reject(new Interrupted(failure));
      else if (worker.state === "installed") worker.postMessage("take over");
    };
    worker.addEventListener("statechange", look);
    look();
  }).finally(() => container.removeEventListener("message", listen));
  return renderer;
}

/** Let the version that waits take over, unless another tab still runs the old one. True when the page reloads. */
async function change(waiting, tell) {
  const { port1, port2 } = new MessageChannel();
  const answer = new Promise((resolve) => {
    port1.onmessage = ({ data }) => resolve(data);
    setTimeout(resolve, PATIENCE, false);
  });
  waiting.postMessage("take over", [port2]);
  if (!(await answer)) return false;
  tell("updating");
  return new Promise((resolve) => {
    container.addEventListener("controllerchange", () => {
      location.reload();
      resolve(true);
    });
    setTimeout(resolve, PATIENCE, false);
  });
}
