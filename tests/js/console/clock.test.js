import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { stopClock } from '../clock.js';

const { serverNow, setServerTime, wallClock } = await import('#console/clock.js');
const AT = Date.parse('2026-11-22T08:00:00Z');
let clock;

beforeEach(() => {
  clock = stopClock('2026-11-22T08:00:00Z');
});
afterEach(() => clock.uninstall());

test("until the server has named a moment, the desk's own clock must do", () => {
  assert.equal(serverNow(), AT);
});

test("from then on the server's time counts, however wrong the desk's clock is and whenever it jumps", () => {
  setServerTime('2026-11-22T11:00:00Z');
  clock.tick(5000);
  clock.setSystemTime(new Date('2020-01-01T00:00:00Z'));

  assert.equal(serverNow(), Date.parse('2026-11-22T11:00:05Z'));
});

test('a time that cannot be read changes nothing', () => {
  setServerTime('2026-11-22T11:00:00Z');
  setServerTime('');

  assert.equal(serverNow(), Date.parse('2026-11-22T11:00:00Z'));
});

for (const [zone, seconds, words] of [
  ['America/New_York', false, '03:00'],
  ['UTC', true, '08:00:00'],
  ['Asia/Kolkata', false, '13:30'],
]) {
  test(`at eight in Greenwich it is ${words} in ${zone}`, () => {
    assert.equal(wallClock(AT, zone, seconds), words);
  });
}

test('midnight is the beginning of a day, not the end of one', () => {
  assert.equal(wallClock(Date.parse('2026-11-22T00:00:00Z'), 'UTC'), '00:00');
});
