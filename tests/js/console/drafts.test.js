import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { openPage, setGlobal, showBody } from '../page.js';

openPage('', 'https://clinic.test/console/');
setGlobal('CSS', { escape: (name) => name });
const { hasDraft, keepDrafts, restoreDrafts } = await import('#console/drafts.js');
keepDrafts();
let number = 0;
let id;

// Each test has an escalation of its own: drafts live as long as the page.
beforeEach(() => {
  number += 1;
  id = `e${number}`;
});

/** The panel as it comes from the server, with nothing typed. */
function showPanel(escalation = id) {
  showBody(`<section data-escalation="${escalation}"><form action="/console/escalations/${escalation}/resolve/">
    <details><textarea name="note"></textarea></details>
    <input type="radio" name="outcome" value="advice"><input type="radio" name="outcome" value="sent_in">
    <select name="who"><option value=""></option><option value="mother">Mother</option></select>
  </form></section>`);
}

function type(selector, value) {
  const field = document.querySelector(selector);
  if (field.type === 'radio') field.checked = true;
  else field.value = value;
  field.dispatchEvent(new Event('input', { bubbles: true }));
}

function answered(status) {
  const detail = { elt: document.querySelector('form'), xhr: { status } };
  document.body.dispatchEvent(new CustomEvent('htmx:beforeOnLoad', { detail }));
}

const note = () => document.querySelector('textarea').value;

test('what was typed comes back into a panel that was renewed', () => {
  showPanel();
  type('textarea', 'She sounds well');
  type('[value="sent_in"]');
  type('select', 'mother');

  showPanel();
  restoreDrafts();

  assert.equal(note(), 'She sounds well');
  assert.equal(document.querySelector('[value="sent_in"]').checked, true);
  assert.equal(document.querySelector('select').value, 'mother');
});

test('words behind a closed fold are shown', () => {
  showPanel();
  type('textarea', 'She sounds well');
  showPanel();
  restoreDrafts();

  assert.equal(document.querySelector('details').open, true);
});

test('what was written about one patient never shows with another', () => {
  showPanel();
  type('textarea', 'She sounds well');
  showPanel('another');
  restoreDrafts();

  assert.equal(note(), '');
  assert.equal(hasDraft(), false);
});

test('what the server filled in is not overwritten', () => {
  showPanel();
  type('textarea', 'She sounds well');
  showPanel();
  document.querySelector('textarea').value = 'from the server';
  restoreDrafts();

  assert.equal(note(), 'from the server');
});

test('what was saved does not come back', () => {
  showPanel();
  type('textarea', 'She sounds well');
  answered(200);
  showPanel();
  restoreDrafts();

  assert.equal(note(), '');
});

for (const status of [409, 422, 500]) {
  test(`what was refused with ${status} is still there`, () => {
    showPanel();
    type('textarea', 'She sounds well');
    answered(status);
    showPanel();
    restoreDrafts();

    assert.equal(note(), 'She sounds well');
  });
}

test('only words are a draft', () => {
  showPanel();
  assert.equal(hasDraft(), false);
  type('textarea', '   ');
  assert.equal(hasDraft(), false);
  type('textarea', 'a');
  assert.equal(hasDraft(), true);
});

test('nothing of it is stored: it is health data', () => {
  showPanel();
  type('textarea', 'She sounds well');

  assert.deepEqual([localStorage.length, sessionStorage.length], [0, 0]);
});

test('fields outside the panel are nobody\'s draft', () => {
  showBody('<input name="search">');
  type('input', 'Ana');
  restoreDrafts();

  assert.equal(hasDraft(), false);
});
