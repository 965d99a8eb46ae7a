/** Puts the live console together. Every part works on what the server rendered. */

import { showAges } from './ages.js';
import { Alerts } from './alerts.js';
import { setServerTime } from './clock.js';
import { keepDrafts } from './drafts.js';
import { listenForKeys } from './keys.js';
import { Live } from './live.js';
import { find, text } from './markup.js';
import { keepFocusInList, markOpenRow, tendPanel } from './panel.js';
import { keepRefetches, STILL_STANDS, tellWhatIsShown } from './refetch.js';
import { RowFetch } from './row_fetch.js';
import { Sound } from './sound.js';
import { keepScreenAwake, mayNotify } from './watching.js';
import { WatchBar } from './watch_bar.js';

const bar = find(document, '#watch', HTMLElement);
const words = bar.dataset;
const watchBar = new WatchBar(bar);
const sound = new Sound(() => watchBar.showSound(sound));
const alerts = new Alerts(words, sound);
const first = document.getElementById('worklist');
if (first?.dataset.at) setServerTime(first.dataset.at);
const refetch = () => window.htmx.trigger(document.body, 'console:refetch');
const rowFetch = new RowFetch(refetch, rowsArrived);
const live = new Live(text(words, 'socket'), refetch, named);
const startWatching = find(document, '#start-watching', HTMLElement);
const mute = find(document, '#mute', HTMLElement);
const unmute = find(document, '#unmute', HTMLElement);
let seconds = 0;
let wasLost = false;

/** @param {HTMLElement} list */
function listArrived(list) {
  if (!list.dataset.at) return;
  rowFetch.listArrived(list);
  rowsArrived(list, []);
}

/**
 * @param {HTMLElement} list
 * @param {HTMLElement[]} unshown rows that are new and not on the page
 */
function rowsArrived(list, unshown) {
  live.listArrived(list);
  alerts.read(list, unshown);
  markOpenRow();
  keepFocusInList();
  second();
}

/** @param {Frame} frame that names a change: of a row, and of the panel where that is open */
function named(frame) {
  rowFetch.hears(frame);
  const open = document.querySelector('[data-escalation]')?.getAttribute('data-escalation');
  if (open && open === frame.ref) window.htmx.trigger(document.body, 'console:escalation');
}

function second() {
  const isLost = !['live', 'connecting'].includes(live.state);
  if (isLost && (!wasLost || seconds % 60 === 0)) sound.once('lost');
  wasLost = isLost;
  showAges(words);
  watchBar.showLive(live);
  watchBar.showSound(sound);
  alerts.show(isLost, seconds % 2 === 1);
}

new Worker(text(words, 'ticker')).onmessage = () => {
  seconds += 1;
  live.tick();
  rowFetch.tick();
  sound.repeat(alerts.loudest);
  second();
};

document.body.addEventListener('htmx:load', (event) => {
  if (event.detail.elt.id === 'worklist') listArrived(event.detail.elt);
});
document.body.addEventListener('htmx:afterRequest', ({ detail: { elt, xhr } }) => {
  if (elt.id === 'worklist' && xhr?.status === STILL_STANDS) live.listStands();
});
for (const name of /** @type {const} */ (['htmx:responseError', 'htmx:sendError', 'htmx:timeout'])) {
  document.body.addEventListener(name, (event) => {
    if (event.detail.elt.id === 'worklist') live.listFailed(event.detail.xhr?.status ?? 0);
  });
}
// One press is one take.
for (const [name, isBusy] of /** @type {const} */ ([['htmx:beforeRequest', true], ['htmx:afterRequest', false]])) {
  document.body.addEventListener(name, ({ detail: { elt } }) => {
    const button = elt.matches('form[data-take]') && elt.querySelector('button');
    if (button) button.disabled = isBusy;
  });
}
startWatching.addEventListener('click', async () => {
  await sound.start();
  mute.focus();
  keepScreenAwake();
  mayNotify();
});
mute.addEventListener('click', () => {
  sound.mute();
  watchBar.showSound(sound);
  unmute.focus();
});
unmute.addEventListener('click', () => {
  sound.unmute();
  watchBar.showSound(sound);
  mute.focus();
});
keepDrafts();
keepRefetches();
tellWhatIsShown();
listenForKeys();
tendPanel();
if (first) listArrived(first);
