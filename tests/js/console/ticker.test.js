import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stopClock } from '../clock.js';
import { setGlobal } from '../page.js';

test('it ticks once a second', async (t) => {
  const clock = stopClock();
  t.after(() => clock.uninstall());
  let ticks = 0;
  setGlobal('postMessage', () => (ticks += 1));
  await import('#console/ticker.js');

  clock.tick(999);
  assert.equal(ticks, 0);
  clock.tick(60_001);

  assert.equal(ticks, 61);
});
