import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { openPage } from '../../page.js';
import { fillDisk, freshPhone } from '../../phone.js';

openPage();
const { all, empty, exchange, get, put, remove } = await import('#caregiver/offline/store.js');

beforeEach(freshPhone);

test('a row is read back as it was put', async () => {
  await put('kept', 'pack', { name: 'Ana', bytes: new Uint8Array([1, 2]) });

  assert.deepEqual(await get('kept', 'pack'), { name: 'Ana', bytes: new Uint8Array([1, 2]) });
  assert.equal(await get('kept', 'token'), undefined);
  assert.equal(await get('drafts', 'pack'), undefined);
});

test('a row put again takes the place of the first', async () => {
  await put('kept', 'token', 'old');
  await put('kept', 'token', 'new');

  assert.deepEqual(await all('kept'), ['new']);
});

test('removing takes one row, emptying all of one store', async () => {
  await put('queue', 'a', 1);
  await put('queue', 'b', 2);
  await put('drafts', 'a', 3);

  await remove('queue', 'a');
  assert.deepEqual(await all('queue'), [2]);

  await empty('queue');
  assert.deepEqual(await all('queue'), []);
  assert.deepEqual(await all('drafts'), [3]);
});

test('a write that does not reach the disk is refused, though the request succeeded', async (t) => {
  fillDisk(t);

  await assert.rejects(put('kept', 'token', 'secret'));
  assert.equal(await get('kept', 'token'), undefined);
});

test('a report comes in and its draft goes', async () => {
  await put('drafts', 'patient', 'draft');

  await exchange('report', { id: 'report' }, 'patient');

  assert.deepEqual(await all('queue'), [{ id: 'report' }]);
  assert.deepEqual(await all('drafts'), []);
});

test('no report takes the place of another one under its id', async () => {
  await exchange('report', { id: 'report', said: 'alarm' }, 'patient');
  await put('drafts', 'patient', 'draft');

  await assert.rejects(exchange('report', { id: 'report', said: 'calm' }, 'patient'), { name: 'ConstraintError' });

  assert.deepEqual(await all('queue'), [{ id: 'report', said: 'alarm' }]);
  assert.deepEqual(await all('drafts'), ['draft']);
});

test('a report that does not reach the disk leaves its draft', async (t) => {
  await put('drafts', 'patient', 'draft');
  fillDisk(t);

  await assert.rejects(exchange('report', { id: 'report' }, 'patient'));

  assert.deepEqual(await all('queue'), []);
  assert.deepEqual(await all('drafts'), ['draft']);
});

test('every write asks for the disk, not for a buffer', async (t) => {
  const asked = [];
  const transaction = IDBDatabase.prototype.transaction;
  t.after(() => {
    IDBDatabase.prototype.transaction = transaction;
  });
  IDBDatabase.prototype.transaction = function watched(stores, mode, options) {
    if (mode === 'readwrite') asked.push([stores, options]);
    return transaction.call(this, stores, mode, options);
  };

  await put('kept', 'token', 'secret');
  await exchange('report', 1, 'patient');

  assert.deepEqual(asked, [
    ['kept', { durability: 'strict' }],
    [['queue', 'drafts'], { durability: 'strict' }],
  ]);
});

test('no connection is left open that would block the database', async () => {
  await put('kept', 'token', 'secret');

  const isBlocked = await new Promise((resolve, reject) => {
    const request = indexedDB.deleteDatabase('kinwatch');
    request.onblocked = () => resolve(true);
    request.onsuccess = () => resolve(false);
    request.onerror = () => reject(request.error);
  });

  assert.equal(isBlocked, false);
});

test('a phone whose storage is shut refuses to read and to write', async () => {
  indexedDB.open = () => {
    const request = { error: new DOMException('shut', 'UnknownError') };
    queueMicrotask(() => request.onerror());
    return request;
  };

  await assert.rejects(get('kept', 'token'), { name: 'UnknownError' });
  await assert.rejects(put('kept', 'token', 'secret'), { name: 'UnknownError' });
});
