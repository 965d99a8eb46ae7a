import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { settle, stopClock } from '../../clock.js';
import { connect, disconnect, json, page } from '../../network.js';
import { openPage } from '../../page.js';
import { freshPhone } from '../../phone.js';
import { kept, pack, patient } from '../made.js';

openPage();
freshPhone();
const { endToken, forgetAll, forgetPerson, loadPack, loadToken, refreshPack, remember } = await import('#caregiver/offline/pack.js');
const { keep, waiting } = await import('#caregiver/offline/queue.js');
const { all, get, put } = await import('#caregiver/offline/store.js');
const { ensureKey, lock } = await import('#caregiver/offline/vault.js');
let clock;

beforeEach(() => {
  clock = stopClock('2026-11-22T08:00:00Z');
  freshPhone();
});
afterEach(() => clock.uninstall());

async function store(made) {
  await ensureKey();
  await put('kept', 'pack', await lock(made));
}

/** The server's side of taking a checklist along. */
function serve({ made = pack(), token = 'token-1' } = {}) {
  return connect(({ url }) => (url === '/sync/pack/' ? json(made) : json({ token }, 201)));
}

test('a phone that took nothing along has nothing', async () => {
  assert.deepEqual(await loadPack(), { state: 'none', pack: null });
});

for (const [state, at] of [
  ['ready', '2026-11-22T07:00:00Z'],
  ['ready', '2026-11-29T07:00:00Z'],
  ['expired', '2026-11-29T07:00:01Z'],
  // A clock that runs a little behind is no reason to refuse; one that is days behind hides how old the pack is.
  ['ready', '2026-11-21T07:00:00Z'],
  ['expired', '2026-11-21T06:59:59Z'],
]) {
  test(`a pack of seven days is ${state} at ${at}`, async () => {
    await store(pack());

    assert.deepEqual(await loadPack(new Date(at)), { state, pack: pack() });
  });
}

test('a first visit takes the checklist and a token along', async () => {
  const calls = serve();

  assert.equal(await refreshPack('csrf-1'), true);

  assert.deepEqual(await loadPack(), { state: 'ready', pack: pack() });
  assert.equal(await loadToken(), 'token-1');
  assert.deepEqual(calls.map(({ url, method }) => [method, url]), [['GET', '/sync/pack/'], ['POST', '/sync/phone/enrol/']]);
  assert.deepEqual(calls[1].headers, { 'X-CSRFToken': 'csrf-1' });
});

test('the next visit needs no other token', async () => {
  serve();
  await refreshPack('');
  const calls = serve({ made: pack({ made_at: '2026-11-22T07:30:00Z' }), token: 'token-2' });

  await refreshPack('');

  assert.equal(calls.length, 1);
  assert.equal(await loadToken(), 'token-1');
  assert.equal((await loadPack()).pack.made_at, '2026-11-22T07:30:00Z');
});

test('another person on this phone finds nothing of the one before', async () => {
  serve();
  await refreshPack('');
  await put('drafts', 'patient', 'draft of the first');
  serve({ made: pack({ person: 'person-2' }), token: 'token-2' });

  await refreshPack('');

  assert.equal((await loadPack()).pack.person, 'person-2');
  assert.equal(await loadToken(), 'token-2');
  assert.deepEqual(await all('drafts'), []);
});

test('a visitor takes nothing along', async () => {
  connect(() => new Response(null, { status: 204 }));

  assert.equal(await refreshPack(''), false);
  assert.deepEqual(await all('kept'), []);
});

test('a phone that is nobody’s any more forgets what it took along', async () => {
  serve();
  await refreshPack('');
  connect(() => json({ forget: true }));

  assert.equal(await refreshPack(''), false);
  assert.deepEqual([await loadPack(), await loadToken()], [{ state: 'none', pack: null }, undefined]);
});

test('a phone that waits takes nothing along but a token, and that once, so that what it kept goes out', async () => {
  await keep(kept('a'));
  const calls = serve({ made: { forget: true, waits: true } });

  await refreshPack('csrf-1');
  assert.equal(await refreshPack('csrf-1'), false);

  assert.deepEqual(await loadPack(), { state: 'none', pack: null });
  assert.equal(await loadToken(), 'token-1');
  assert.equal(calls.filter(({ method }) => method === 'POST').length, 1);
  assert.equal((await waiting()).length, 1);
});

for (const [name, answer] of [
  ['no signal', () => Promise.reject(new TypeError('Failed to fetch'))],
  ['a sign-in page of a hotel', () => page('<h1>Welcome</h1>')],
  ['a server that is broken', () => json({ detail: 'broken' }, 500)],
]) {
  test(`what was taken along stays where asking again may help: ${name}`, async () => {
    await store(pack());
    connect(answer);

    assert.equal(await refreshPack(''), null);
    assert.deepEqual(await loadPack(), { state: 'ready', pack: pack() });
  });
}

test('without a token yet, asking again may help', async () => {
  connect(({ url }) => (url === '/sync/pack/' ? json(pack()) : page('Forbidden', 403)));

  assert.equal(await refreshPack(''), null);
  assert.equal((await loadPack()).state, 'ready');
});

test('a report of this phone is history for the next one, the newest first', async () => {
  const older = { id: 'old', at: '2026-11-21T08:00:00Z', answers: {} };
  const newer = { id: 'new', at: '2026-11-22T08:00:00Z', answers: { pain: 1 } };
  await store(pack({ patients: [patient({ history: [older] })] }));

  await remember(patient().id, newer);
  await remember('somebody-else', newer);

  assert.deepEqual((await loadPack()).pack.patients[0].history, [newer, older]);
});

test('forgetting a person leaves sealed reports, which only the clinic can read', async () => {
  await store(pack());
  await put('kept', 'token', 'token-1');
  await keep(kept('a'));

  await forgetPerson();

  assert.deepEqual([(await loadPack()).state, await loadToken()], ['none', undefined]);
  assert.deepEqual(await waiting(), [kept('a')]);
});

test('ending a token tells the server, and no signal is no error', async () => {
  const calls = connect(() => new Response(null, { status: 204 }));
  await endToken('token-1');
  const { url, method, headers, options } = calls[0];
  assert.deepEqual([method, url, headers, options.credentials], ['DELETE', '/sync/phone/', { Authorization: 'Bearer token-1' }, 'omit']);

  disconnect();
  await endToken('token-1');
});

// Last: a page that signed out fetches nothing about anybody any more.
test('a sign-out takes everything, and an answer from before it fills nothing again', async () => {
  await store(pack());
  await put('kept', 'token', 'token-1');
  let answer;
  connect(() => new Promise((resolve) => {
    answer = () => resolve(json(pack()));
  }));
  const refreshing = refreshPack('');
  await settle();

  const leaving = forgetAll();
  answer();
  await leaving;

  // A page that is refused its answer says that asking again may help; it is about to be gone.
  assert.equal(await Promise.race([refreshing, settle().then(() => 'waits')]), null);
  assert.deepEqual(await all('kept'), []);
  assert.equal(await get('kept', 'vault-key'), undefined);
  const calls = serve();
  const late = refreshPack('');
  await settle();
  assert.deepEqual([calls.length, await all('kept'), await Promise.race([late, 'waits'])], [0, [], 'waits']);
});
