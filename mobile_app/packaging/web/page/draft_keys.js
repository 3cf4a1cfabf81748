// Encrypts drafts with a key that takes both a PIN and this browser: the browser's own part cannot be read out.

const DATABASE = "anlan-keys";
const STORE = "keys";
const NAME = "drafts";
const ROUNDS = 600_000;
const { subtle } = crypto;

const done = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

async function database() {
  const opening = indexedDB.open(DATABASE, 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore(STORE);
  return done(opening);
}

async function withStore(work) {
  const opened = await database();
  try {
    const transaction = opened.transaction(STORE, "readwrite");
    const committed = new Promise((resolve, reject) => {
      transaction.oncomplete = resolve;
      transaction.onabort = transaction.onerror = () => reject(transaction.error);
    });
    const result = await work(transaction.objectStore(STORE));
    await committed;
    return result;
  } finally {
    opened.close();
  }
}

/** This browser's own key, made when it is first needed; nothing can read its bytes. */
async function deviceKey() {
  const known = await withStore((store) => done(store.get(NAME)));
  if (known) return known;
  const made = await subtle.generateKey({ name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  await withStore((store) => done(store.put(made, NAME)));
  return made;
}

const encoded = (text) => new TextEncoder().encode(text);
const base64 = (bytes) => btoa(Array.from(new Uint8Array(bytes), (byte) => String.fromCharCode(byte)).join(""));
const fromBase64 = (text) => Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));

export const draftKeys = {
  available: () => Boolean(subtle),

  /** The key for a PIN and a salt (base64). */
  async key(pin, salt) {
    const typed = await subtle.importKey("raw", encoded(pin), "PBKDF2", false, ["deriveBits"]);
    const how = { name: "PBKDF2", hash: "SHA-256", salt: fromBase64(salt), iterations: ROUNDS };
    const bits = await subtle.deriveBits(how, typed, 256);
    const bound = await subtle.sign("HMAC", await deviceKey(), bits);
    return subtle.importKey("raw", bound, "AES-GCM", false, ["encrypt", "decrypt"]);
  },

  async encrypt(key, text) {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const sealed = new Uint8Array(await subtle.encrypt({ name: "AES-GCM", iv }, key, encoded(text)));
    return `${base64(iv)}.${base64(sealed)}`;
  },

  /** What was encrypted; null where it was with another key. */
  async decrypt(key, sealed) {
    const [iv, bytes] = sealed.split(".").map(fromBase64);
    try {
      return new TextDecoder().decode(await subtle.decrypt({ name: "AES-GCM", iv }, key, bytes));
    } catch (error) {
      if (error.name === "OperationError") return null;
      throw error;
    }
  },

  /** Destroy this browser's part: what was encrypted with it can never be read again. */
  forget: () => withStore((store) => done(store.delete(NAME))),
};
