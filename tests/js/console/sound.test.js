import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { stopClock } from '../clock.js';
import { setGlobal } from '../page.js';

const { Sound } = await import('#console/sound.js');
let clock;
let heard;
let changes;
let sound;

beforeEach(async () => {
  clock = stopClock();
  clock.tick(1000);
  heard = [];
  changes = 0;
  setGlobal('AudioContext', Speaker);
  sound = new Sound(() => (changes += 1));
});
afterEach(() => clock.uninstall());

/** The loudspeaker: writes down each tone that begins. */
class Speaker {
  state = 'suspended';
  currentTime = 0;
  destination = {};

  async resume() {
    this.state = 'running';
  }

  createOscillator() {
    const frequency = { value: 0 };
    const start = () => heard.push(frequency.value);
    return { frequency, start, stop() {}, connect: (next) => next };
  }

  createGain() {
    const gain = { setValueAtTime() {}, linearRampToValueAtTime() {} };
    return { gain, connect: (next) => next };
  }
}

/** What sounds while seconds go by with somebody waiting. */
function wait(seconds, level) {
  heard = [];
  for (let second = 0; second < seconds; second += 1) {
    clock.tick(1000);
    sound.repeat(level);
  }
  return heard.length;
}

test('nothing sounds before somebody has clicked', () => {
  sound.once('new');
  sound.repeat('emergency');

  assert.deepEqual([sound.isOn, heard], [false, []]);
});

test('a click starts it, and lets it be heard', async () => {
  await sound.start();

  assert.deepEqual([sound.isOn, heard, changes], [true, [523, 659], 1]);
});

test('what is urgent sounds three times every five seconds, an emergency five times every three', async () => {
  await sound.start();

  assert.equal(wait(10, 'urgent'), 6);
  assert.equal(wait(9, 'emergency'), 15);
});

test('a level that does not sound is silent, and so is an empty list', async () => {
  await sound.start();

  assert.equal(wait(10, 'same_day'), 0);
  assert.equal(wait(10, null), 0);
});

test('a mute lasts two minutes and not a second more', async () => {
  await sound.start();
  sound.mute();
  assert.equal(sound.mutedFor, 120_000);
  sound.once('new');

  assert.equal(wait(119, 'emergency'), 0);
  assert.equal(wait(1, 'emergency'), 5);
});

test('what is new and urgent ends a mute and is heard at once', async () => {
  await sound.start();
  sound.repeat('urgent');
  sound.mute();
  sound.unmute();

  assert.equal(wait(1, 'urgent'), 3);
});
