import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openPage } from '../page.js';

const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
openPage('<select data-module="time-zone"><option value="America/New_York" selected>9 p.m., New York</option></select>');
await import('#caregiver/time_zone.js');

test('the clock of this phone is chosen ahead, also where it was not listed', () => {
  const select = document.querySelector('select');

  assert.equal(select.value, here);
  assert.equal([...select.options].filter((option) => option.value === here).length, 1);
});
