import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { stopClock } from '../../clock.js';
import { connect, json } from '../../network.js';
import { openPage } from '../../page.js';
import { freshPhone } from '../../phone.js';
import { kept, LINE, pack, patient, receipt } from '../made.js';
import { SHELL } from './shell_page.js';

openPage(SHELL);
freshPhone();
const { followAll, followReport, showLost } = await import('#caregiver/offline/states.js');
const { describe, keep } = await import('#caregiver/offline/queue.js');
const { sendAll } = await import('#caregiver/offline/sending.js');
const { ensureKey, dropKey, lock } = await import('#caregiver/offline/vault.js');
const { put } = await import('#caregiver/offline/store.js');
const MINUTE_MS = 60_000;
let clock;
let box;

beforeEach(() => {
  clock = stopClock('2026-11-22T08:00:00Z');
  freshPhone();
  box = document.createElement('div');
  document.body.append(box);
});
afterEach(() => {
  box.remove();
  clock.uninstall();
});

/** The words of a state without its time. */
function words() {
  const copy = box.cloneNode(true);
  copy.querySelectorAll('time').forEach((time) => time.remove());
  return copy.textContent;
}

const line = 'CAR-T line(312) 555-0100';

test('a report is saved, is sent, is received', () => {
  const follow = followReport(box, kept('a'));
  assert.equal(words(), 'waiting');

  follow({ id: 'a', state: 'sending' });
  assert.equal(words(), 'sending');

  follow({ id: 'a', state: 'received', receipt: receipt('a') });
  assert.equal(words(), 'receivedpage');
  assert.equal(box.querySelector('a').getAttribute('href'), '/reports/a/');
  assert.equal(box.querySelector('.send-state').dataset.state, 'received');
});

test('what the clinic has lost and refuses says so, and whom to tell, however old it is', () => {
  const keptAt = '2026-11-12T08:00:00Z';
  followReport(box, kept('a', { keptAt, isAgain: true, problem: 'attention' }));

  assert.equal(words(), `missingtell them${line}`);
});

test('after two minutes it says whom to call instead, while it goes on trying', () => {
  followReport(box, kept('a'));
  clock.tick(2 * MINUTE_MS);
  assert.equal(words(), 'waiting');

  clock.tick(5000);

  assert.equal(words(), `waitingcall instead${line}`);
});

test('after a day it urges', () => {
  followReport(box, kept('a', { keptAt: '2026-11-21T07:59:00.000Z' }));

  assert.equal(box.textContent.endsWith(`a day old${line}`), true);
});

test('what the clinic refused names the number at once', () => {
  const follow = followReport(box, kept('a'));

  follow({ id: 'a', state: 'waiting', problem: 'attention' });

  assert.equal(words(), `attentioncall instead${line}`);
});

test('a report that needs a sign-in first does not yet urge', () => {
  const follow = followReport(box, kept('a'));

  follow({ id: 'a', state: 'waiting', problem: 'sign_in' });

  assert.equal(words(), 'sign in');
});

test('once received, nobody is urged however late it was', () => {
  const follow = followReport(box, kept('a', { keptAt: '2026-11-20T08:00:00.000Z' }));

  follow({ id: 'a', state: 'received', receipt: receipt('a') });

  assert.equal(words(), 'receivedpage');
});

test('words that say the same are not spoken again', () => {
  followReport(box, kept('a'));
  const spoken = box.firstChild;
  clock.tick(MINUTE_MS);

  assert.equal(box.firstChild, spoken);
});

test('a place that left the page is not kept alive', () => {
  followReport(box, kept('a'));
  box.remove();
  clock.tick(5000);

  assert.equal(clock.countTimers(), 0);
});

test('each report on the phone has a card, which hears of its sending', async () => {
  await keep(kept('a'));
  await keep(kept('b', { keptAt: '2026-11-22T08:00:00.001Z' }));
  assert.equal(await followAll(box), 2);
  connect(({ url }) => (url.includes('/a/') ? json(receipt('a')) : json({ detail: 'no' }, 422)));

  await sendAll();

  const states = [...box.querySelectorAll('section[role="status"] .send-state')].map((one) => one.dataset.state);
  assert.deepEqual(states, ['received', 'attention']);
});

const ADVICE = { level: 'emergency', title: 'Call 911 now', steps: [], call: [patient().calls.emergency], note: '' };

/** A quiet check-in, a danger sign and a worry on one phone, of the person to whom it belongs. */
async function keepThree() {
  await ensureKey();
  await put('kept', 'pack', await lock(pack()));
  const about = { person: 'person-1', patient: patient().id };
  const told = [[{ ...about, advice: { ...ADVICE, level: 'none' } }], [{ ...about, advice: ADVICE }], [about, { kind: 'worries' }]];
  for (const [at, [what, more]] of told.entries()) {
    const one = kept(`k${at}`, { keptAt: `2026-11-22T07:5${at}:00.000Z`, ...more });
    await describe(one, what);
    await keep(one);
  }
}

test('an emergency that was not sent comes first, and says for whom and whom to call', async () => {
  await keepThree();

  await followAll(box);

  const [first] = box.children;
  assert.equal(first.className, 'result level-emergency');
  assert.equal(first.textContent, 'Call 911 nowAna RuizCall 911');
  assert.equal(first.querySelector('use').getAttribute('href'), '/icons.svg#emergency');
  const cards = [...box.querySelectorAll('section.card h2 + p')].map((one) => one.textContent);
  assert.deepEqual(cards, ['[reports] · [emergency]', '[reports] · [none]', '[worries]']);
});

for (const [who, change] of Object.entries({
  'after a sign-out': dropKey,
  'of somebody else': async () => put('kept', 'pack', await lock(pack({ person: 'person-2' }))),
  'whose patient is theirs no more': async () => put('kept', 'pack', await lock(pack({ patients: [] }))),
})) {
  test(`a phone ${who} says of what it keeps only that it waits`, async () => {
    await keepThree();
    await change();

    await followAll(box);

    assert.equal(box.textContent.includes('Ana') || box.textContent.includes('911'), false);
    assert.equal(box.querySelectorAll('.send-state').length, 3);
  });
}

test('a report is kept where nobody is signed in any more', async () => {
  const one = kept('a');

  await describe(one, { person: 'person-1', patient: patient().id });

  assert.equal('about' in one, false);
});

test('a phone that stores nothing has no cards', async () => {
  indexedDB.open = () => {
    throw new DOMException('shut', 'UnknownError');
  };

  assert.equal(await followAll(box), 0);
});

test('a report that could be neither kept nor sent is called lost', () => {
  showLost(box, LINE);

  assert.equal(box.textContent, `lost${line}`);
});
