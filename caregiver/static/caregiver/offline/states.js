/** Where a report is: on this phone, being sent, received by the clinic. And whom to call meanwhile. */

import { waiting } from './queue.js';
import { call, clock, find, part } from './screens.js';
import { onNews } from './sending.js';

const CALL_AFTER_MS = 2 * 60 * 1000;
const DAY_MS = 24 * 3600 * 1000;
const LOOK_EVERY_MS = 5000;
// For good.
const REFUSED = ['attention', 'no_access'];

/**
 * A place that always says how one kept report stands.
 * @param {Element} place
 * @param {Kept} kept
 * @returns {(latest: News) => void}
 */
export function followReport(place, kept) {
  /** @type {Pick<News, 'state' | 'receipt'>} */
  let news = { state: 'waiting', receipt: null };
  let shown = '';
  const draw = () => {
    const state = stateOf(kept, news.state);
    const urge = news.state === 'received' ? '' : urgeOf(kept, state);
    // Changed only when the words differ: a screen reader speaks each change.
    if (shown === state + urge) return;
    shown = state + urge;
    place.replaceChildren(stateLine(kept, state, news.receipt), ...urging(kept, urge));
  };
  const timer = setInterval(() => (place.isConnected ? draw() : clearInterval(timer)), LOOK_EVERY_MS);
  draw();
  return (latest) => {
    news = latest;
    kept.problem = latest.problem ?? '';
    draw();
  };
}

/**
 * One card for each report that the clinic has not confirmed.
 * @param {Element} list
 */
export async function followAll(list) {
  const kept = await waiting().catch(() => []);
  /** @type {Map<string, (latest: News) => void>} */
  const followers = new Map();
  for (const one of kept) {
    const card = Object.assign(document.createElement('section'), { className: 'card', role: 'status' });
    list.append(card);
    followers.set(one.id, followReport(card, one));
  }
  onNews((news) => followers.get(news.id)?.(news));
  return kept.length;
}

/**
 * The phone could neither keep the report nor send it.
 * @param {Element} place
 * @param {Line} line
 */
export function showLost(place, line) {
  place.replaceChildren(part('state-lost'), call(line));
}

/**
 * @param {Kept} kept
 * @param {News['state']} state
 */
function stateOf(kept, state) {
  if (state !== 'waiting' || !kept.problem) return state;
  return kept.isAgain && REFUSED.includes(kept.problem) ? 'missing' : kept.problem;
}

/**
 * @param {Kept} kept
 * @param {string} state
 * @param {Receipt | null} [receipt]
 */
function stateLine(kept, state, receipt) {
  const line = part(`state-${state}`, { when: clock(receipt?.received_at ?? kept.keptAt) });
  if (receipt) find(line, '[data-link="page"]', HTMLAnchorElement).href = receipt.page;
  find(line, '.send-state', HTMLElement).dataset.state = state;
  return line;
}

/**
 * @param {Kept} kept
 * @param {string} state
 */
function urgeOf(kept, state) {
  if (state === 'missing') return 'tell';
  const age = Date.now() - Date.parse(kept.keptAt);
  if (age > DAY_MS) return 'day-old';
  return age > CALL_AFTER_MS || REFUSED.includes(state) ? 'instead' : '';
}

/**
 * @param {Kept} kept
 * @param {string} urge
 */
function urging(kept, urge) {
  return urge ? [part(urge), call(kept.line)] : [];
}
