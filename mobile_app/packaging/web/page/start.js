// Starts the app: checks the browser, caches the app's files, then starts Python and Flutter in parallel.
import { advice, obstacle, renderer } from "./browser.js";
import { config } from "./config.js";
import { goBackInHistory } from "./history.js";
import { prepareNextStart, whenAffordable } from "./next_start.js";
import { Interrupted, complete, mend, prepare } from "./offline.js";
import { startPython } from "./python.js";
import { readInOrder } from "./reading.js";
import { hide, show, stop } from "./screen.js";
import { followSign } from "./sign_link.js";
import { followTextSize } from "./text_size.js";

const QUIET_MS = 15000; // after the first screen: people sign in or look around, and the first exchange is under way
const SLOW_MS = 3000; // a start from a snapshot is faster

function load(path) {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = path;
    script.onload = resolve;
    script.onerror = () => reject(new Error(path));
    document.head.append(script);
  });
}

async function startFlutter(webRenderer) {
  globalThis.flet = {
    pyodide: true,
    multiView: false,
    noCdn: true,
    entrypointBaseUrl: config.base,
    assetBase: config.base,
    routeUrlStrategy: config.routeUrlStrategy,
    canvasKitBaseUrl: `${config.base}canvaskit/`,
    fontFallbackBaseUrl: "assets/fonts/",
    webRenderer,
    pythonModuleName: "main",
    appPackageUrl: "python/app.zip",
  };
  await load("flutter_bootstrap.js");
  const settings = {
    multiViewEnabled: false,
    entrypointBaseUrl: config.base,
    assetBase: config.base,
    renderer: webRenderer,
    canvasKitBaseUrl: flet.canvasKitBaseUrl,
    canvasKitVariant: "full",
    fontFallbackBaseUrl: flet.fontFallbackBaseUrl,
    forceSingleThreadedSkwasm: true,
  };
  await _flutter.loader.load({
    config: settings,
    onEntrypointLoaded: async (initializer) => {
      const engine = await initializer.initializeEngine(settings);
      await engine.runApp();
    },
  });
}

async function start() {
  followTextSize();
  goBackInHistory();
  followSign();
  const webRenderer = await prepare(async () => {
    const reason = await obstacle();
    if (reason) throw new Interrupted(advice(reason));
    return renderer(config.renderer);
  }, show);
  show("starting");
  const slow = setTimeout(show, SLOW_MS, "starting_slowly");
  navigator.storage.persist();
  readInOrder();
  await Promise.all([startPython(), startFlutter(webRenderer)]).finally(() => clearTimeout(slow));
  requestAnimationFrame(() => requestAnimationFrame(hide));
  setTimeout(() => {
    complete();
    whenAffordable(prepareNextStart);
  }, QUIET_MS);
}

// WebKit restores a page from its back/forward cache with Flutter's frames stopped; only a reload helps.
addEventListener("pageshow", (event) => {
  if (event.persisted && navigator.vendor.startsWith("Apple")) location.reload();
});

const reload = () => location.reload();

/** Look for damaged files before the app is started again. */
async function mendAndReload() {
  show("starting");
  if (await mend(show)) reload();
  else stop("damaged", mendAndReload);
}

start().catch((error) => {
  console.error(error);
  if (error instanceof Interrupted) stop(error.message, reload);
  else stop("broken", mendAndReload);
});
