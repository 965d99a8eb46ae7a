import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { openPage, showBody } from '../page.js';

openPage('', 'https://clinic.test/console/');
const { placeOf, putRows } = await import('#console/rows.js');
window.htmx = { process() {} };

const since = (minute) => `2026-11-22T08:${String(minute).padStart(2, '0')}:00.000Z`;
function row(id, { level = 'urgent', at = 0, taken, aside, left } = {}) {
  const state = taken === undefined ? 'data-waiting-row' : `data-taken="${since(taken)}" ${aside ? 'data-aside' : ''}`;
  return `<li data-row data-id="${id}" data-level="${level}" data-since="${since(at)}" ${state} ${left ? 'data-left-out' : ''}>
    <a class="work-link" href="#${id}">${id}</a><button class="button">Take</button></li>`;
}
function list(waiting, handled = '', more = '') {
  showBody(`<div id="worklist" class="worklist" data-locked="no" data-unscored="0" data-waiting="2">
    <div id="work-head">old</div><span id="waiting-count">2</span>
    <ul data-rows="waiting">${waiting}</ul><ul data-rows="handled">${handled}</ul>${more}</div>`);
  return document.getElementById('worklist');
}
function answer(rows, data = {}) {
  const made = document.createElement('div');
  Object.assign(made.dataset, { locked: 'no', unscored: '0', waiting: '3', version: '9', ...data });
  made.innerHTML = `<div id="work-head">new</div><span id="waiting-count">3</span><ul>${rows}</ul>`;
  return made;
}
const shown = (section = 'waiting') => [...document.querySelectorAll(`[data-rows="${section}"] [data-row]`)].map((one) => one.dataset.id);
let before;

beforeEach(() => {
  before = list(row('a', { level: 'emergency', at: 3 }) + row('b', { at: 1 }) + row('c', { level: 'watch' }));
});

test('a new row stands by its level, then by how long it has waited', () => {
  putRows(before, answer(row('d', { at: 2 })), ['d']);
  putRows(before, answer(row('e', { at: 0 })), ['e']);

  assert.deepEqual(shown(), ['a', 'e', 'b', 'd', 'c']);
  assert.equal(placeOf(before, 'd'), 4);
  assert.deepEqual([before.dataset.waiting, before.dataset.version], ['3', '9']);
  assert.deepEqual([document.getElementById('work-head').textContent, document.getElementById('waiting-count').textContent], ['new', '3']);
});

test('a row that rises moves up, and the others are the same elements', () => {
  const others = ['a', 'b'].map((id) => document.querySelector(`[data-id="${id}"]`));
  putRows(before, answer(row('c', { level: 'emergency', at: 9 })), ['c']);

  assert.deepEqual(shown(), ['a', 'c', 'b']);
  assert.deepEqual(others, ['a', 'b'].map((id) => document.querySelector(`[data-id="${id}"]`)));
});

test('a row that somebody took goes to those in hand', () => {
  before = list(row('a') + row('b', { at: 1 }), row('x', { taken: 1 }) + row('y', { taken: 9 }));
  const put = putRows(before, answer(row('a', { taken: 5 })), ['a']);

  assert.deepEqual([shown(), shown('handled'), put.isWhole], [['b'], ['x', 'a', 'y'], false]);
});

test('a row that is closed goes', () => {
  const put = putRows(before, answer(''), ['b']);

  assert.deepEqual([shown(), put.isWhole], [['a', 'c'], false]);
});

test('the last row of a section, the first of another, and a lock are matters of the whole list', () => {
  const one = list(row('a'));
  assert.equal(putRows(one, answer(''), ['a']).isWhole, true);
  assert.equal(putRows(list(row('a') + row('b')), answer(row('a', { taken: 1, aside: true })), ['a']).isWhole, true);
  assert.equal(putRows(list(row('a')), answer(row('a'), { unscored: '1' }), ['a']).isWhole, true);
  assert.equal(putRows(list(row('a')), answer(row('a'), { locked: 'yes' }), ['a']).isWhole, true);
});

test('the focus stays on what had it in the row', () => {
  document.querySelector('[data-id="b"] button').focus();
  putRows(before, answer(row('b', { at: 1, level: 'emergency' })), ['b']);

  assert.equal(document.activeElement.localName, 'button');
  assert.equal(document.activeElement.closest('[data-row]').dataset.id, 'b');
});

test('where only what is in hand is cut, a new row that waits is shown, and so is one that was taken', () => {
  before = list(row('a') + row('b', { at: 1 }), row('x', { taken: 1 }), '<p class="work-more" data-more="handled"></p>');
  putRows(before, answer(row('d', { level: 'watch' })), ['d']);
  putRows(before, answer(row('a', { taken: 5 })), ['a']);

  assert.deepEqual([shown(), shown('handled')], [['b', 'd'], ['x', 'a']]);
});

test('below the end of a list that is cut, and outside its filter, a row is told and not shown', () => {
  before = list(row('a', { level: 'emergency' }) + row('b'), '', '<p class="work-more" data-more="waiting"></p>');
  const low = putRows(before, answer(row('12345678-9', { level: 'watch', at: 4 })), ['12345678-9']);
  const left = putRows(before, answer(row('z', { level: 'emergency', at: 4, left: true })), ['z']);

  assert.deepEqual([shown(), low.unshown.length, left.unshown.length], [['a', 'b'], 1, 1]);
  assert.match(before.dataset.below, /^123456781\w+ z4\w+ $/);
});
