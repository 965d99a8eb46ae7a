/** Locks what this phone must read again (checklist, drafts) under a key that never leaves the browser. */

import { get, put } from './store.js';

const KEY = 'vault-key';

/**
 * @param {unknown} value anything that JSON can hold
 * @returns {Promise<{nonce: Uint8Array, locked: ArrayBuffer}>}
 */
export async function lock(value) {
  const nonce = crypto.getRandomValues(new Uint8Array(12));
  const plain = new TextEncoder().encode(JSON.stringify(value));
  return { nonce, locked: await crypto.subtle.encrypt({ name: 'AES-GCM', iv: nonce }, await key(), plain) };
}

/**
 * What was locked; null when there is nothing, or the key is gone.
 * @param {{nonce: Uint8Array, locked: ArrayBuffer} | undefined} box
 */
export async function unlock(box) {
  if (!box) return null;
  try {
    const plain = await crypto.subtle.decrypt({ name: 'AES-GCM', iv: box.nonce }, await key(), box.locked);
    return JSON.parse(new TextDecoder().decode(plain));
  } catch {
    return null;
  }
}

async function key() {
  const stored = await get('kept', KEY);
  if (stored) return stored;
  const made = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);
  await put('kept', KEY, made);
  return made;
}
