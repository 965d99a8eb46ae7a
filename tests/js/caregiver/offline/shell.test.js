import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { stopClock } from '../../clock.js';
import { disconnect } from '../../network.js';
import { openPage } from '../../page.js';
import { freshPhone } from '../../phone.js';
import { pack, patient } from '../made.js';
import { SHELL } from './shell_page.js';

openPage(`${SHELL}<section id="calls"><h2>Call</h2></section><section class="who" hidden><b class="initials"></b><strong></strong><b class="small"></b></section>`);
freshPhone();
const { openShell } = await import('#caregiver/offline/shell.js');
const { ensureKey, lock } = await import('#caregiver/offline/vault.js');
const { put } = await import('#caregiver/offline/store.js');
let clock;

beforeEach(() => {
  freshPhone();
  disconnect();
});
afterEach(() => clock.uninstall());

/** What stands on the screen where a phone with its checklist opens this address with no signal. */
async function opened(path, at) {
  clock = stopClock(at);
  await ensureKey();
  await put('kept', 'pack', await lock(pack()));
  history.pushState(null, '', path);
  // The clinic's key is made up, so nothing can be sealed: what is looked at stands before that.
  await openShell().catch((unsealed) => assert.ok(unsealed));
  return document.getElementById('screen').textContent;
}

for (const [what, path] of [['home', '/'], ['the page of a worry', `/worried/${patient().id}/6a4f2f5e-8f0e-4f5e-9d53-0d8a3f3c1d11/`]]) {
  test(`${what} says until when nobody reads`, async () => {
    assert.match(await opened(path, '2026-11-22T08:00:00Z'), /nobody reads until Monday 8 a\.m\./);
  });

  test(`${what} says nothing of it while the clinic is open`, async () => {
    const shown = await opened(path, '2026-11-23T15:00:00Z');

    assert.match(shown, /worried/);
    assert.doesNotMatch(shown, /nobody reads/);
  });
}
