import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { beforeEach, test } from 'node:test';
import vm from 'node:vm';

const SOURCE = readFileSync(new URL('../../../caregiver/static/caregiver/worker.js', import.meta.url), 'utf8');
const SOURCE_OFF = readFileSync(new URL('../../../caregiver/static/caregiver/worker_off.js', import.meta.url), 'utf8');
const ORIGIN = 'https://phone.test';
const SHELL = {
  page: '/offline/',
  files: ['/static/app.js', '/static/base.css'],
  answersFor: ['/', '/check-in/'],
  needsSignal: ['/settings/'],
  guidance: { start: '/learn/', list: '/learn/kept/', pages: { '/learn/fever/': '/learn/fever/kept/' }, pictures: ['/static/fever.svg'] },
  version: 'v2',
};
/** @type {Map<string, Map<string, string>>} */
let stored;
let network;
let timers;
let worker;

beforeEach(() => {
  stored = new Map();
  network = (url) => Promise.resolve(answer(`network ${url}`));
  timers = [];
  worker = start(SOURCE, `const SHELL = ${JSON.stringify(SHELL)};\n`);
});

test('installing keeps the shell and the guidance', async () => {
  await worker.fire('install');

  const kept = ['/static/app.js', '/static/base.css', '/offline/', '/learn/kept/', '/learn/fever/kept/', '/static/fever.svg'];
  assert.deepEqual([...stored.get('kinwatch-shell-v2').keys()], kept);
  assert.equal(worker.skipped, true);
});

test('guidance that cannot be fetched keeps nothing else off the phone', async () => {
  network = (url) => (url.includes('/learn/fever/') ? Promise.reject(new TypeError('lost')) : Promise.resolve(answer('page')));

  await worker.fire('install');

  assert.equal(stored.get('kinwatch-shell-v2').has('/learn/fever/kept/'), false);
  assert.equal(stored.get('kinwatch-shell-v2').has('/static/fever.svg'), true);
});

test('a shell that is not whole is not installed', async () => {
  network = (url) => (url.endsWith('app.js') ? Promise.reject(new TypeError('lost')) : Promise.resolve(answer('page')));

  await assert.rejects(worker.fire('install'));
});

test('a new version drops the old shells, and nothing that is not its own', async () => {
  for (const name of ['kinwatch-shell-v1', 'kinwatch-shell-v2', 'another-app']) stored.set(name, new Map());

  await worker.fire('activate');

  assert.deepEqual([...stored.keys()], ['kinwatch-shell-v2', 'another-app']);
  assert.equal(worker.claimed, true);
});

test('with a signal the server answers', async () => {
  await worker.fire('install');

  assert.equal(await worker.visit('/check-in/1/'), 'network https://phone.test/check-in/1/');
});

for (const [name, broken] of [
  ['no signal', () => Promise.reject(new TypeError('lost'))],
  ['a broken server', () => Promise.resolve(answer('broken', 502))],
]) {
  test(`the page on the phone stands in: ${name}`, async () => {
    await worker.fire('install');
    network = broken;

    assert.equal(await worker.visit('/'), 'network /offline/');
    assert.equal(await worker.visit('/check-in/1/body/'), 'network /offline/');
    assert.equal(await worker.visit('/learn/fever/'), 'network /learn/fever/kept/');
    assert.equal(await worker.visit('/learn/of-no-use-here/'), 'network /learn/kept/');
  });
}

test('a refusal of the server is its answer', async () => {
  await worker.fire('install');
  network = () => Promise.resolve(answer('not yours', 404));

  assert.equal(await worker.visit('/check-in/1/'), 'not yours');
});

test('a server that is silent for three seconds is given up', async () => {
  await worker.fire('install');
  network = () => new Promise(() => {});

  const shown = worker.visit('/');
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(timers.map(({ ms }) => ms), [3000]);
  timers[0].act();

  assert.equal(await shown, 'network /offline/');
});

test('a page that needs a signal is waited for, and its trouble is shown', async () => {
  await worker.fire('install');
  network = () => Promise.resolve(answer('broken', 502));
  assert.equal(await worker.visit('/settings/'), 'broken');
  assert.deepEqual(timers, []);

  network = () => Promise.reject(new TypeError('lost'));
  assert.equal(await worker.visit('/settings/'), 'network /offline/');
});

test('with nothing kept, no signal is no signal', async () => {
  network = () => Promise.reject(new TypeError('lost'));

  await assert.rejects(worker.visit('/'), /lost/);
  await assert.rejects(worker.visit('/settings/'), /lost/);
});

test('files of the shell come from the phone, and others are left alone', async () => {
  await worker.fire('install');
  network = () => Promise.resolve(answer('changed'));

  assert.equal(await worker.load('/static/app.js'), 'network /static/app.js');
  assert.equal(await worker.load('/static/fever.svg'), 'network /static/fever.svg');
  assert.equal(await worker.load('/static/other.js'), 'not ours');
  assert.equal(await worker.load('/static/app.js', { method: 'POST' }), 'not ours');
});

test('pages without a twin and other sites are left alone', async () => {
  assert.equal(await worker.visit('/console/'), 'not ours');
  assert.equal(await worker.load('/static/app.js', { origin: 'https://elsewhere.test' }), 'not ours');
});

test('no page of a person enters a cache', async () => {
  await worker.fire('install');
  const before = [...stored.get('kinwatch-shell-v2').keys()];

  await worker.visit('/');
  await worker.visit('/check-in/1/');
  await worker.visit('/learn/fever/');
  await worker.load('/static/app.js');

  assert.deepEqual([...stored.get('kinwatch-shell-v2').keys()], before);
});

test('a change of language renews the page and the guidance', async () => {
  await worker.fire('install');
  network = (url) => Promise.resolve(answer(`español ${url}`));

  await worker.fire('message', { data: 'something else' });
  assert.equal(stored.get('kinwatch-shell-v2').get('/offline/'), 'network /offline/');

  await worker.fire('message', { data: 'refresh-shell' });
  const { page, guidance } = SHELL;
  assert.deepEqual([page, guidance.list].map((one) => stored.get('kinwatch-shell-v2').get(one)), ['español /offline/', 'español /learn/kept/']);
});

test('switched off, the worker takes its caches and itself away', async () => {
  for (const name of ['kinwatch-shell-v1', 'kinwatch-shell-v2', 'another-app']) stored.set(name, new Map());
  const off = start(SOURCE_OFF);

  await off.fire('install');
  await off.fire('activate');

  assert.deepEqual([...stored.keys()], ['another-app']);
  assert.deepEqual([off.skipped, off.unregistered], [true, true]);
});

/** @param {string} words */
function answer(words, status = 200) {
  return { status, text: () => words };
}

/** What a browser brings to a worker: events, caches, the network. */
function start(source, before = '') {
  const handlers = {};
  const state = { skipped: false, claimed: false, unregistered: false };
  const self = {
    location: { origin: ORIGIN },
    addEventListener: (name, handler) => (handlers[name] = handler),
    skipWaiting: () => (state.skipped = true),
    clients: { claim: () => (state.claimed = true) },
    registration: { unregister: async () => (state.unregistered = true) },
  };
  const fetched = async (request) => network(typeof request === 'string' ? request : request.url);
  const open = async (name) => {
    if (!stored.has(name)) stored.set(name, new Map());
    const rows = stored.get(name);
    const add = async (request) => rows.set(request.url ?? request, (await fetched(request)).text());
    return { add, addAll: (all) => Promise.all(all.map(add)) };
  };
  const match = async (request, { cacheName }) => {
    const path = (request.url ?? request).replace(ORIGIN, '');
    const found = stored.get(cacheName)?.get(path);
    return found === undefined ? undefined : answer(found);
  };
  const caches = { open, match, keys: async () => [...stored.keys()], delete: async (name) => stored.delete(name) };
  const Request = class {
    constructor(url) {
      this.url = url;
    }
  };
  const setTimeout = (act, ms) => timers.push({ act, ms });
  vm.runInNewContext(before + source, { self, caches, fetch: fetched, Request, URL, setTimeout });

  const fire = async (name, event = {}) => {
    const waits = [];
    handlers[name]({ ...event, waitUntil: (promise) => waits.push(promise) });
    await Promise.all(waits);
  };
  const ask = async (request) => {
    let answered;
    handlers.fetch({ request, respondWith: (promise) => (answered = promise) });
    return answered === undefined ? 'not ours' : (await answered).text();
  };
  return {
    fire,
    visit: (path) => ask({ url: ORIGIN + path, mode: 'navigate', method: 'GET' }),
    load: (path, { method = 'GET', origin = ORIGIN } = {}) => ask({ url: origin + path, mode: 'cors', method }),
    get skipped() {
      return state.skipped;
    },
    get claimed() {
      return state.claimed;
    },
    get unregistered() {
      return state.unregistered;
    },
  };
}
