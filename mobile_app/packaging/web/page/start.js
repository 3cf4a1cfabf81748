// Starts the app: checks the browser, makes sure the files are on the phone, then runs Python and Flutter side by side.
import { obstacle, renderer } from "./browser.js";
import { config } from "./config.js";
import { Interrupted, prepare } from "./offline.js";
import { startPython } from "./python.js";
import { leave, say, stop } from "./screen.js";

function load(path) {
  return new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = path;
    script.onload = resolve;
    script.onerror = () => reject(new Error(path));
    document.head.append(script);
  });
}

async function startFlutter(chosen) {
  globalThis.flet = {
    pyodide: true,
    multiView: false,
    noCdn: true,
    entrypointBaseUrl: config.base,
    assetBase: config.base,
    routeUrlStrategy: config.routeUrlStrategy,
    canvasKitBaseUrl: `${config.base}canvaskit/`,
    fontFallbackBaseUrl: "assets/fonts/",
    webRenderer: chosen,
    pythonModuleName: "main",
    appPackageUrl: "python/app.zip",
  };
  await load("flutter_bootstrap.js");
  const settings = {
    multiViewEnabled: false,
    entrypointBaseUrl: config.base,
    assetBase: config.base,
    renderer: chosen,
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
  const chosen = await prepare(async () => {
    const why = await obstacle();
    if (why) throw new Interrupted(why);
    return renderer(config.renderer);
  }, say);
  say("starting");
  navigator.storage.persist();
  await Promise.all([startPython(), startFlutter(chosen)]);
  requestAnimationFrame(() => requestAnimationFrame(leave));
}

// WebKit brings a page back from its back/forward cache with Flutter's frames stopped; only a new start helps.
addEventListener("pageshow", (event) => {
  if (event.persisted && navigator.vendor.startsWith("Apple")) location.reload();
});

start().catch((error) => {
  console.error(error);
  stop(error instanceof Interrupted ? error.message : "broken");
});
