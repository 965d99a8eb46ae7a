import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { settle, stopClock } from '../clock.js';
import { connect, disconnect, page } from '../network.js';
import { hidePage, openPage, showBody } from '../page.js';

openPage();
const { watchStatus } = await import('#caregiver/report_status.js');
const TRACK = (words) => `<ol class="track"><li>${words}</li></ol>`;
let clock;

beforeEach(() => {
  clock = stopClock();
  showBody(`<div data-url="/reports/1/status/">${TRACK('Received')}</div>`);
});
afterEach(() => clock.uninstall());

const place = () => document.querySelector('[data-url]');
const pass = async (ms) => {
  await clock.tickAsync(ms);
  await settle();
};

test('what the clinic did shows within five seconds', async () => {
  const calls = connect(() => page(TRACK('Seen by a nurse')));
  watchStatus(place());

  await pass(5000);

  assert.equal(place().textContent, 'Seen by a nurse');
  assert.deepEqual([calls[0].url, calls[0].headers, calls[0].options.redirect], ['/reports/1/status/', { 'X-Requested-With': 'fetch' }, 'error']);
});

test('words that say the same are not spoken again', async () => {
  connect(() => page(TRACK('  Received\n ')));
  watchStatus(place());
  const spoken = place().firstChild;

  await pass(5000);

  assert.equal(place().firstChild, spoken);
});

test('a page that is not ours changes nothing', async () => {
  watchStatus(place());
  for (const answer of [() => page('<h1>Welcome</h1>'), () => page(TRACK('Broken'), 500)]) {
    connect(answer);
    await pass(5000);
  }
  disconnect();
  await pass(5000);

  assert.equal(place().textContent, 'Received');
});

test('nothing is asked while nobody looks, and at once when somebody does again', async () => {
  watchStatus(place());
  hidePage(true);
  const calls = connect(() => page(TRACK('Seen')));
  await pass(60_000);
  assert.equal(calls.length, 0);

  hidePage(false);
  await pass(0);

  assert.equal(place().textContent, 'Seen');
});

test('a place without an address is told so', () => {
  assert.throws(() => watchStatus(document.createElement('div')), /data-url is missing/);
});
