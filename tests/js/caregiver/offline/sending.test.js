import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { settle, stopClock } from '../../clock.js';
import { connect, disconnect, json, page, stall } from '../../network.js';
import { hidePage, openPage } from '../../page.js';
import { freshPhone } from '../../phone.js';
import { kept, receipt } from '../made.js';

openPage();
freshPhone();
const { keepSending, onNews, send, sendAll } = await import('#caregiver/offline/sending.js');
const { held: onPhone, keep, waiting } = await import('#caregiver/offline/queue.js');
const { put } = await import('#caregiver/offline/store.js');
const SECOND_MS = 1000;
let clock;
let news = [];
onNews((one) => news.push(one));

beforeEach(() => {
  clock = stopClock('2026-11-22T08:00:00Z');
  freshPhone();
  news = [];
});
afterEach(() => clock.uninstall());

test('a receipt that names the report lets go of it, and everybody hears', async () => {
  await keep(kept('a'));
  connect(() => json(receipt('a'), 201));

  assert.equal(await sendAll(), 0);

  assert.deepEqual(await waiting(), []);
  assert.deepEqual(news, [
    { id: 'a', state: 'sending' },
    { id: 'a', state: 'received', problem: '', receipt: receipt('a') },
  ]);
});

test('what goes out carries its token, the time on this phone, and no cookie', async () => {
  await keep(kept('a'));
  await keep(kept('b', { kind: 'worries', keptAt: '2026-11-22T09:00:00.000Z' }));
  const calls = connect((call) => json(receipt(call.url.split('/')[3])));

  await sendAll();

  assert.deepEqual(calls.map(({ url, method }) => [method, url]), [
    ['PUT', '/sync/reports/a/'],
    ['PUT', '/sync/worries/b/'],
  ]);
  assert.deepEqual(JSON.parse(calls[0].body), { ...kept('a').envelope, device_now: '2026-11-22T08:00:00.000Z' });
  assert.deepEqual(calls[0].headers, { 'Content-Type': 'application/json', Authorization: 'Bearer token-1' });
  const { credentials, redirect, cache } = calls[0].options;
  assert.deepEqual({ credentials, redirect, cache }, { credentials: 'omit', redirect: 'error', cache: 'no-store' });
});

const NO_RECEIPT = {
  'a sign-in page of a hotel': () => page('<h1>Welcome</h1>'),
  'a receipt for another report': () => json(receipt('b')),
  'a receipt without a time': () => json({ ...receipt('a'), received_at: '' }),
  'JSON of a stranger': () => json({ ok: true }),
  'a server that is broken': () => json({ detail: 'broken' }, 500),
  'a refusal that is not ours': () => page('Forbidden', 403),
  'an answer that breaks off': () => new Response('{"id": "a"', { headers: { 'Content-Type': 'application/json' } }),
  'no signal': () => Promise.reject(new TypeError('Failed to fetch')),
};
for (const [name, answer] of Object.entries(NO_RECEIPT)) {
  test(`it stays, and goes out by itself later: ${name}`, async () => {
    await keep(kept('a'));
    connect(answer);

    assert.equal(await sendAll(), 1);

    assert.deepEqual(await waiting(), [kept('a')]);
    assert.deepEqual(news.at(-1), { id: 'a', state: 'waiting', problem: '', receipt: null });
  });
}

for (const [status, problem] of [[400, 'attention'], [401, 'sign_in'], [403, 'no_access'], [409, 'attention'], [413, 'attention'], [422, 'attention']]) {
  test(`it stays, and somebody must act: ${status} is ${problem}`, async () => {
    await keep(kept('a'));
    const calls = connect(() => json({ detail: 'no' }, status));

    assert.equal(await sendAll(), 0);
    assert.deepEqual(await waiting(), [kept('a', { problem })]);
    assert.equal(news.at(-1).problem, problem);

    await sendAll();
    assert.equal(calls.length, 1);
  });
}

test('one that was refused does not hold up the next', async () => {
  await keep(kept('a'));
  await keep(kept('b', { keptAt: '2026-11-22T09:00:00.000Z' }));
  connect(({ url }) => (url.includes('/a/') ? json({ detail: 'no' }, 422) : json(receipt('b'))));

  await sendAll();

  assert.deepEqual((await waiting()).map(({ id }) => id), ['a']);
});

test('after another sign-in it goes out with the new token', async () => {
  await keep(kept('a', { problem: 'sign_in' }));
  await keep(kept('b', { problem: 'attention', keptAt: '2026-11-22T09:00:00.000Z' }));
  await put('kept', 'token', 'token-2');
  const calls = connect(() => json(receipt('a')));

  await sendAll();

  assert.deepEqual(calls.map(({ url, headers }) => [url, headers.Authorization]), [['/sync/reports/a/', 'Bearer token-2']]);
  assert.deepEqual((await waiting()).map(({ id }) => id), ['b']);
});

test('a line on which nothing comes back is given up after fifteen seconds', async () => {
  const report = kept('a');
  stall();
  let found = 'nothing yet';
  send(report).then((answer) => {
    found = answer;
  });

  await clock.tickAsync(15 * SECOND_MS - 1);
  assert.equal(found, 'nothing yet');
  await clock.tickAsync(1);
  assert.equal(found, null);
});

test('while another tab sends, this one leaves it to that', async () => {
  await keep(kept('a'));
  const calls = disconnect();
  let free;
  const held = navigator.locks.request('kinwatch-sending', () => new Promise((resolve) => {
    free = resolve;
  }));
  await settle();

  assert.equal(await sendAll(), 1);
  assert.equal(calls.length, 0);

  free();
  await held;
  await sendAll();
  assert.equal(calls.length, 1);
});

test('a browser without locks sends all the same', async () => {
  navigator.locks = undefined;
  await keep(kept('a'));
  connect(() => json(receipt('a')));

  assert.equal(await sendAll(), 0);
});

test('a phone whose storage fails is tried again', async () => {
  indexedDB.open = () => {
    throw new DOMException('shut', 'UnknownError');
  };

  assert.equal(await sendAll(), 1);
});

test('other tabs hear of it, and this one hears of theirs', async () => {
  const tab = new BroadcastChannel('kinwatch-sending');
  const heard = [];
  tab.onmessage = ({ data }) => heard.push(data);
  await keep(kept('a'));
  connect(() => json(receipt('a')));

  await sendAll();
  tab.postMessage({ id: 'z', state: 'sending' });
  await settle();

  assert.deepEqual(heard.map(({ id, state }) => [id, state]), [['a', 'sending'], ['a', 'received']]);
  assert.deepEqual(news.at(-1), { id: 'z', state: 'sending' });
  tab.close();
});

test('it is tried again, less and less often, and at once when there may be a signal', async () => {
  await keep(kept('a'));
  const calls = disconnect();
  const pass = async (seconds) => {
    await settle();
    await clock.tickAsync(seconds * SECOND_MS);
    await settle();
    return calls.length;
  };

  keepSending();
  assert.deepEqual([await pass(0), await pass(4.9), await pass(0.1)], [1, 1, 2]);
  assert.deepEqual([await pass(9.9), await pass(0.1)], [2, 3]);
  for (const pause of [20, 40, 80, 160, 300]) await pass(pause);
  assert.deepEqual([calls.length, await pass(299.9), await pass(0.1)], [8, 8, 9]);

  window.dispatchEvent(new Event('online'));
  assert.deepEqual([await pass(0), await pass(5)], [10, 11]);

  hidePage(true);
  assert.equal(await pass(600), 11);
  hidePage(false);
  assert.equal(await pass(0), 12);

  connect(() => json(receipt('a')));
  window.dispatchEvent(new Event('focus'));
  await pass(0);
  assert.deepEqual(await waiting(), []);
  const after = connect(() => json(receipt('a')));
  await pass(3600);
  assert.equal(after.length, 0);
});

const LATER = '2026-11-22T10:00:00Z';

/** A report with a receipt, and two hours later a clinic that answers as told. */
async function handedIn(...ids) {
  for (const id of ids) await keep(kept(id));
  connect((call) => json(receipt(call.url.split('/')[3]), 201));
  await sendAll();
  await put('kept', 'token', 'token-1');
  clock.setSystemTime(new Date(LATER));
  news = [];
}

test('what the clinic has lost since its receipt goes out again, and once', async () => {
  await handedIn('a', 'b');
  const lost = [['b'], []];
  const calls = connect((call) => json(call.method === 'POST' ? { lost: lost.shift() } : receipt('b'), 201));

  await sendAll();
  await sendAll();
  clock.setSystemTime(new Date('2026-11-22T12:00:00Z'));
  await sendAll();

  assert.deepEqual(calls.map(({ method, url }) => [method, url]), [
    ['POST', '/sync/held/'],
    ['PUT', '/sync/reports/b/'],
    ['POST', '/sync/held/'],
  ]);
  assert.deepEqual(JSON.parse(calls[0].body), { ids: ['a', 'b'] });
  assert.equal(calls[0].headers.Authorization, 'Bearer token-1');
  assert.deepEqual(news.map(({ id, state }) => [id, state]), [['b', 'sending'], ['b', 'received']]);
  assert.deepEqual(await waiting(), []);
});

test('a clinic that still has everything is not asked again within the hour', async () => {
  await handedIn('a');
  const calls = connect(() => json({ lost: [] }));

  await sendAll();
  await sendAll();

  assert.equal(calls.length, 1);
});

for (const [name, answer] of Object.entries({
  'no signal': () => Promise.reject(new TypeError('Failed to fetch')),
  'a sign-in page of a hotel': () => page('<h1>Welcome</h1>'),
  'JSON of a stranger': () => json({ ok: true }),
  'a token that has ended': () => json({ error: { code: 'sign_in' } }, 401),
})) {
  test(`nothing is taken for lost: ${name}`, async () => {
    await handedIn('a');
    connect(answer);

    assert.equal(await sendAll(), 0);

    assert.deepEqual((await onPhone()).map((one) => one.id), ['a']);
    assert.deepEqual(await waiting(), []);
  });
}

for (const [status, problem] of Object.entries({ 403: 'no_access', 409: 'attention', 422: 'attention' })) {
  test(`what was lost and is refused with ${status} stays, and everybody hears`, async () => {
    await handedIn('a');
    connect((call) => (call.method === 'POST' ? json({ lost: ['a'] }) : json({ error: { code: 'no' } }, Number(status))));

    await sendAll();
    await sendAll();

    assert.deepEqual((await waiting()).map((one) => [one.id, one.problem, one.isAgain]), [['a', problem, true]]);
    assert.deepEqual(news.map((one) => [one.state, one.problem]), [['sending', undefined], ['waiting', problem]]);
  });
}

test('what was lost waits like any other while there is no signal', async () => {
  await handedIn('a');
  connect((call) => (call.method === 'POST' ? json({ lost: ['a'] }) : Promise.reject(new TypeError('Failed to fetch'))));

  assert.equal(await sendAll(), 1);

  assert.deepEqual((await waiting()).map((one) => [one.id, one.isAgain]), [['a', true]]);
});
