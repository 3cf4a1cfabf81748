// Flutter takes the size of texts from the page's root, which an iPhone leaves at 16 pixels whatever its owner
// chose. It tells the choice in this font alone, which has 17 pixels where nobody chose.

const FONT = "-apple-system-body";
const UNCHOSEN = 17;
const LARGEST = 2; // times the usual size: what every screen is made for

export function followTextSize() {
  if (!CSS.supports("font", FONT) || !matchMedia("(pointer: coarse)").matches) return;
  const sample = document.createElement("p");
  sample.style.font = FONT;
  document.body.append(sample);
  const scale = parseFloat(getComputedStyle(sample).fontSize) / UNCHOSEN;
  sample.remove();
  document.documentElement.style.fontSize = `${16 * Math.min(scale, LARGEST)}px`;
}
