/** Hands in what is kept: one tab at a time, again and again, until the clinic's receipt is here. */

import { loadToken } from './pack.js';
import { held, hold, keep, letGo, waiting } from './queue.js';

const PATIENCE_MS = 15_000;
const FIRST_PAUSE_MS = 5_000;
const LONGEST_PAUSE_MS = 300_000;
const ASK_EVERY_MS = 3_600_000;
/** @type {Record<number, SendProblem>} */
const PROBLEMS = { 400: 'attention', 401: 'sign_in', 403: 'no_access', 409: 'attention', 413: 'attention', 422: 'attention' };

/** @type {Set<(news: News) => void>} */
const listeners = new Set();
const channel = 'BroadcastChannel' in globalThis ? new BroadcastChannel('kinwatch-sending') : null;
channel?.addEventListener('message', ({ data }) => listeners.forEach((listener) => listener(data)));

/** @param {(news: News) => void} listener hears about reports sent from any tab */
export function onNews(listener) {
  listeners.add(listener);
}

/** Send on start and whenever the phone may have a signal again; between, less and less often. */
export function keepSending() {
  let pause = FIRST_PAUSE_MS;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const now = () => {
    pause = FIRST_PAUSE_MS;
    void again();
  };
  const again = async () => {
    clearTimeout(timer);
    const left = document.hidden ? 0 : await sendAll();
    clearTimeout(timer);
    if (left) timer = setTimeout(again, pause);
    pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
  };
  for (const event of ['online', 'focus', 'pageshow']) addEventListener(event, now);
  document.addEventListener('visibilitychange', now);
  now();
  return now;
}

/** @returns {Promise<number>} how many are left that may still go out by themselves */
export async function sendAll() {
  try {
    if (!navigator.locks) return await sendEach();
    // Another tab is at it: its receipt reaches us over the channel.
    return await navigator.locks.request('kinwatch-sending', { ifAvailable: true }, (lock) => (lock ? sendEach() : 1));
  } catch {
    return 1;
  }
}

/**
 * One try. The receipt, or null with the reason noted on the report.
 * @param {Kept} kept
 */
export async function send(kept) {
  const answer = await put(kept);
  if (answer.receipt) return answer.receipt;
  kept.problem = PROBLEMS[answer.status] ?? '';
  return null;
}

async function sendEach() {
  const token = await loadToken();
  try {
    await takeBackLost(token);
  } catch {
    // What the clinic has confirmed must not hold up what waits.
  }
  let left = 0;
  for (const kept of await waiting()) {
    if (kept.problem && !hasNewToken(kept, token)) continue;
    // Somebody has signed in again since: what was refused may go now.
    if (token && kept.problem) kept.token = token;
    tell({ id: kept.id, state: 'sending' });
    const receipt = await send(kept);
    await settle(kept, receipt);
    left += receipt || kept.problem ? 0 : 1;
    tell({ id: kept.id, state: receipt ? 'received' : 'waiting', problem: kept.problem, receipt });
  }
  return left;
}

/**
 * Without a receipt it stays, also what the clinic has lost and refuses now: this phone has the last copy.
 * @param {Kept} kept
 * @param {Receipt | null} receipt
 */
async function settle(kept, receipt) {
  if (receipt) await hold(kept).catch(() => letGo(kept.id));
  else await keep(kept);
}

/**
 * What the clinic has lost since its receipt waits again: it may have gone back to an older copy of its records.
 * @param {string} [token]
 */
async function takeBackLost(token) {
  const now = Date.now();
  const due = (await held()).filter((one) => now - Date.parse(one.askedAt ?? one.receivedAt ?? '') > ASK_EVERY_MS);
  if (!token || !due.length) return;
  const lost = await askForLost(due.map((one) => one.id), token);
  if (!lost) return;
  for (const one of due) {
    one.askedAt = new Date(now).toISOString();
    if (lost.includes(one.id)) {
      one.isAgain = true;
      delete one.receivedAt;
    }
    await keep(one);
  }
}

/**
 * @param {string[]} ids
 * @param {string} token
 * @returns {Promise<string[] | null>} those that are not there any more; null where nobody of ours has answered
 */
async function askForLost(ids, token) {
  const { body } = await ask('/sync/held/', 'POST', { ids }, token);
  return Array.isArray(body?.lost) ? body.lost : null;
}

/**
 * @param {Kept} kept
 * @param {string} [token]
 */
function hasNewToken(kept, token) {
  return kept.problem !== 'attention' && token && token !== kept.token;
}

/**
 * Only our own JSON that names this very report counts: a hotel's sign-in page also answers 200.
 * @param {Kept} kept
 * @returns {Promise<{status: number, receipt?: Receipt}>}
 */
async function put(kept) {
  const sealed = { ...kept.envelope, device_now: new Date().toISOString() };
  const { status, body } = await ask(`/sync/${kept.kind ?? 'reports'}/${kept.id}/`, 'PUT', sealed, kept.token);
  const isReceipt = status < 300 && body?.id === kept.id && body?.received_at;
  if (isReceipt) return { status, receipt: body };
  return { status: body && status >= 300 ? status : 0 };
}

/**
 * @param {string} url
 * @param {string} method
 * @param {unknown} said
 * @param {string} token
 * @returns {Promise<{status: number, body: any}>} 0 where nothing came back; no body where it is not JSON
 */
async function ask(url, method, said, token) {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), PATIENCE_MS);
  try {
    const answer = await fetch(url, {
      method,
      body: JSON.stringify(said),
      headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` },
      credentials: 'omit',
      redirect: 'error',
      cache: 'no-store',
      signal: stop.signal,
    });
    const isJson = answer.headers.get('Content-Type')?.startsWith('application/json');
    return { status: answer.status, body: isJson ? await answer.json() : null };
  } catch {
    return { status: 0, body: null };
  } finally {
    clearTimeout(timer);
  }
}

/** @param {News} news */
function tell(news) {
  listeners.forEach((listener) => listener(news));
  channel?.postMessage(news);
}
