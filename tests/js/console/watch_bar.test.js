import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { openPage, showBody } from '../page.js';

openPage();
const { WatchBar } = await import('#console/watch_bar.js');
const IDS = ['watch-row', 'live-word', 'checked-at', 'stale', 'stale-text', 'stale-sign-in', 'sound-word', 'sound-off', 'start-watching', 'sound-on', 'mute', 'unmute'];
const WORDS = {
  zone: 'UTC',
  textNotLive: 'Not live',
  textLive: 'Live',
  textConnecting: 'Connecting',
  textStale: 'Nothing heard since {time}. Right as of {checked}.',
  textCutOff: 'Cut off since {time}',
  textSignedOut: 'Signed out',
  textMuted: 'Muted for {time}',
  textSoundOn: 'Sound is on',
};
const CHECKED = Date.parse('2026-11-22T08:00:05Z');
const SINCE = Date.parse('2026-11-22T07:59:00Z');
let bar;

beforeEach(() => {
  showBody(`<div id="watch">${IDS.map((id) => `<p id="${id}" hidden></p>`).join('')}</div><time data-checked></time>`);
  Object.assign(document.getElementById('watch').dataset, WORDS);
  bar = new WatchBar(document.getElementById('watch'));
});

const at = (id) => document.getElementById(id);
const shown = (...ids) => ids.filter((id) => !at(id).hidden);
const showLive = (state) => bar.showLive({ state, checkedAt: CHECKED, since: SINCE });

for (const [state, word, banner] of [
  ['connecting', 'Connecting', []],
  ['live', 'Live', []],
  ['stale', 'Not live', ['stale']],
  ['cut-off', 'Not live', ['stale']],
  ['signed-out', 'Not live', ['stale', 'stale-sign-in']],
]) {
  test(`${state} is "${word}"`, () => {
    showLive(state);

    assert.deepEqual([at('live-word').textContent, shown('stale', 'stale-sign-in')], [word, banner]);
    assert.equal(document.documentElement.dataset.live, state);
  });
}

test('the banner says since when, and as of when the list is right', () => {
  showLive('stale');

  assert.equal(at('stale-text').textContent, 'Nothing heard since 07:59. Right as of 08:00:05.');
});

test('every place that tells the time of the list tells it', () => {
  showLive('live');

  assert.deepEqual([at('checked-at').textContent, document.querySelector('time').textContent], ['08:00:05', '08:00:05']);
});

test('before a click there is one button: start watching', () => {
  bar.showSound({ isOn: false, mutedFor: 0 });

  assert.deepEqual(shown('sound-off', 'start-watching', 'sound-on', 'mute', 'unmute'), ['sound-off', 'start-watching']);
});

test('with sound on it can be muted, and muted it says for how long', () => {
  bar.showSound({ isOn: true, mutedFor: 0 });
  assert.deepEqual([at('sound-word').textContent, shown('sound-on', 'mute', 'unmute')], ['Sound is on', ['sound-on', 'mute']]);

  bar.showSound({ isOn: true, mutedFor: 61_001 });
  assert.deepEqual([at('sound-word').textContent, shown('sound-on', 'mute', 'unmute')], ['Muted for 1:02', ['sound-on', 'unmute']]);
});

test('a bar that is not whole names what it lacks', () => {
  at('live-word').remove();

  assert.throws(() => showLive('live'), /#live-word is missing/);
});
