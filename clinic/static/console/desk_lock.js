/** Locks the desk after five minutes without a hand on it. Names go; list, timers, title and sound go on. */

import { find, text } from './markup.js';
import { Presence } from './presence.js';

const IDLE_MS = 5 * 60 * 1000;
const TELL_SERVER_MS = 60 * 1000;
const RETRY_MS = 5000;

const form = find(document, '#lock-now', HTMLFormElement);
const root = document.documentElement;
const presence = new Presence(({ kind, at }) => {
  if (kind === 'locked') hide(at);
  if (kind === 'open') show(at);
});
/** What the panel held, with the words typed into it: out of the page while it is locked. */
const kept = document.createDocumentFragment();
/** Server time of the last change that is certain; lists from before it change nothing. */
let since = 0;
let toldServer = Date.now();
let isTelling = false;
let triedAt = 0;

const isLocked = () => root.dataset.desk === 'locked';

setInterval(look, 1000);
document.addEventListener('visibilitychange', look);
form.addEventListener('submit', (event) => {
  event.preventDefault();
  void lock();
});
document.addEventListener('submit', wantFirst, { capture: true });
document.addEventListener('click', wantFirst, { capture: true });
document.body.addEventListener('desk:unlocked', (event) => {
  const at = Date.parse(event.detail.at);
  show(at);
  presence.say('open', at);
});
document.body.addEventListener('htmx:load', ({ detail: { elt } }) => {
  if (elt.id === 'worklist' && elt.dataset.at) follow(elt.dataset.locked === 'yes', Date.parse(elt.dataset.at));
  if (elt.id === 'lock-bar' && !elt.hidden) focusOn(elt.querySelector('[type="password"]'));
});

function look() {
  if (!isLocked() && presence.idleMs >= IDLE_MS) void lock();
  else if (isLocked() && isTelling && Date.now() - triedAt > RETRY_MS) void lock();
  else if (!isLocked() && presence.idleMs < TELL_SERVER_MS && Date.now() - toldServer > TELL_SERVER_MS) void tell();
}

/** Names go at once; the server is told until it has heard, so that a reload shows none either. */
async function lock() {
  hide(Infinity);
  isTelling = true;
  triedAt = Date.now();
  try {
    const answer = await post(form.action);
    if (answer.ok && !answer.redirected) since = Date.parse((await answer.json()).at);
    isTelling = !answer.ok;
  } catch {
    // No answer: look() tells the server again in a few seconds.
    return;
  }
  presence.say('locked', since);
  changed();
}

/** @param {number} at */
function hide(at) {
  since = at;
  if (isLocked()) return;
  root.dataset.desk = 'locked';
  kept.append(...(document.getElementById('panel')?.childNodes ?? []));
  ['said', 'shouted', 'arrival-words'].forEach((id) => document.getElementById(id)?.replaceChildren());
  document.getElementById('arrival')?.setAttribute('hidden', '');
  const search = document.getElementById('work-search');
  if (search instanceof HTMLInputElement) {
    search.value = '';
    search.removeAttribute('value');
  }
  if (at !== Infinity) changed();
}

/** @param {number} at */
function show(at) {
  since = at;
  presence.start();
  if (!isLocked()) return;
  root.dataset.desk = 'open';
  const panel = document.getElementById('panel');
  if (panel && !panel.hasChildNodes()) panel.append(kept);
  kept.replaceChildren();
  changed();
}

/**
 * The list as the server drew it is the truth, unless it is older than what we know.
 * @param {boolean} locked
 * @param {number} at
 */
function follow(locked, at) {
  if (at <= since || locked === isLocked()) return;
  if (locked) hide(at);
  else show(at);
}

function changed() {
  if (!document.getElementById('worklist')) {
    if (isLocked()) location.replace(`${text(form.dataset, 'list')}?next=${encodeURIComponent(location.pathname + location.search)}`);
    return;
  }
  window.htmx.trigger(document.body, 'desk:changed');
  window.htmx.trigger(document.body, 'console:refetch');
}

/**
 * A row of a locked list: the bar asks for the PIN first, and then goes on with it.
 * @param {Event} event
 */
function wantFirst(event) {
  const wish = event.target instanceof Element ? event.target.closest('[data-unlock-for]') : null;
  if (!(wish instanceof HTMLElement)) return;
  const isSubmit = wish.matches('form');
  if (isSubmit !== (event.type === 'submit')) return;
  event.preventDefault();
  const bar = document.querySelector('[data-unlock]');
  if (!bar) return;
  const value = text(wish.dataset, 'value');
  find(bar, '[name="unlock-take"]', HTMLInputElement).value = isSubmit ? value : '';
  find(bar, '[name="unlock-open"]', HTMLInputElement).value = isSubmit ? '' : value;
  find(bar, '[data-unlock-take]', HTMLElement).hidden = !isSubmit;
  find(bar, '[data-unlock-only]', HTMLElement).hidden = isSubmit;
  find(bar, '[name="unlock-secret"]', HTMLInputElement).focus();
}

/** @param {Element | null} field */
function focusOn(field) {
  if (field instanceof HTMLElement) field.focus();
}

async function tell() {
  toldServer = Date.now();
  try {
    await post(text(form.dataset, 'active'));
  } catch {
    // No answer: a minute later it is told again.
  }
}

/** @param {string} address */
function post(address) {
  return fetch(address, { method: 'POST', body: new FormData(form), headers: { Accept: 'application/json' } });
}
