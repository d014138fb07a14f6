// Sealing with the browser's own cryptography: AES-GCM for what is kept, PBKDF2 for the code that locks the key.
//
// The key comes from the server. At rest it is kept only wrapped with the person's code; while the page is unlocked it
// is a CryptoKey that cannot be exported, in memory and nowhere else.

const ROUNDS = 600_000;
const SALT_BYTES = 16;
const NONCE_BYTES = 12;
const text = new TextEncoder();

export class WrongCodeError extends Error {}
export class UnreadableError extends Error {}

/** @param {number} length */
const random = (length) => crypto.getRandomValues(new Uint8Array(length));

/** @param {string} base64 */
const bytesOf = (base64) => Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));

/**
 * @param {string} code
 * @param {Uint8Array} salt
 * @param {number} rounds
 */
async function keyOfCode(code, salt, rounds) {
  const material = await crypto.subtle.importKey("raw", text.encode(code.normalize("NFKC")), "PBKDF2", false, ["deriveKey"]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt, iterations: rounds };
  return crypto.subtle.deriveKey(how, material, { name: "AES-GCM", length: 256 }, false, ["encrypt", "unwrapKey"]);
}

/**
 * Wrap the server's key with a code.
 * @param {string} serverKey in base64
 * @param {string} code
 */
export async function wrap(serverKey, code) {
  const salt = random(SALT_BYTES), nonce = random(NONCE_BYTES);
  const key = await keyOfCode(code, salt, ROUNDS);
  const bytes = await crypto.subtle.encrypt({ name: "AES-GCM", iv: nonce }, key, bytesOf(serverKey));
  return { salt, nonce, rounds: ROUNDS, bytes };
}

/**
 * Unwrap the key; what comes out cannot be exported.
 * @param {{salt: Uint8Array, nonce: Uint8Array, rounds: number, bytes: ArrayBuffer}} wrapped
 * @param {string} code
 * @returns {Promise<CryptoKey>}
 */
export async function unwrap(wrapped, code) {
  const key = await keyOfCode(code, wrapped.salt, wrapped.rounds);
  const how = { name: "AES-GCM", iv: wrapped.nonce };
  try {
    return await crypto.subtle.unwrapKey("raw", wrapped.bytes, key, how, "AES-GCM", false, ["encrypt", "decrypt"]);
  } catch {
    throw new WrongCodeError();
  }
}

/**
 * Seal a value for one place, so that a row moved to another place no longer opens.
 * @param {CryptoKey} key
 * @param {string} store
 * @param {string} id
 * @param {unknown} value
 */
export async function seal(key, store, id, value) {
  const nonce = random(NONCE_BYTES);
  const how = { name: "AES-GCM", iv: nonce, additionalData: text.encode(`${store}/${id}`) };
  const sealed = await crypto.subtle.encrypt(how, key, text.encode(JSON.stringify(value)));
  return { id, nonce, sealed };
}

/**
 * @param {CryptoKey} key
 * @param {string} store
 * @param {{id: string, nonce: Uint8Array, sealed: ArrayBuffer}} row
 */
export async function unseal(key, store, row) {
  const how = { name: "AES-GCM", iv: row.nonce, additionalData: text.encode(`${store}/${row.id}`) };
  try {
    return JSON.parse(new TextDecoder().decode(await crypto.subtle.decrypt(how, key, row.sealed)));
  } catch {
    throw new UnreadableError();
  }
}
