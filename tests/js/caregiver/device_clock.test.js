import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stopClock } from '../clock.js';
import { openPage } from '../page.js';

openPage('<form data-module="device-clock"><input type="hidden" name="device_now"></form>');
await import('#caregiver/device_clock.js');
const { stampOnSubmit } = await import('#caregiver/device_clock.js');

test("the phone's own time goes along, as of the moment of sending", (t) => {
  const clock = stopClock('2026-11-22T08:00:00Z');
  t.after(() => clock.uninstall());
  clock.tick(90_000);

  document.querySelector('form').dispatchEvent(new Event('submit'));

  assert.equal(document.querySelector('input').value, '2026-11-22T08:01:30.000Z');
});

test('a form without the field is told so', () => {
  assert.throws(() => stampOnSubmit(document.createElement('form')), /device_now is missing/);
});
