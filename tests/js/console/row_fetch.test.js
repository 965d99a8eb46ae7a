import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { connect } from '../network.js';
import { openPage, showBody } from '../page.js';

openPage('', 'https://clinic.test/console/');
const { RowFetch } = await import('#console/row_fetch.js');
window.htmx = { process() {} };

const row = (id, left = '') => `<li data-row data-id="${id}" data-level="emergency" data-since="2026-11-22T08:00:00.000Z" data-waiting-row ${left}></li>`;
const data = (version) => `data-version="${version}" data-versions="clinic:${version}" data-locked="no" data-unscored="0"`;
const list = (query, version, rows) =>
  `<div id="worklist" ${data(version)} hx-get="/console/worklist/${query}"><ul data-rows="waiting">${rows}</ul></div>`;
const opened = { type: 'escalation.opened', version: 5, change: 'clinic:5', ref: 'g' };
const shown = () => [...document.querySelectorAll('[data-row]')].map((one) => one.dataset.id);
const worklist = () => document.getElementById('worklist');

let whole, answer, asked, fetcher;

function show(query, version, rows) {
  showBody(list(query, version, rows));
  fetcher.listArrived(worklist());
}

beforeEach(() => {
  whole = 0;
  asked = connect(() => new Promise((resolve) => { answer = resolve; }));
  fetcher = new RowFetch(() => { whole += 1; }, () => {});
});

async function hear(frame) {
  fetcher.hears(frame);
  while (!asked.length) await pause(5);
}

async function give(rows) {
  answer(new Response(`<div ${data(5)}><ul>${rows}</ul></div>`));
  await pause(20);
}

test('a row that a frame names is fetched for the list as it is and put there', async () => {
  show('', 4, row('a'));
  await hear(opened);
  await give(row('g'));

  assert.equal(asked[0].url, 'https://clinic.test/console/worklist/?rows=g');
  assert.deepEqual([shown().includes('g'), whole], [true, 0]);
});

test('an answer for another level or search takes nothing from the list that is there now', async () => {
  show('?level=watch', 4, row('a'));
  await hear(opened);
  show('', 5, row('a') + row('g'));
  await give(row('g', 'data-left-out'));

  assert.deepEqual(shown(), ['a', 'g']);
  assert.equal(whole, 1);
});

test('a list that is asked for because its rows may not be right does not say that it stands', async () => {
  show('', 4, row('a'));
  worklist().dataset.mark = 'abc';
  fetcher.hears({ type: 'alarm', version: 5, change: 'clinic:5', ref: '' });

  assert.deepEqual([whole, worklist().dataset.mark], [1, undefined]);
});
