// Runs only in browsers without module support, hence the old syntax.
document.addEventListener("DOMContentLoaded", function () {
  document.getElementById("loading-bar").style.display = "none";
  document.getElementById("loading-zh").textContent = "此浏览器版本过旧，无法运行。请更新浏览器，或改用新版 Chrome、Edge、Safari。";
  document.getElementById("loading-en").textContent = "This browser is too old. Please update it, or use a current Chrome, Edge or Safari.";
});
