import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { stopClock } from '../clock.js';

const { Changes } = await import('#console/changes.js');
let changes;
let clock;

beforeEach(() => {
  clock = stopClock('2026-11-22T08:00:00Z');
  changes = new Changes();
  changes.listArrived({ versions: 'a:4 b:2' });
});
afterEach(() => clock.uninstall());

/** A frame about a row; `version` is that of all clinics together, as the socket tells it. */
const frame = (change, ref = 'row', more = {}) => ({ type: 'escalation.opened', ref, change, version: 7, ...more });
const wanted = () => [...changes.wanted].map(([ref, named]) => [ref, ...named]);

test('a change that a frame names is fetched by its row, and then the list is right', () => {
  assert.equal(changes.hears(frame('a:5')), true);
  assert.deepEqual(wanted(), [['row', 'a:5']]);

  assert.equal(changes.fetched(changes.wanted), 7);
  assert.deepEqual(wanted(), []);
  assert.equal(changes.hears(frame('a:5')), true);
  assert.deepEqual(wanted(), []);
});

test('a change that the list has already needs nothing', () => {
  assert.equal(changes.hears(frame('a:4')), true);
  assert.deepEqual(wanted(), []);
});

test('frames that overtake each other make the list right together', () => {
  changes.hears(frame('a:6', 'late'));
  assert.equal(changes.fetched(changes.wanted), 6);
  clock.tick(5000);
  assert.equal(changes.misses(6), true);

  changes.hears(frame('a:5', 'early'));
  assert.equal(changes.fetched(changes.wanted), 8);
  assert.equal(changes.misses(8), false);
});

test('a frame that is lost is missed after a second, and not before', () => {
  changes.hears(frame('a:6', 'row', { version: 8 }));
  changes.fetched(changes.wanted);
  clock.tick(900);
  assert.equal(changes.misses(7), false);
  clock.tick(200);
  assert.equal(changes.misses(7), true);
});

test('a change that comes while its row is fetched is fetched once more', () => {
  changes.hears(frame('a:5'));
  const asked = changes.wanted;
  changes.hears(frame('a:6'));

  changes.fetched(asked);

  assert.deepEqual(wanted(), [['row', 'a:6']]);
});

test('an answer that is older than the list is not shown', () => {
  assert.equal(changes.fits({ versions: 'a:5 b:2' }), true);
  assert.equal(changes.fits({ versions: 'a:5 b:1' }), false);
  assert.equal(changes.fits({ versions: 'a:5' }), false);
});

test('a whole list takes back what it covers, and no more', () => {
  changes.hears(frame('a:5', 'one'));
  changes.hears(frame('a:6', 'two'));

  changes.listArrived({ versions: 'a:5 b:2' });

  assert.deepEqual(wanted(), [['two', 'a:6']]);
});

for (const [name, one] of [
  ['of a patient or a rota', frame('a:5', 'row', { type: 'patient' })],
  ['without a row', frame('a:5', '')],
  ['of a server that names no change', frame(undefined)],
  ['of a clinic that the list does not know', frame('c:1')],
]) {
  test(`a frame ${name} asks for the whole list`, () => {
    assert.equal(changes.hears(one), false);
  });
}

test('very many rows at once are the whole list', () => {
  const heard = Array.from({ length: 21 }, (_, n) => changes.hears(frame(`a:${n + 5}`, `row ${n}`)));

  assert.deepEqual([heard[19], heard[20]], [true, false]);
});
