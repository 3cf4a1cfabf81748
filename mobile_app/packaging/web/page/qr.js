// Reads the QR code in a picture, with the npm package jsQR: few browsers have a reader of their own.

// Pixels of the longer side, tried one after the other: in a small copy noise is gone, in a large one a small
// code is still sharp.
const SIDES = [600, 800, 1000, 400, 1600];

function pixels(picture, side) {
  const scale = Math.min(1, side / Math.max(picture.width, picture.height));
  const [width, height] = [picture.width, picture.height].map((length) => Math.max(1, Math.round(length * scale)));
  const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
  context.imageSmoothingQuality = "high";
  context.drawImage(picture, 0, 0, width, height);
  return context.getImageData(0, 0, width, height);
}

export const qr = {
  /** The text of the QR code in a picture, given as the bytes of its file; "" where there is none. */
  async read(bytes) {
    try {
      await import("./jsqr/jsQR.js"); // no module: it sets the global jsQR
      const picture = await createImageBitmap(new Blob([bytes]));
      for (const side of SIDES) {
        const { data, width, height } = pixels(picture, side);
        const found = globalThis.jsQR(data, width, height, { inversionAttempts: "dontInvert" });
        if (found?.data) return found.data;
      }
    } catch (error) {
      console.warn("no QR code was read", error);
    }
    return "";
  },
};
