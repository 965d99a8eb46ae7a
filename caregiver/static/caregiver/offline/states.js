/** Where a report is: on this phone, being sent, received by the clinic. And whom to call meanwhile. */

import { isPressing, isWorse } from '../triage/levels.js';
import { loadPack } from './pack.js';
import { aboutOf, waiting } from './queue.js';
import { call, callsOf, clock, find, part, place as placeIn, setIcon, word } from './screens.js';
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
 * One card for each report that the clinic has not confirmed, the most serious first.
 * @param {Element} list
 */
export async function followAll(list) {
  const pack = await loadPack().then((loaded) => loaded.pack, () => null);
  const kept = await waiting().catch(() => []);
  const told = await Promise.all(kept.map(async (one) => ({ one, about: await aboutOf(one, pack) })));
  /** @type {Map<string, (latest: News) => void>} */
  const followers = new Map();
  for (const { one, about } of told.sort(bySeriousness)) {
    const card = Object.assign(document.createElement('section'), { className: 'card', role: 'status' });
    const state = Object.assign(document.createElement('div'), { className: 'stack stack-tight' });
    if (about) card.append(part('about', { name: about.name, what: inWords(one, about) }));
    card.append(state);
    list.append(...unsentAdvice(about), card);
    followers.set(one.id, followReport(state, one));
  }
  onNews((news) => followers.get(news.id)?.(news));
  return kept.length;
}

/**
 * @param {{about: KeptAbout | null}} a
 * @param {{about: KeptAbout | null}} b
 */
function bySeriousness(a, b) {
  const [first, second] = [a, b].map(({ about }) => about?.advice?.level ?? 'none');
  return Number(isWorse(second, first)) - Number(isWorse(first, second));
}

/**
 * @param {Kept} kept
 * @param {KeptAbout} about
 */
function inWords(kept, { advice }) {
  return [word(kept.kind ?? 'reports'), ...(advice ? [word(advice.level, 'levels')] : [])].join(' · ');
}

/**
 * What cannot wait for the sending is said again, as on the screen on which it was first said.
 * @param {KeptAbout & {name: string} | null} about
 */
function unsentAdvice(about) {
  if (!about?.advice || !isPressing(about.advice.level)) return [];
  const { title, level } = about.advice;
  const made = part('unsent', { title, name: about.name });
  find(made, 'section', HTMLElement).classList.add(`level-${level}`);
  setIcon(made, level);
  placeIn(made, 'calls').append(...callsOf(about.advice));
  return [made];
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
