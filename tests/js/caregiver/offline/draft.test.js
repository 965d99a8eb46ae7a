import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { stopClock } from '../../clock.js';
import { openPage } from '../../page.js';
import { fillDisk, freshPhone } from '../../phone.js';
import { checklist, kept, patient } from '../made.js';

openPage();
const { begin, dropDraft, keepInPlace, loadDraft, saveDraft, takeIn } = await import('#caregiver/offline/draft.js');
const { all } = await import('#caregiver/offline/store.js');
const { dropKey, ensureKey } = await import('#caregiver/offline/vault.js');
const HOUR_MS = 3600 * 1000;
const ANA = patient();
let clock;

beforeEach(async () => {
  clock = stopClock('2026-11-22T08:00:00Z');
  freshPhone();
  await ensureKey();
});
afterEach(() => clock.uninstall());

test('a new check-in is empty and belongs to the checklist that came along', () => {
  assert.deepEqual(begin(ANA, 'report-1'), {
    patient: ANA.id,
    reportId: 'report-1',
    checklist: 'hash',
    version: 7,
    answers: {},
    unsure: [],
    done: [],
    confirmed: [],
    startedAt: '2026-11-22T08:00:00.000Z',
    updatedAt: '2026-11-22T08:00:00.000Z',
  });
});

test('a draft comes back as it was, with the time of the last key', async () => {
  const draft = { ...begin(ANA, 'report-1'), answers: { temp: '38,2' }, done: ['signs'] };
  clock.tick(HOUR_MS);

  assert.equal(await saveDraft(draft), true);

  const found = await loadDraft(ANA.id);
  assert.deepEqual(found, { draft: { ...draft, updatedAt: '2026-11-22T09:00:00.000Z' }, droppedFrom: '' });
});

test('what is stored of it cannot be read without the key', async () => {
  await saveDraft({ ...begin(ANA, 'report-1'), answers: { temp: '38,2' } });
  const [row] = await all('drafts');

  assert.deepEqual(Object.keys(row), ['nonce', 'locked']);
  assert.equal(Buffer.from(row.locked).includes('38,2'), false);

  await dropKey();
  assert.deepEqual(await loadDraft(ANA.id), { draft: null, droppedFrom: '' });
});

test('nobody else has this draft', async () => {
  await saveDraft(begin(ANA, 'report-1'));

  assert.deepEqual(await loadDraft('another-patient'), { draft: null, droppedFrom: '' });
});

test('a draft of just under twelve hours is still true', async () => {
  await saveDraft(begin(ANA, 'report-1'));
  clock.tick(12 * HOUR_MS - 1);

  assert.equal((await loadDraft(ANA.id)).draft.reportId, 'report-1');
});

test('a draft of twelve hours is dropped, and it is said from when it was', async () => {
  await saveDraft(begin(ANA, 'report-1'));
  clock.tick(12 * HOUR_MS);

  assert.deepEqual(await loadDraft(ANA.id), { draft: null, droppedFrom: '2026-11-22T08:00:00.000Z' });
  assert.deepEqual(await all('drafts'), []);
});

test('where nobody is signed in any more, nothing is stored and nothing goes wrong', async () => {
  await dropKey();

  assert.equal(await saveDraft(begin(ANA, 'report-1')), false);

  assert.deepEqual(await all('drafts'), []);
});

test('a full phone goes on without, and stores again once there is room', async (t) => {
  const draft = begin(ANA, 'report-1');
  const makeRoom = fillDisk(t);
  assert.equal(await saveDraft(draft), false);

  makeRoom();

  assert.equal(await saveDraft(draft), true);
});

test('a write that was under way does not bring back a draft that was dropped after it', async () => {
  const saving = saveDraft(begin(ANA, 'report-1'));
  const dropping = dropDraft(ANA.id);
  await Promise.all([saving, dropping]);

  assert.deepEqual(await all('drafts'), []);
});

test('the sealed report takes the place of its draft', async () => {
  await saveDraft(begin(ANA, 'report-1'));

  await keepInPlace(ANA.id, kept('report-1'));

  assert.deepEqual(await all('queue'), [kept('report-1')]);
  assert.deepEqual(await all('drafts'), []);
});

test('a phone that is full keeps the draft and says so', async (t) => {
  await saveDraft(begin(ANA, 'report-1'));
  fillDisk(t);

  await assert.rejects(keepInPlace(ANA.id, kept('report-1')));

  assert.deepEqual(await all('queue'), []);
  assert.equal((await loadDraft(ANA.id)).draft.reportId, 'report-1');
});

test('dropping a draft on a phone that stores nothing is no error', async () => {
  indexedDB.open = () => {
    throw new DOMException('private browsing', 'InvalidStateError');
  };

  await dropDraft(ANA.id);
});

test('answers of a page take the place of that page alone', () => {
  const { questions } = checklist();
  const draft = { ...begin(ANA, 'report-1'), answers: { red_flags: [], temp: '38', temp_unit: 'C', pain: 2 }, unsure: ['alone', 'speech'] };

  takeIn(draft, [questions.temp, questions.pain, questions.alone], { answers: { pain: 1 }, unsure: ['temp'] });

  assert.deepEqual(draft.answers, { red_flags: [], pain: 1 });
  assert.deepEqual(draft.unsure, ['speech', 'temp']);
});
