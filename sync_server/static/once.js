/* A second tap on a button sends nothing: the page that answers the first would never be seen. And a page that is
   shown once leaves an address behind which can be shown again, for the browser's way back and its reload. */
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
  const again = document.querySelector("meta[name=again]");
  if (again) history.replaceState(null, "", again.content);
}
