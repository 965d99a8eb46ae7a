import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { settle, stopClock } from '../clock.js';
import { connect, disconnect, json } from '../network.js';
import { hidePage, openPage, showBody } from '../page.js';

openPage();
const { watchNewDevice } = await import('#caregiver/new_device.js');
let clock;
let opened;

beforeEach(() => {
  clock = stopClock();
  showBody('<section data-url="/phones/state/"></section>');
  opened = 0;
  watchNewDevice(document.querySelector('section'), () => (opened += 1));
});
afterEach(() => clock.uninstall());

const pass = async (ms) => {
  await clock.tickAsync(ms);
  await settle();
};

test('it opens by itself once somebody has said that it is theirs', async () => {
  const calls = connect(() => json({ waits: true }));
  await pass(10_000);
  assert.deepEqual([calls.length, opened], [1, 0]);

  connect(() => json({ waits: false }));
  await pass(10_000);

  assert.equal(opened, 1);
});

test('whoever was signed out meanwhile is asked to sign in', async () => {
  connect(() => json({}, 401));

  await pass(10_000);

  assert.equal(opened, 1);
});

test('no signal, or a page that is not ours, changes nothing', async () => {
  disconnect();
  await pass(10_000);
  connect(() => json({ detail: 'broken' }, 500));
  await pass(10_000);

  assert.equal(opened, 0);
});

test('nobody is asked while nobody looks', async () => {
  const calls = connect(() => json({ waits: false }));
  hidePage(true);

  await pass(30_000);

  assert.equal(calls.length, 0);
  hidePage(false);
});
