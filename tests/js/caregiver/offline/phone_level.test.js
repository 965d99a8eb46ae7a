import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { stopClock } from '../../clock.js';
import { openPage, showBody } from '../../page.js';
import { checklist, patient } from '../made.js';

openPage();
const { stampLevel } = await import('#caregiver/offline/phone_level.js');
const LIST = checklist();
const { questions } = LIST;
const REPORT = '0b7c6a52-0000-4000-8000-00000000000a';
let clock;

beforeEach(() => {
  clock = stopClock('2026-11-22T08:00:00Z');
});
afterEach(() => clock.uninstall());

/** A page of the server: the hidden fields, and the fields of its questions. */
function page(answers, fields = '') {
  const known = JSON.stringify(answers).replaceAll('"', '&quot;');
  showBody(`<form><input type="hidden" name="report_id" value="${REPORT}">
    <input type="hidden" name="level_on_phone" value="" data-answers="${known}">${fields}</form>`);
  return document.forms[0];
}

const level = (form) => new FormData(form).get('level_on_phone');
const TEMPERATURE = '<input name="temp"><input type="radio" name="temp_unit" value="C" checked><input type="radio" name="temp_unit" value="F">';

/** As when somebody types. */
function type(form, name, value) {
  form.elements.namedItem(name).value = value;
  form.dispatchEvent(new Event('input'));
}

for (const [answers, told] of [
  [{}, 'none'],
  [{ red_flags: [], temp: '36,8', temp_unit: 'C' }, 'none'],
  [{ temp: '38,2', temp_unit: 'C' }, 'urgent'],
  [{ red_flags: ['chest'] }, 'emergency'],
  [{ temp: '999', temp_unit: 'C' }, 'watch'],
]) {
  test(`the last look before sending says ${told} of ${JSON.stringify(answers)}`, () => {
    const form = page(answers);

    stampLevel(form, patient(), LIST, []);

    assert.equal(level(form), told);
  });
}

test('what is typed counts at once, before anything is sent', () => {
  const form = page({ red_flags: [] }, TEMPERATURE);
  stampLevel(form, patient(), LIST, [questions.temp]);
  assert.equal(level(form), 'none');

  type(form, 'temp', '38,2');
  assert.equal(level(form), 'urgent');

  type(form, 'temp', '36,8');
  assert.equal(level(form), 'none');
});

test('an answer that the page no longer holds does not count, though the server had it', () => {
  const form = page({ temp: '39', temp_unit: 'C' }, TEMPERATURE);

  stampLevel(form, patient(), LIST, [questions.temp]);

  assert.equal(level(form), 'none');
});

test('earlier reports count, this one does not', () => {
  const history = (id) => [{ id, at: '2026-11-22T02:00:00Z', answers: { temp: '36,4', temp_unit: 'C' } }];
  const form = page({ temp: '37,6', temp_unit: 'C' });

  stampLevel(form, patient({ history: history('another') }), LIST, []);
  assert.equal(level(form), 'same_day');

  const own = page({ temp: '37,6', temp_unit: 'C' });
  stampLevel(own, patient({ history: history(REPORT) }), LIST, []);
  assert.equal(level(own), 'none');
});

test('a correction has no field, and nothing is said of it', () => {
  showBody(`<form><input type="hidden" name="report_id" value="${REPORT}"></form>`);

  stampLevel(document.forms[0], patient(), LIST, []);

  assert.equal(level(document.forms[0]), null);
});
