/** Puts the live console together. Every part works on what the server rendered. */

import { showAges } from './ages.js';
import { Alerts } from './alerts.js';
import { setServerTime } from './clock.js';
import { keepDrafts } from './drafts.js';
import { listenForKeys } from './keys.js';
import { Live } from './live.js';
import { find, text } from './markup.js';
import { keepFocusInList, markOpenRow, tendPanel } from './panel.js';
import { keepRefetches } from './refetch.js';
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
const live = new Live(text(words, 'socket'), () => window.htmx.trigger(document.body, 'console:refetch'));
const startWatching = find(document, '#start-watching', HTMLElement);
const mute = find(document, '#mute', HTMLElement);
const unmute = find(document, '#unmute', HTMLElement);
let seconds = 0;
let wasLost = false;

/** @param {HTMLElement} list */
function listArrived(list) {
  if (!list.dataset.at) return;
  live.listArrived(list);
  alerts.read(list);
  markOpenRow();
  keepFocusInList();
  second();
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
  sound.repeat(alerts.loudest);
  second();
};

document.body.addEventListener('htmx:load', (event) => {
  if (event.detail.elt.id === 'worklist') listArrived(event.detail.elt);
});
for (const name of /** @type {const} */ (['htmx:responseError', 'htmx:sendError', 'htmx:timeout'])) {
  document.body.addEventListener(name, (event) => {
    if (event.detail.elt.id === 'worklist') live.listFailed(event.detail.xhr?.status ?? 0);
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
listenForKeys();
tendPanel();
if (first) listArrived(first);
