// The loading screen: shows progress, and what to do when the app cannot start.

const MESSAGES = {
  starting: ["正在启动…", "Starting…"],
  starting_slowly: [
    "正在启动…第一次打开和更新后约需半分钟",
    "Starting… about half a minute the first time and after an update",
  ],
  preparing: ["正在准备离线应用…首次约需 1 分钟", "Preparing the offline app… about a minute the first time"],
  updating: ["正在换用新版本…", "Updating to the new version…"],
  too_old: [
    "此浏览器版本过旧，无法运行。请更新浏览器，或改用新版 Chrome、Edge、Safari。",
    "This browser is too old. Please update it, or use a current Chrome, Edge or Safari.",
  ],
  not_secure: [
    "请使用 https:// 开头的网址打开，否则无法离线保存和定位。",
    "Please open the https:// address. Offline storage and location do not work without it.",
  ],
  storage_blocked: [
    "此浏览器不允许保存数据。请退出无痕模式，并允许此网站使用存储空间，然后重试。",
    "This browser blocks storage. Please leave private mode, allow this site to store data, and try again.",
  ],
  in_app: [
    "微信等应用里的网页不能离线使用。请点右上角，选“在浏览器打开”。",
    "Pages inside another app, such as WeChat, do not work offline. Tap the menu at the top right and choose “Open in browser”.",
  ],
  storage_full: [
    "手机存储空间不足。请清理出至少 200 MB，然后重试。",
    "The phone's storage is full. Please free at least 200 MB and try again.",
  ],
  interrupted: [
    "下载中断。请检查网络后重试，已下载的部分会保留。",
    "The download was interrupted. Please check the network and try again. Files already downloaded are kept.",
  ],
  damaged: [
    "应用的文件已损坏。请联网后重试；已保存的记录不受影响。",
    "Files of the app are damaged. Please connect to the network and try again. Your saved records are safe.",
  ],
  broken: ["应用未能启动。请重试；已保存的记录不受影响。", "The app could not start. Please try again. Your saved records are safe."],
};

const element = (suffix) => document.getElementById(`loading${suffix}`);

/** Show message `name`; `share` (0–1) fills the progress bar, without it the bar is indeterminate. */
export function show(name, share) {
  const [zh, en] = MESSAGES[name];
  const percent = share === undefined ? "" : ` ${Math.floor(share * 100)}%`;
  element("-zh").textContent = zh + percent;
  element("-en").textContent = en + percent;
  if (share === undefined) element("-bar").removeAttribute("value");
  else element("-bar").value = share * 100;
}

/** Show why the app cannot start, with a button that runs `again`. */
export function stop(name, again) {
  if (!element("")) return;
  show(name);
  element("-bar").hidden = true;
  const button = element("-again");
  button.hidden = false;
  button.onclick = () => {
    button.hidden = true;
    element("-bar").hidden = false;
    again();
  };
}

/** Remove the loading screen to show the app. */
export function hide() {
  const screen = element("");
  if (!screen) return;
  screen.classList.add("leaving");
  setTimeout(() => screen.remove(), 150);
}
