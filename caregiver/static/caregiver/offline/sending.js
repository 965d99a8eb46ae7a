/** Hands in what is kept: one tab at a time, again and again, until the clinic's receipt is here. */

import { loadToken } from './pack.js';
import { keep, letGo, waiting } from './queue.js';

const PATIENCE_MS = 15_000;
const FIRST_PAUSE_MS = 5_000;
const LONGEST_PAUSE_MS = 300_000;
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
  let left = 0;
  for (const kept of await waiting()) {
    if (kept.problem && !hasNewToken(kept, token)) continue;
    // Somebody has signed in again since: what was refused may go now.
    if (token && kept.problem) kept.token = token;
    tell({ id: kept.id, state: 'sending' });
    const receipt = await send(kept);
    if (receipt) await letGo(kept.id);
    else await keep(kept);
    left += receipt || kept.problem ? 0 : 1;
    tell({ id: kept.id, state: receipt ? 'received' : 'waiting', problem: kept.problem, receipt });
  }
  return left;
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
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), PATIENCE_MS);
  try {
    const answer = await fetch(`/sync/${kept.kind ?? 'reports'}/${kept.id}/`, {
      method: 'PUT',
      body: JSON.stringify({ ...kept.envelope, device_now: new Date().toISOString() }),
      headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${kept.token}` },
      credentials: 'omit',
      redirect: 'error',
      cache: 'no-store',
      signal: stop.signal,
    });
    const isJson = answer.headers.get('Content-Type')?.startsWith('application/json');
    const body = isJson ? await answer.json() : null;
    if (answer.ok && body?.id === kept.id && body.received_at) return { status: answer.status, receipt: body };
    return { status: isJson && !answer.ok ? answer.status : 0 };
  } catch {
    return { status: 0 };
  } finally {
    clearTimeout(timer);
  }
}

/** @param {News} news */
function tell(news) {
  listeners.forEach((listener) => listener(news));
  channel?.postMessage(news);
}
