// The app knows only ways onward: it would put the list behind the form that was saved, and the browser's way back
// would lead to that form again, empty. Here a way onward to where one came from is a step back instead.

const entries = [{ serial: serialOf(history.state), url: location.href }];
let at = 0;
const waiting = []; // what is wanted while a step back is under way
let returning = false;

/** The number that Flutter gives each entry. */
function serialOf(state) {
  return state?.serialCount ?? 0;
}

/** Whether `url` is a screen above the present one: /hazards/1 above /hazards/1/edit, / above all. */
function isAbove(url) {
  const [here, there] = [entries[at].url, url].map((address) => new URL(address).hash.replace(/[?].*|\/$/g, ""));
  return here !== there && here.startsWith(`${there}/`);
}

/** Whether the present address only leads on: that of a sign. Coming back to it would lead on again. */
function leadsOn() {
  return new URL(entries[at].url).hash.startsWith("#/scan");
}

export function goBackInHistory() {
  const push = history.pushState.bind(history);
  const replace = history.replaceState.bind(history);

  history.replaceState = (state, title, address) => {
    replace(state, title, address);
    entries[at] = { serial: serialOf(state), url: location.href };
  };

  history.pushState = (state, title, address) => {
    if (returning) {
      waiting.push([state, title, address]);
      return;
    }
    const url = new URL(address ?? location.href, document.baseURI).href;
    if (at > 0 && entries[at - 1].url === url) {
      returning = true;
      history.back();
    } else if (isAbove(url) || leadsOn()) {
      history.replaceState(state, title, address);
    } else {
      push(state, title, address);
      entries.splice(++at, Infinity, { serial: serialOf(state), url: location.href });
    }
  };

  addEventListener(
    "popstate",
    (event) => {
      const found = entries.findIndex((entry) => entry.serial === serialOf(event.state));
      if (found < 0) entries.splice(0, Infinity, { serial: serialOf(event.state), url: location.href });
      at = Math.max(found, 0);
      returning = false;
      for (const wanted of waiting.splice(0)) history.pushState(...wanted);
    },
    { capture: true },
  );
}
