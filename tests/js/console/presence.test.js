import assert from 'node:assert/strict';
import { after, beforeEach, test } from 'node:test';
import { settle, stopClock } from '../clock.js';
import { openPage } from '../page.js';
import { freshPhone } from '../phone.js';

openPage();
freshPhone();
const { Presence } = await import('#console/presence.js');
const clock = stopClock();
after(() => clock.uninstall());
let words = [];
let heard = [];
// One tab and another, as for a whole shift: each test begins with a hand on the desk.
const presence = new Presence((word) => words.push(word));
const other = new BroadcastChannel('kinwatch.desk');
other.onmessage = ({ data }) => heard.push(data);

beforeEach(async () => {
  clock.tick(3600_000);
  document.dispatchEvent(new Event('keydown'));
  await settle();
  words = [];
  heard = [];
});

const move = (x, y) => document.dispatchEvent(new MouseEvent('pointermove', { screenX: x, screenY: y }));

for (const sign of ['pointerdown', 'keydown', 'wheel', 'touchstart']) {
  test(`a hand is at the desk: ${sign}`, () => {
    clock.tick(60_000);
    assert.equal(presence.idleMs, 60_000);

    document.dispatchEvent(new Event(sign));

    assert.equal(presence.idleMs, 0);
  });
}

test('a move that nobody made is none: the list is renewed under a resting pointer', () => {
  move(10, 10);
  clock.tick(60_000);
  move(10, 10);
  assert.equal(presence.idleMs, 60_000);

  move(10, 11);
  assert.equal(presence.idleMs, 0);
});

test('a computer that slept was idle', () => {
  clock.setSystemTime(Date.now() + 3600_000);

  assert.equal(presence.idleMs, 3600_000);
});

test('a hand on another tab is a hand on this desk', async () => {
  clock.tick(60_000);
  other.postMessage({ kind: 'active', at: 0 });
  await settle();

  assert.equal(presence.idleMs, 0);
  assert.deepEqual(words, []);
});

test('other tabs are told of a hand, once a second at most', async () => {
  clock.tick(60_000);
  for (let key = 0; key < 5; key += 1) document.dispatchEvent(new Event('keydown'));
  await settle();
  assert.deepEqual(heard, [{ kind: 'active', at: 0 }]);

  clock.tick(999);
  document.dispatchEvent(new Event('keydown'));
  await settle();
  assert.equal(heard.length, 1);

  clock.tick(1);
  document.dispatchEvent(new Event('keydown'));
  await settle();
  assert.equal(heard.length, 2);
});

test('words between tabs are handed on', async () => {
  other.postMessage({ kind: 'locked', at: 5 });
  presence.say('open', 7);
  await settle();

  assert.deepEqual(words, [{ kind: 'locked', at: 5 }]);
  assert.deepEqual(heard, [{ kind: 'open', at: 7 }]);
});

test('opening the desk counts from now', () => {
  clock.tick(60_000);
  presence.start();

  assert.equal(presence.idleMs, 0);
});
