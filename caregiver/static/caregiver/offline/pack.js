/** The checklist, rules and numbers that this phone took along, locked, for seven days. */

import { letGoOfHeld } from './queue.js';
import { empty, get, put, remove } from './store.js';
import { dropKey, ensureKey, lock, unlock } from './vault.js';

const PACK = 'pack';
const TOKEN = 'token';
const DAY_MS = 24 * 3600 * 1000;
const PATIENCE_MS = 15_000;
const SIGN_OUT_WAITS_MS = 5_000;
const LOCK = 'kinwatch-person';
/** Ends what this page fetches about a person. */
const stop = new AbortController();

/**
 * What was taken along. `expired` also stands for a clock that runs before the pack was made.
 * @returns {Promise<LoadedPack>}
 */
export async function loadPack(now = new Date()) {
  const pack = await unlock(await get('kept', PACK));
  if (!pack) return { state: 'none', pack: null };
  const at = now.getTime();
  const isOld = at > Date.parse(pack.expires_at) || at < Date.parse(pack.made_at) - DAY_MS;
  return { state: isOld ? 'expired' : 'ready', pack };
}

/**
 * The token with which this phone hands in reports; it can do nothing else.
 * @returns {Promise<string | undefined>}
 */
export function loadToken() {
  return get('kept', TOKEN);
}

/**
 * Fetch a fresh pack, and a token where this person has none on this phone yet.
 * One tab at a time, and never across a sign-out: an answer from before would fill the phone.
 * @param {string} csrfToken of the page
 * @returns {Promise<boolean | null>} whether somebody is signed in; null where asking again may help
 */
export async function refreshPack(csrfToken) {
  try {
    return await alone(() => refresh(csrfToken));
  } catch {
    // Also where a sign-out in another tab took the lock away.
    stop.abort();
    return false;
  }
}

/** @param {string} csrfToken */
async function refresh(csrfToken) {
  const fresh = await fetchJson('/sync/pack/', { redirect: 'error' });
  if (fresh === null) return null;
  if (fresh.forget) return giveUpPack(fresh.waits, csrfToken);
  if (!fresh.expires_at) return false;
  const known = (await loadPack()).pack;
  if (known?.person !== fresh.person) await forgetPerson();
  await ensureKey();
  await put('kept', PACK, await lock(fresh));
  return (await loadToken()) || (await enrol(csrfToken)) ? true : null;
}

/**
 * Nobody has said yet that this phone is theirs, or it is theirs no more: what it took along goes. One that waits
 * gets a token all the same, so that reports which it kept go out.
 * @param {boolean | undefined} waits
 * @param {string} csrfToken
 */
async function giveUpPack(waits, csrfToken) {
  const token = waits ? await loadToken() : undefined;
  await (waits ? forgetTaken() : forgetPerson());
  if (token) await put('kept', TOKEN, token);
  return waits && !token && !(await enrol(csrfToken)) ? null : false;
}

/**
 * The phone's own report counts as history for the next one, long before the server can say so.
 * @param {string} patientId
 * @param {HistoryEntry} entry
 */
export async function remember(patientId, entry) {
  const { pack } = await loadPack();
  pack?.patients.find((one) => one.id === patientId)?.history.unshift(entry);
  if (pack) await put('kept', PACK, await lock(pack));
}

/** Everything about a person goes; sealed reports that wait stay, because only the clinic can read them. */
export async function forgetPerson() {
  await Promise.all([forgetTaken(), letGoOfHeld()]);
}

/** What was taken along goes; what the clinic has confirmed stays, as after a restored dump that knows no such phone. */
async function forgetTaken() {
  await Promise.all([remove('kept', PACK), remove('kept', TOKEN), empty('drafts')]);
}

/**
 * Sign-out: this phone knows nobody any more, and nothing here can be unlocked again.
 * The lock is held until this page is gone. Whoever refreshes after that finds nobody signed in.
 * @returns {Promise<void>}
 */
export function forgetAll() {
  stop.abort();
  return new Promise((resolve, reject) => {
    const forget = async () => {
      await forgetPerson();
      await dropKey();
      resolve();
      return new Promise(() => {});
    };
    // A tab that the phone has put to sleep must not hold up a sign-out.
    const patience = new AbortController();
    setTimeout(() => patience.abort(), SIGN_OUT_WAITS_MS);
    alone(forget, { signal: patience.signal })
      .catch((problem) => (problem.name === 'AbortError' ? alone(forget, { steal: true }) : Promise.reject(problem)))
      .catch(reject);
  });
}

/**
 * The token ends on the server as well, where that can be reached; it ends by itself in any case.
 * @param {string} token
 */
export async function endToken(token) {
  const headers = { Authorization: `Bearer ${token}` };
  try {
    await fetch('/sync/phone/', { method: 'DELETE', headers, credentials: 'omit' });
  } catch {
    // No signal: it can hand in reports for 90 days, and read nothing.
  }
}

/** @param {string} csrfToken */
async function enrol(csrfToken) {
  /** @type {RequestInit} */
  const options = { method: 'POST', headers: { 'X-CSRFToken': csrfToken }, redirect: 'error' };
  const answer = await fetchJson('/sync/phone/enrol/', options);
  if (answer?.token) await put('kept', TOKEN, answer.token);
  return answer?.token;
}

/**
 * @template Result
 * @param {() => Promise<Result>} act
 * @param {LockOptions} [options]
 * @returns {Promise<Result>}
 */
async function alone(act, options = {}) {
  return navigator.locks ? navigator.locks.request(LOCK, options, act) : act();
}

/**
 * Our own JSON, nothing for a visitor, null where no answer of ours came.
 * @param {string} url
 * @param {RequestInit} options
 * @returns {Promise<any>}
 */
async function fetchJson(url, options) {
  const patience = new AbortController();
  const giveUp = () => patience.abort();
  const timer = setTimeout(giveUp, PATIENCE_MS);
  stop.signal.addEventListener('abort', giveUp);
  if (stop.signal.aborted) giveUp();
  try {
    const answer = await fetch(url, { ...options, signal: patience.signal });
    if (answer.status === 204) return {};
    const isJson = answer.headers.get('Content-Type')?.startsWith('application/json');
    return answer.ok && isJson ? await answer.json() : null;
  } catch {
    return null;
  } finally {
    clearTimeout(timer);
    stop.signal.removeEventListener('abort', giveUp);
  }
}
