// Flutter takes the size of texts from the page's root. An iPhone leaves that at 16 pixels whatever its owner
// chose, and tells the choice in one font alone, which has 17 pixels where nobody chose. What was chosen in the
// app comes on top.

const FONT = "-apple-system-body";
const UNCHOSEN = 17;
const USUAL = 16;
const LARGEST = 2; // times the usual size: what every screen is made for
const CHOSEN = "flutter.anlan.text_size"; // where Flutter keeps what mobile_app/app.py was told, in percent
const CHANNEL = "anlan-text-size"; // on which mobile_app/device/browser.py tells it

/** The size in pixels that the device's owner chose; 0 where the page has it anyway. */
function ownersSize() {
  if (!CSS.supports("font", FONT) || !matchMedia("(pointer: coarse)").matches) return 0;
  const sample = document.createElement("p");
  sample.style.font = FONT;
  document.body.append(sample);
  const scale = parseFloat(getComputedStyle(sample).fontSize) / UNCHOSEN;
  sample.remove();
  return USUAL * scale;
}

function chosenBefore() {
  try {
    return Number(JSON.parse(localStorage.getItem(CHOSEN))) || 100;
  } catch {
    return 100;
  }
}

function apply(percent) {
  const root = document.documentElement;
  root.style.fontSize = "";
  const owners = ownersSize();
  if (!owners && percent === 100) return;
  const size = ((owners || parseFloat(getComputedStyle(root).fontSize)) * percent) / 100;
  root.style.fontSize = `${Math.min(size, USUAL * LARGEST)}px`;
}

export function followTextSize() {
  apply(chosenBefore());
  new BroadcastChannel(CHANNEL).onmessage = ({ data }) => apply(Number(data) || 100);
}
