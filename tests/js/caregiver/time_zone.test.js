import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openPage } from '../page.js';

/** @param {string} zone @param {number} load */
async function chosenWhere(zone, load) {
  openPage('<select data-module="time-zone"><option value="America/New_York" selected>New York</option></select>');
  const was = Intl.DateTimeFormat;
  Intl.DateTimeFormat = /** @type {any} */ (() => ({ resolvedOptions: () => ({ timeZone: zone }) }));
  await import(`#caregiver/time_zone.js?${load}`);
  Intl.DateTimeFormat = was;
  return document.querySelector('select');
}

test('the clock of this phone is chosen ahead, also where it was not listed', async () => {
  const select = await chosenWhere('America/Los_Angeles', 1);

  assert.equal(select.value, 'America/Los_Angeles');
  assert.equal(select.selectedOptions[0].text, 'Los Angeles');
});

test('a browser that hides where it is changes nothing', async () => {
  const select = await chosenWhere('UTC', 2);

  assert.equal(select.value, 'America/New_York');
  assert.equal(select.options.length, 1);
});
