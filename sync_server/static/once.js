/* A second tap on a button sends nothing: the page that answers the first would never be seen. */
"use strict";

{
  const PATIENCE_MS = 10000;
  let sent = null;
  addEventListener("submit", (event) => {
    if (event.target.getAttribute("method") !== "post") return;
    if (sent !== null && performance.now() - sent < PATIENCE_MS) event.preventDefault();
    else sent = performance.now();
  });
  addEventListener("pageshow", () => { sent = null; });
}
