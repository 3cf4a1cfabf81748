// Finds faces with the full-range model of MediaPipe, which is made for faces at up to five metres: one guess for each
// square of 4 × 4 pixels, what lies there and how large.
import { run, tensor } from "./layers.mjs";

/** The sides of the copies that are looked at, in pixels: small faces are found in a large one, large ones in a small. */
export const SIDES = [1024, 256];
const MULTIPLE = 64; // of the sides, in pixels: the model halves them again and again
const CELL = 4; // pixels
const LEAST_SCORE = 0.4;
const MOST_OVERLAP = 0.3; // of two faces
const AROUND = 0.15; // how much further than a face its box reaches, at each side, in parts of it: hair and chin

/** The size of a copy with sides of at most `side`, and of the canvas that it is drawn on. */
export function fitted(width, height, side) {
  const scale = Math.min(1, side / Math.max(width, height));
  const [wide, high] = [width, height].map((length) => Math.max(1, Math.round(length * scale)));
  const [across, down] = [wide, high].map((length) => Math.ceil(length / MULTIPLE) * MULTIPLE);
  return { width: wide, height: high, across, down };
}

/** The faces in the pixels (RGBA) of a copy: {score, box: [left, top, right, bottom]} in parts of its sides. */
export function facesIn(model, pixels, { width, height, across, down }) {
  const input = tensor(down, across, 3);
  for (let pixel = 0, at = 0; at < pixels.length; at += 4) {
    for (let colour = 0; colour < 3; colour += 1, pixel += 1) input.data[pixel] = pixels[at + colour] / 127.5 - 1;
  }
  const outputs = run(model, input);
  const scores = outputs.find(({ channels }) => channels === 1);
  const guesses = outputs.find(({ channels }) => channels > 1);
  const found = [];
  for (let cell = 0; cell < scores.data.length; cell += 1) {
    const score = 1 / (1 + Math.exp(-scores.data[cell]));
    if (score < LEAST_SCORE) continue;
    const [x, y, wide, high] = guesses.data.subarray(cell * guesses.channels, cell * guesses.channels + 4);
    const middle = [((cell % scores.width) + 0.5) * CELL + x, (Math.floor(cell / scores.width) + 0.5) * CELL + y];
    const box = [middle[0] - wide / 2, middle[1] - high / 2, middle[0] + wide / 2, middle[1] + high / 2];
    found.push({ score, box: box.map((place, index) => place / (index % 2 ? height : width)) });
  }
  return found;
}

function overlap([a, b, c, d], [e, f, g, h]) {
  const [wide, high] = [Math.min(c, g) - Math.max(a, e), Math.min(d, h) - Math.max(b, f)];
  if (wide <= 0 || high <= 0) return 0;
  const shared = wide * high;
  return shared / ((c - a) * (d - b) + (g - e) * (h - f) - shared);
}

/** The boxes around what was found in all copies, each face once: [left, top, right, bottom] in parts of the sides. */
export function distinct(found) {
  const kept = [];
  for (const face of found.sort((one, other) => other.score - one.score)) {
    if (kept.every((other) => overlap(face.box, other.box) <= MOST_OVERLAP)) kept.push(face);
  }
  return kept.map(({ box: [left, top, right, bottom] }) => {
    const [across, down] = [(right - left) * AROUND, (bottom - top) * AROUND];
    return [left - across, top - down, right + across, bottom + down].map((place) => Math.min(1, Math.max(0, place)));
  });
}
