import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { beforeEach, test } from 'node:test';
import vm from 'node:vm';

const SOURCE = readFileSync(new URL('../../../notifications/static/notifications/push_worker.js', import.meta.url), 'utf8');
const ORIGIN = 'https://clinic.test';
let handlers;
let shown;
let windows;
let went;

beforeEach(() => {
  shown = [];
  windows = [];
  went = [];
  start('/console/');
});

/** A worker whose pages stand below this address. */
function start(home) {
  handlers = {};
  const self = {
    location: { origin: ORIGIN, host: 'clinic.test' },
    addEventListener: (name, handler) => (handlers[name] = handler),
    registration: { showNotification: async (...note) => shown.push(JSON.parse(JSON.stringify(note))) },
    clients: {
      matchAll: async () => windows,
      openWindow: async (address) => went.push(['opened', address]),
    },
  };
  vm.runInNewContext(SOURCE, { self, URL, PUSH_HOME: home });
}

async function fire(name, event) {
  const waits = [];
  handlers[name]({ ...event, waitUntil: (promise) => waits.push(promise) });
  assert.equal(waits.length, 1);
  await Promise.all(waits);
}

const push = (json) => fire('push', { data: { json } });

/** Somebody taps a notification that names this address. */
async function tap(address) {
  let isClosed = false;
  await fire('notificationclick', { notification: { data: address, close: () => (isClosed = true) } });
  assert.equal(isClosed, true);
}

function openPage({ path = '/console/', refuses = false } = {}) {
  windows.push({
    url: ORIGIN + path,
    focus: async () => went.push(['focused', path]),
    navigate: async (address) => (refuses ? Promise.reject(new TypeError('gone')) : went.push(['went', address])),
  });
}

test('a push shows what it says and stays until somebody answers', async () => {
  await push(() => ({ notification: { title: 'Kinwatch', body: 'You are paged', tag: 'page-1', navigate: '/console/e/1/' } }));

  assert.deepEqual(shown, [
    ['Kinwatch', { body: 'You are paged', tag: 'page-1', renotify: true, requireInteraction: true, data: '/console/e/1/' }],
  ]);
});

const LEAST = [['clinic.test', { body: '', tag: 'page', renotify: true, requireInteraction: true, data: '/console/' }]];
for (const [name, data] of [
  ['that cannot be read', { json: () => JSON.parse('{') }],
  ['that says nothing', { json: () => ({}) }],
  ['that is empty', null],
]) {
  test(`a push ${name} shows the least`, async () => {
    await fire('push', { data });

    assert.deepEqual(shown, LEAST);
  });
}

test('a tap opens what the page names', async () => {
  await tap('/console/e/1/');

  assert.deepEqual(went, [['opened', 'https://clinic.test/console/e/1/']]);
});

test('a console that is open already is used', async () => {
  openPage({ path: '/accounts/' });
  openPage();
  await tap('/console/e/1/');

  assert.deepEqual(went, [['focused', '/console/'], ['went', 'https://clinic.test/console/e/1/']]);
});

test('a console that cannot go there is left, and another opened', async () => {
  openPage({ refuses: true });
  await tap('/console/e/1/');

  assert.deepEqual(went, [['focused', '/console/'], ['opened', 'https://clinic.test/console/e/1/']]);
});

test('an address of another site opens nothing', async () => {
  await tap('https://elsewhere.test/console/');

  assert.deepEqual(went, []);
});

test('a family is never led away from a check-in, and home is used where it is open', async () => {
  start('/');
  openPage({ path: '/check-in/1/danger/' });
  openPage({ path: '/console/' });
  await tap('https://clinic.test/');
  openPage({ path: '/' });
  await tap('https://clinic.test/');

  assert.deepEqual(went, [['opened', 'https://clinic.test/'], ['focused', '/'], ['went', 'https://clinic.test/']]);
});
