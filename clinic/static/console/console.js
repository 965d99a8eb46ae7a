/** Puts the live console together. Every part works on what the server rendered. */

import { showAges } from './ages.js';
import { Alerts } from './alerts.js';
import { setServerTime } from './clock.js';
import { keepDrafts } from './drafts.js';
import { listenForKeys } from './keys.js';
import { Live } from './live.js';
import { keepFocusInList, markOpenRow, tendPanel } from './panel.js';
import { Sound } from './sound.js';
import { keepScreenAwake, mayNotify } from './watching.js';
import { WatchBar } from './watch_bar.js';

const bar = document.getElementById('watch');
const words = bar.dataset;
const watchBar = new WatchBar(bar);
const sound = new Sound(() => watchBar.showSound(sound));
const alerts = new Alerts(words, sound);
const first = document.querySelector('#worklist[data-at]');
if (first) setServerTime(first.dataset.at);
const live = new Live(words.socket, () => window.htmx.trigger(document.body, 'console:refetch'));
let seconds = 0;
let wasLost = false;

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

new Worker(words.ticker).onmessage = () => {
  seconds += 1;
  live.tick();
  sound.repeat(alerts.loudest);
  second();
};

document.body.addEventListener('htmx:load', (event) => {
  if (event.detail.elt.id === 'worklist') listArrived(event.detail.elt);
});
['htmx:responseError', 'htmx:sendError', 'htmx:timeout'].forEach((name) => {
  document.body.addEventListener(name, (event) => {
    if (event.detail.elt.id === 'worklist') live.listFailed(event.detail.xhr?.status ?? 0);
  });
});
document.getElementById('start-watching').addEventListener('click', async () => {
  await sound.start();
  document.getElementById('mute').focus();
  keepScreenAwake();
  mayNotify();
});
document.getElementById('mute').addEventListener('click', () => {
  sound.mute();
  watchBar.showSound(sound);
  document.getElementById('unmute').focus();
});
document.getElementById('unmute').addEventListener('click', () => {
  sound.unmute();
  watchBar.showSound(sound);
  document.getElementById('mute').focus();
});
keepDrafts();
listenForKeys();
tendPanel();
if (first) listArrived(first);
