import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { openPage } from '../../page.js';
import { freshPhone } from '../../phone.js';

openPage();
const { dropKey, ensureKey, lock, unlock } = await import('#caregiver/offline/vault.js');
const { get } = await import('#caregiver/offline/store.js');

beforeEach(freshPhone);

test('what was locked is unlocked as it was', async () => {
  await ensureKey();

  assert.deepEqual(await unlock(await lock({ name: 'Ana', temp: '38,2 °C' })), { name: 'Ana', temp: '38,2 °C' });
});

test('no script can take the key out of the browser', async () => {
  await ensureKey();
  const key = await get('kept', 'vault-key');

  assert.equal(key.extractable, false);
  await assert.rejects(crypto.subtle.exportKey('raw', key));
});

test('a key that is there stays: what it locked must be read again', async () => {
  await ensureKey();
  const box = await lock('draft');
  await ensureKey();

  assert.equal(await unlock(box), 'draft');
});

test('without a key nothing is locked, and nothing is read', async () => {
  await ensureKey();
  const box = await lock('draft');
  await dropKey();

  await assert.rejects(lock('late'));
  assert.equal(await unlock(box), null);
});

test('a new key opens nothing of the old one', async () => {
  await ensureKey();
  const box = await lock('draft');
  await dropKey();
  await ensureKey();

  assert.equal(await unlock(box), null);
});

test('what was changed on the phone is not read', async () => {
  await ensureKey();
  const box = await lock('draft');
  new Uint8Array(box.locked)[0] ^= 1;

  assert.equal(await unlock(box), null);
});

test('nothing stored is nothing', async () => {
  assert.equal(await unlock(undefined), null);
});
