import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { stopClock } from '../clock.js';
import { openPage, showBody } from '../page.js';

openPage();
const { inWords, showAges } = await import('#console/ages.js');
const WORDS = { textS: '{n} s', textMin: '{n} min', textH: '{h} h {m} min', textD: '{n} days', textOver: 'over {n} min' };
const MINUTE = 60;
const HOUR = 60 * MINUTE;
let clock;

beforeEach(() => {
  clock = stopClock('2026-11-22T08:00:00Z');
});
afterEach(() => clock.uninstall());

for (const [seconds, words] of [
  [0, '0 s'],
  [59.9, '59 s'],
  [60, '1 min'],
  [59 * MINUTE + 59, '59 min'],
  [HOUR, '1 h 0 min'],
  [47 * HOUR + 59 * MINUTE, '47 h 59 min'],
  [48 * HOUR, '2 days'],
  [71 * HOUR, '2 days'],
]) {
  test(`${seconds} seconds are "${words}"`, () => {
    assert.equal(inWords(seconds, WORDS), words);
  });
}

test('an age grows while the page stands', () => {
  showBody('<p data-since="2026-11-22T07:58:30Z">Waiting for <b data-age></b></p>');
  showAges(WORDS);
  assert.equal(document.body.textContent, 'Waiting for 1 min');

  clock.tick(30_000);
  showAges(WORDS);
  assert.equal(document.body.textContent, 'Waiting for 2 min');
});

test('a moment that lies ahead is no time ago', () => {
  showBody('<p data-since="2026-11-22T08:00:30Z"><b data-age></b></p>');
  showAges(WORDS);

  assert.equal(document.body.textContent, '0 s');
});

test('an urgent row turns at five, ten and fifteen minutes', () => {
  showBody('<p data-since="2026-11-22T08:00:00Z" data-turn="0"><b data-age></b><i data-turn-word></i></p>');
  const row = document.querySelector('p');
  const after = (ms) => {
    clock.tick(ms);
    showAges(WORDS);
    return [row.dataset.turn, row.querySelector('i').textContent];
  };

  assert.deepEqual(after(299_999), ['0', '']);
  assert.deepEqual(after(1), ['5', 'over 5 min']);
  assert.deepEqual(after(300_000), ['10', 'over 10 min']);
  assert.deepEqual(after(300_000), ['15', 'over 15 min']);
  assert.deepEqual(after(3600_000), ['15', 'over 15 min']);
});

test('a row of which no page has gone says so aloud after ninety seconds', () => {
  showBody('<p data-since="2026-11-22T08:00:00Z" data-turn="0"><b data-age></b><i data-turn-word></i><u data-unpaged="no"></u></p>');
  const after = (ms) => {
    clock.tick(ms);
    showAges(WORDS);
    return document.querySelector('u').dataset.unpaged;
  };

  assert.deepEqual([after(89_999), after(1)], ['no', 'yes']);
});

test('a row that does not turn has no turn', () => {
  showBody('<p data-since="2026-11-22T07:00:00Z"><b data-age></b></p>');
  showAges(WORDS);

  assert.equal(document.querySelector('p').dataset.turn, undefined);
});

test('words that say the same are not written again', () => {
  showBody('<p data-since="2026-11-22T07:58:00Z"><b data-age></b></p>');
  showAges(WORDS);
  const written = document.querySelector('b').firstChild;
  clock.tick(1000);
  showAges(WORDS);

  assert.equal(document.querySelector('b').firstChild, written);
});

test('a text that the page lacks is named', () => {
  assert.throws(() => inWords(1, {}), /the text textS is missing/);
});
