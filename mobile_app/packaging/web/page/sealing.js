// Seals text or bytes to a public key as a compact JWE (RFC 7516), with the browser's own cryptography.

export const sealing = {
  /** Whether this browser has cryptography here: it has none on plain http. */
  available: () => Boolean(globalThis.crypto?.subtle),

  /** The JWE of `payload`, a text or bytes; `header`: the protected header, `key`: the public JWK, both as JSON. */
  async seal(payload, header, key) {
    const [{ CompactEncrypt }, { importJWK }] = await Promise.all([
      import("./jose/jwe/compact/encrypt.js"),
      import("./jose/key/import.js"),
    ]);
    const protectedHeader = JSON.parse(header);
    const publicKey = await importJWK(JSON.parse(key), protectedHeader.alg);
    const content = typeof payload === "string" ? new TextEncoder().encode(payload) : payload;
    return new CompactEncrypt(content).setProtectedHeader(protectedHeader).encrypt(publicKey);
  },
};
