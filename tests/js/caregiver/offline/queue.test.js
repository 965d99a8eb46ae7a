import assert from 'node:assert/strict';
import { webcrypto } from 'node:crypto';
import { beforeEach, test } from 'node:test';
import { stopClock } from '../../clock.js';
import { openPage } from '../../page.js';
import { fillDisk, freshPhone } from '../../phone.js';
import { kept, LINE } from '../made.js';

openPage();
const { held, hold, keep, letGo, letGoOfHeld, sealed, waiting } = await import('#caregiver/offline/queue.js');
const { subtle } = webcrypto;
const REPORT = { id: 'report-1', patient: 'p', answers: { red_flags: ['seizure'] } };

beforeEach(freshPhone);

test('a sealed report says nothing of what it holds, and whom to call instead', async () => {
  const { key } = await clinicKey();

  const made = await sealed(REPORT, key, 'token-1', LINE);

  assert.equal(JSON.stringify(made).includes('seizure'), false);
  assert.deepEqual(
    { ...made, envelope: Object.keys(made.envelope), keptAt: Number.isNaN(Date.parse(made.keptAt)) },
    { id: 'report-1', kind: 'reports', envelope: ['kid', 'sender', 'nonce', 'sealed'], token: 'token-1', keptAt: false, line: LINE, problem: '' },
  );
  assert.equal(made.envelope.kid, 'kid-1');
});

test('only the clinic opens it, under the id of the report alone', async () => {
  const { key, privateKey } = await clinicKey();
  const { envelope } = await sealed(REPORT, key, '', LINE);

  assert.deepEqual(await opened(envelope, privateKey, 'report-1'), REPORT);
  await assert.rejects(opened(envelope, privateKey, 'report-2'));
  await assert.rejects(opened(envelope, (await clinicKey()).privateKey, 'report-1'));
});

test('the same report sealed twice does not look the same', async () => {
  const { key } = await clinicKey();

  const [first, second] = [await sealed(REPORT, key, '', LINE), await sealed(REPORT, key, '', LINE)];

  assert.notEqual(first.envelope.nonce, second.envelope.nonce);
  assert.notEqual(first.envelope.sender, second.envelope.sender);
});

test('a worry goes in by its own door', async () => {
  const { key } = await clinicKey();

  assert.equal((await sealed(REPORT, key, '', LINE, 'worries')).kind, 'worries');
});

test('what waits comes the oldest first, and goes by its id', async () => {
  const [first, second, third] = ['c', 'a', 'b'].map((id, hour) => kept(id, { keptAt: `2026-11-22T0${hour}:00:00.000Z` }));
  for (const one of [second, third, first]) await keep(one);
  assert.deepEqual(await waiting(), [first, second, third]);

  await letGo('a');

  assert.deepEqual(await waiting(), [first, third]);
});

test('a report kept again stays one', async () => {
  await keep(kept('a'));
  await keep(kept('a', { problem: 'sign_in' }));

  assert.deepEqual(await waiting(), [kept('a', { problem: 'sign_in' })]);
});

test('a full phone says so', async (t) => {
  fillDisk(t);

  await assert.rejects(keep(kept('a')));
});

async function clinicKey() {
  const pair = await subtle.generateKey({ name: 'ECDH', namedCurve: 'P-256' }, true, ['deriveBits']);
  const raw = await subtle.exportKey('raw', pair.publicKey);
  return { key: { kid: 'kid-1', public: Buffer.from(raw).toString('base64') }, privateKey: pair.privateKey };
}

/** As clinic/services/sealing.py does it. */
async function opened(envelope, privateKey, label) {
  const sender = await subtle.importKey('raw', Buffer.from(envelope.sender, 'base64'), { name: 'ECDH', namedCurve: 'P-256' }, false, []);
  const secret = await subtle.deriveBits({ name: 'ECDH', public: sender }, privateKey, 256);
  const root = await subtle.importKey('raw', secret, 'HKDF', false, ['deriveKey']);
  const info = new TextEncoder().encode('kinwatch sealed report v1');
  const derivation = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(), info };
  const key = await subtle.deriveKey(derivation, root, { name: 'AES-GCM', length: 256 }, false, ['decrypt']);
  const algorithm = { name: 'AES-GCM', iv: Buffer.from(envelope.nonce, 'base64'), additionalData: new TextEncoder().encode(label) };
  const plain = await subtle.decrypt(algorithm, key, Buffer.from(envelope.sealed, 'base64'));
  return JSON.parse(new TextDecoder().decode(plain));
}

test('what the clinic has confirmed is held for two weeks, and waits no more', async () => {
  const clock = stopClock('2026-11-22T08:00:00Z');
  await hold(kept('a', { problem: 'sign_in', isAgain: true }));
  await keep(kept('b'));
  assert.deepEqual(await held(), [kept('a', { receivedAt: '2026-11-22T08:00:00.000Z' })]);
  assert.deepEqual(await waiting(), [kept('b')]);

  clock.setSystemTime(new Date('2026-12-06T08:00:01Z'));
  assert.deepEqual(await held(), []);
  clock.uninstall();
});

test('what has arrived goes with its person, what waits stays', async () => {
  await hold(kept('a'));
  await keep(kept('b'));

  await letGoOfHeld();

  assert.deepEqual([await held(), await waiting()], [[], [kept('b')]]);
});
