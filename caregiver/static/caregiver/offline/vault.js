/** Locks what this phone must read again (checklist, drafts) under a key that never leaves the browser. */

import { get, put, remove } from './store.js';

const KEY = 'vault-key';

/**
 * Refused where there is no key: what comes late, after a sign-out, finds nothing to lock it with.
 * @param {unknown} value anything that JSON can hold
 * @returns {Promise<LockedBox>}
 */
export async function lock(value) {
  const nonce = crypto.getRandomValues(new Uint8Array(12));
  const plain = new TextEncoder().encode(JSON.stringify(value));
  return { nonce, locked: await crypto.subtle.encrypt({ name: 'AES-GCM', iv: nonce }, await get('kept', KEY), plain) };
}

/**
 * What was locked; null when there is nothing, or the key is gone.
 * @param {LockedBox | undefined} box
 */
export async function unlock(box) {
  if (!box) return null;
  try {
    const plain = await crypto.subtle.decrypt({ name: 'AES-GCM', iv: box.nonce }, await get('kept', KEY), box.locked);
    return JSON.parse(new TextDecoder().decode(plain));
  } catch {
    return null;
  }
}

/** Only where somebody is signed in, so that no other page brings the key back. */
export async function ensureKey() {
  if (await get('kept', KEY)) return;
  await put('kept', KEY, await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']));
}

export function dropKey() {
  return remove('kept', KEY);
}
