/** Seals a report so that only the clinic's server can open it. Twin of clinic/services/reports/sealing.py. */

const INFO = 'kinwatch sealed report v1';
const CURVE = { name: 'ECDH', namedCurve: 'P-256' };

/**
 * @param {unknown} report
 * @param {string} label the report's id: a sealed text fits no other
 * @param {SealingKey} to
 * @returns {Promise<Envelope>}
 */
export async function seal(report, label, to) {
  const mine = await crypto.subtle.generateKey(CURVE, false, ['deriveBits']);
  const theirs = await crypto.subtle.importKey('raw', fromBase64(to.public), CURVE, false, []);
  const secret = await crypto.subtle.deriveBits({ name: 'ECDH', public: theirs }, mine.privateKey, 256);
  const nonce = crypto.getRandomValues(new Uint8Array(12));
  const algorithm = { name: 'AES-GCM', iv: nonce, additionalData: bytes(label) };
  const sealed = await crypto.subtle.encrypt(algorithm, await derived(secret), bytes(JSON.stringify(report)));
  const sender = await crypto.subtle.exportKey('raw', mine.publicKey);
  return { kid: to.kid, sender: toBase64(sender), nonce: toBase64(nonce), sealed: toBase64(sealed) };
}

/** @param {ArrayBuffer} secret */
async function derived(secret) {
  const root = await crypto.subtle.importKey('raw', secret, 'HKDF', false, ['deriveKey']);
  const algorithm = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info: bytes(INFO) };
  return crypto.subtle.deriveKey(algorithm, root, { name: 'AES-GCM', length: 256 }, false, ['encrypt']);
}

/** @param {string} text */
function bytes(text) {
  return new TextEncoder().encode(text);
}

/** @param {ArrayBuffer | Uint8Array} data */
function toBase64(data) {
  return btoa(String.fromCharCode(...new Uint8Array(data)));
}

/** @param {string} text */
function fromBase64(text) {
  return Uint8Array.from(atob(text), (one) => one.charCodeAt(0));
}
