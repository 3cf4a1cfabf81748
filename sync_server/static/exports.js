/* Says that a file is being written, until its first bytes are here: they bring a cookie. */
"use strict";

{
  const COOKIE = "anlan_export=";
  const note = document.getElementById("export-note");
  let watching;

  const look = () => {
    if (!document.cookie.includes(COOKIE)) return;
    clearInterval(watching);
    note.textContent = note.dataset.written;
  };

  for (const link of document.querySelectorAll("a[href^='/exports/']")) {
    link.addEventListener("click", () => {
      clearInterval(watching);
      document.cookie = `${COOKIE}; max-age=0; path=/; samesite=lax`;
      note.textContent = note.dataset.writing;
      watching = setInterval(look, 300);
    });
  }
  addEventListener("pageshow", () => { note.textContent = ""; });
}
