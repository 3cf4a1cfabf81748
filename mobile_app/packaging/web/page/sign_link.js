// The QR code on the sign of a water holds /app/?water=CODE: the app's own address for that is #/scan/CODE.

/** Go on at the app's address for a sign where the page was opened with one, so that a reload does not scan again. */
export function followSign() {
  const code = new URLSearchParams(location.search).get("water");
  if (code === null) return;
  history.replaceState(history.state, "", `${location.pathname}#/scan/${encodeURIComponent(code.trim())}`);
}
