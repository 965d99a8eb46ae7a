/** The checklist, rules and numbers that this phone took along, locked, for seven days. */

import { empty, get, put, remove } from './store.js';
import { lock, unlock } from './vault.js';

const PACK = 'pack';
const TOKEN = 'token';
const DAY_MS = 24 * 3600 * 1000;

/**
 * What was taken along. `expired` also stands for a clock that runs before the pack was made.
 * @returns {Promise<{state: 'ready' | 'expired' | 'none', pack: any}>}
 */
export async function loadPack(now = new Date()) {
  const pack = await unlock(await get('kept', PACK));
  if (!pack) return { state: 'none', pack: null };
  const isOld = now > new Date(pack.expires_at) || now < new Date(new Date(pack.made_at) - DAY_MS);
  return { state: isOld ? 'expired' : 'ready', pack };
}

/** The token with which this phone hands in reports; it can do nothing else. */
export function loadToken() {
  return get('kept', TOKEN);
}

/**
 * Fetch a fresh pack, and a token where this person has none on this phone yet.
 * @param {string} csrfToken of the page
 * @returns {Promise<boolean>} whether somebody is signed in
 */
export async function refreshPack(csrfToken) {
  const fresh = await fetchJson('/sync/pack/', { redirect: 'error' });
  if (!fresh?.expires_at) return false;
  const known = (await loadPack()).pack;
  if (known?.person !== fresh.person) await forgetPerson();
  await put('kept', PACK, await lock(fresh));
  if (!(await loadToken())) await enrol(csrfToken);
  return true;
}

/**
 * The phone's own report counts as history for the next one, long before the server can say so.
 * @param {string} patientId
 * @param {{id: string, at: string, answers: Record<string, unknown>}} entry
 */
export async function remember(patientId, entry) {
  const { pack } = await loadPack();
  pack?.patients.find((one) => one.id === patientId)?.history.unshift(entry);
  if (pack) await put('kept', PACK, await lock(pack));
}

/** Everything about a person goes; sealed reports stay, because only the clinic can read them. */
export async function forgetPerson() {
  await Promise.all([remove('kept', PACK), remove('kept', TOKEN), empty('drafts')]);
}

/** Sign-out: this phone knows nobody any more, and nothing here can be unlocked again. */
export async function forgetAll() {
  await forgetPerson();
  await remove('kept', 'vault-key');
}

/**
 * The token ends on the server as well, where that can be reached; it ends by itself in any case.
 * @param {string} token
 */
export async function endToken(token) {
  const headers = { Authorization: `Bearer ${token}` };
  await fetch('/sync/phone/', { method: 'DELETE', headers, credentials: 'omit' }).catch(() => {});
}

async function enrol(csrfToken) {
  const options = { method: 'POST', headers: { 'X-CSRFToken': csrfToken }, redirect: 'error' };
  const answer = await fetchJson('/sync/phone/enrol/', options);
  if (answer?.token) await put('kept', TOKEN, answer.token);
}

async function fetchJson(url, options) {
  try {
    const answer = await fetch(url, options);
    const isJson = answer.headers.get('Content-Type')?.startsWith('application/json');
    return answer.ok && isJson ? await answer.json() : null;
  } catch {
    return null;
  }
}
