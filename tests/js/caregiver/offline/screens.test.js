import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { stopClock } from '../../clock.js';
import { connect, page } from '../../network.js';
import { openPage, setGlobal } from '../../page.js';
import { LINE } from '../made.js';
import { SHELL } from './shell_page.js';

openPage(SHELL);
const { ago, borrowTemplates, call, callsOf, clock: wall, find, fullMoment, part, place, setIcon, show, showIf, withCalls, word } = await import('#caregiver/offline/screens.js');

const EMERGENCY = { kind: 'emergency', phone: '911', display: '911' };

let clock;

beforeEach(() => {
  clock = stopClock('2026-11-22T08:00:00Z');
});
afterEach(() => clock.uninstall());

test('a part is a copy with its words filled in', () => {
  assert.equal(part('typed', { text: 'Pulse', unit: '(bpm)', hint: 'At rest' }).textContent, 'Pulse (bpm)At rest');
  assert.equal(part('typed', { text: 'Weight', unit: '', hint: '' }).textContent, 'Weight ');
});

test('a word that nobody gave stays to be seen', () => {
  assert.equal(part('option').textContent, '{text}');
});

test('words from the outside are text, never markup', () => {
  const made = part('option', { text: '<img src=x onerror=alert(1)>' });

  assert.equal(made.querySelector('img'), null);
  assert.equal(made.textContent, '<img src=x onerror=alert(1)>');
});

test('a time that ends in a point ends the sentence as well', () => {
  assert.equal(part('ends', { when: 'Monday 8 a.m.' }).textContent, 'It opens Monday 8 a.m.');
});

test('what the markup lacks is named', () => {
  assert.throws(() => part('nonsense'), /template t-nonsense is missing/);
  assert.throws(() => place(document, 'nowhere'), /\[data-place="nowhere"\] is missing/);
  assert.throws(() => find(document, 'main', HTMLInputElement), /main is missing/);
});

test('one word of a list', () => {
  assert.deepEqual([word('yes'), word('urgent', 'levels')], ['[yes]', '[urgent]']);
});

test('an optional piece is dropped or stays', () => {
  const box = Object.assign(document.createElement('div'), { innerHTML: '<p data-show="a">a</p><p data-show="b">b</p>' });

  showIf(box, 'a', false);
  showIf(box, 'b', true);

  assert.equal(box.textContent, 'b');
});

test('a number to call is dialled by a tap', () => {
  const link = call(LINE).querySelector('a');
  assert.deepEqual([link.getAttribute('href'), link.textContent], ['tel:+13125550100', 'CAR-T line(312) 555-0100']);

  assert.equal(call(EMERGENCY).textContent, 'Call 911 in an emergency');
});

test('advice to call the emergency number is an order: nothing below it says when', () => {
  const words = (level) => callsOf({ level, call: [EMERGENCY, LINE] }).map((one) => one.textContent);

  assert.deepEqual(words('emergency'), ['Call 911', 'CAR-T line(312) 555-0100']);
  assert.deepEqual(words('urgent'), ['Call 911 in an emergency', 'CAR-T line(312) 555-0100']);
});

test('an icon is another of the same sheet', () => {
  const made = call(LINE);

  setIcon(made, 'moon');

  assert.equal(made.querySelector('use').getAttribute('href'), '/icons.svg#moon');
});

test('numbers in a sentence can be tapped, the longer before the shorter, and keep the sign after them', () => {
  const targets = [{ phone: '555', display: '555' }, LINE];

  const line = withCalls('li', 'Call (312) 555-0100, or 555. Then 911.', targets);

  assert.equal(line.textContent, 'Call (312) 555-0100, or 555. Then 911.');
  assert.deepEqual([...line.querySelectorAll('a')].map((one) => [one.getAttribute('href'), one.textContent]), [
    ['tel:+13125550100', '(312) 555-0100'],
    ['tel:555', '555'],
  ]);
  assert.deepEqual([...line.querySelectorAll('.nowrap')].map((one) => one.textContent), ['(312) 555-0100,', '555.']);
});

for (const [minutes, words] of [[0, 'this minute'], [-1, '1 minute ago'], [-59, '59 minutes ago'], [-60, '1 hour ago'], [-47 * 60, '47 hours ago'], [-48 * 60, '2 days ago']]) {
  test(`${-minutes} minutes back are "${words}"`, () => {
    assert.equal(ago(new Date(Date.now() + minutes * 60_000)), words);
  });
}

test('a time of another day names the day', () => {
  assert.equal(/[A-Z][a-z]{2}/.test(wall(new Date())), false);
  assert.equal(/Fri/.test(wall('2026-11-20T12:00:00Z')), true);
});

test('a weekday names none but the last six days, and a card always the whole date', () => {
  assert.match(wall('2026-11-16T12:00:00Z'), /^Mon/);
  assert.match(wall('2026-11-14T12:00:00Z'), /^Nov\s14/);
  assert.match(wall('2026-11-24T12:00:00Z'), /^Nov\s24/);
  assert.match(fullMoment(new Date()), /^Nov\s2[12], 2026, /);
});

test('no line ends between the parts of a day or of an hour', () => {
  assert.match(wall('2026-11-14T12:00:00Z'), /^Nov\u00a014, \d+:00[\u00a0\u202f][AP]M$/);
  assert.match(fullMoment('2026-11-14T12:00:00Z'), /^Nov\u00a014, 2026, \d+:00[\u00a0\u202f][AP]M$/);
});

test('numbers are in the digits of thermometers and telephones in every language', (t) => {
  t.after(() => (document.documentElement.lang = 'en'));
  document.documentElement.lang = 'ar-EG';

  assert.match(wall('2026-11-20T12:34:00Z'), /34/);
});

test('the clock of a Spanish page is that of its other pages', (t) => {
  t.after(() => (document.documentElement.lang = 'en'));
  document.documentElement.lang = 'es';

  assert.match(wall(new Date(2026, 10, 22, 15, 19)), /\b3:19\sp\.\s?m\./);
});

test('a screen takes the place of the last one, and a reader starts at its top', () => {
  show(part('instead'));
  show(part('day-old'));

  assert.equal(document.getElementById('screen').textContent, 'a day old');
  assert.equal(document.activeElement.id, 'content');
});

// Last: from here on the templates are those of the other page.
test('a page of the server borrows the templates, from the cache or else from the network', async () => {
  const lent = (words) => page(`<template id="t-lent"><p>${words}</p></template>`);
  setGlobal('caches', { match: async () => lent('cached') });
  await borrowTemplates();
  assert.equal(part('lent').textContent, 'cached');

  setGlobal('caches', { match: async () => undefined });
  connect(() => lent('fetched'));
  await borrowTemplates();
  assert.equal(part('lent').textContent, 'fetched');

  setGlobal('caches', { match: () => Promise.reject(new DOMException('shut', 'SecurityError')) });
  connect(() => lent('fetched again'));
  await borrowTemplates();
  assert.equal(part('lent').textContent, 'fetched again');
});
