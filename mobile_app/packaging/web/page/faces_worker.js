// Finds faces beside everything else that the app does: it takes a core for a second or two.
import { SIDES, distinct, facesIn, fitted } from "./face_finder.mjs";
import { MODEL } from "./faces.js";
import { readModel } from "./tflite.mjs";

let model = null;

async function load() {
  const response = await fetch(MODEL);
  if (!response.ok) throw new Error(`${MODEL}: ${response.status}`);
  return readModel(new Uint8Array(await response.arrayBuffer()));
}

async function find(bytes) {
  model ??= load();
  model.catch(() => (model = null));
  const [known, picture] = await Promise.all([model, createImageBitmap(new Blob([bytes]))]);
  const found = SIDES.flatMap((side) => {
    const size = fitted(picture.width, picture.height, side);
    const context = new OffscreenCanvas(size.across, size.down).getContext("2d", { willReadFrequently: true });
    context.imageSmoothingQuality = "high";
    context.drawImage(picture, 0, 0, size.width, size.height);
    return facesIn(known, context.getImageData(0, 0, size.across, size.down).data, size);
  });
  picture.close();
  return distinct(found).flat();
}

self.onmessage = async ({ data, ports }) => {
  try {
    ports[0].postMessage({ found: await find(data) });
  } catch (error) {
    ports[0].postMessage({ error: String(error) });
  }
};
