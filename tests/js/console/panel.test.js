import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { openPage, setGlobal, showBody } from '../page.js';

openPage('', 'https://clinic.test/console/');
setGlobal('CSS', { escape: (name) => name });
Element.prototype.scrollTo = () => {};
const { keepFocusInList, markOpenRow, tendPanel } = await import('#console/panel.js');
const { keepDrafts } = await import('#console/drafts.js');
let asked = [];
window.htmx = { trigger: (element, name) => asked.push([element.id, name]) };
keepDrafts();
tendPanel();

beforeEach(() => {
  asked = [];
});

const row = (id) => `<article data-row data-id="${id}"><a class="work-link" href="#${id}">${id}</a></article>`;
const links = () => [...document.querySelectorAll('.work-link')];
const tell = (name, detail) => document.body.dispatchEvent(new CustomEvent(name, { detail }));

/** The panel of an escalation, and forms that were drawn for this state of it. */
function panel({ id = 'b', head = 'open 1', forms = 'open 1', more = '' } = {}) {
  return `<section id="panel" data-escalation="${id}"><h2 id="panel-title" tabindex="-1">Ana</h2>${more}
    <div id="panel-head" data-form-key="${head}"></div><div id="panel-forms" data-form-key="${forms}"><textarea name="note"></textarea></div></section>`;
}

test('the row of the open patient is marked, and that one alone', () => {
  showBody(['a', 'b'].map(row).join('') + panel());
  links()[0].setAttribute('aria-current', 'true');

  markOpenRow();

  assert.deepEqual(links().map((link) => link.getAttribute('aria-current')), [null, 'true']);
});

test('without an open patient no row is marked', () => {
  showBody(row('a'));
  markOpenRow();

  assert.equal(links()[0].hasAttribute('aria-current'), false);
});

test('the focus stays in its place when the row under it goes', () => {
  showBody(['a', 'b', 'c'].map(row).join(''));
  links()[1].focus();
  tell('htmx:beforeSwap', {});
  showBody(['a', 'c'].map(row).join(''));

  keepFocusInList();
  assert.equal(document.activeElement.textContent, 'c');
});

test('the focus goes with its row, wherever that is drawn now', () => {
  showBody(['a', 'b', 'c'].map(row).join(''));
  links()[1].focus();
  tell('htmx:beforeSwap', {});
  showBody(['n', 'a', 'b', 'c'].map(row).join(''));

  keepFocusInList();
  assert.equal(document.activeElement.textContent, 'b');
});

test('the last row gone, the focus goes to the new last one', () => {
  showBody(['a', 'b'].map(row).join(''));
  links()[1].focus();
  tell('htmx:beforeSwap', {});
  showBody(row('a'));

  keepFocusInList();
  assert.equal(document.activeElement.textContent, 'a');
});

test('a focus that was elsewhere is left alone', () => {
  showBody(`<input>${row('a')}`);
  document.querySelector('input').focus();
  tell('htmx:beforeSwap', {});
  showBody(row('a'));

  keepFocusInList();
  assert.equal(document.activeElement, document.body);
});

test('a panel that opens is read from its title, or from its problem', () => {
  showBody(row('b') + panel());
  tell('htmx:afterSwap', { target: document.getElementById('panel') });
  assert.equal(document.activeElement.id, 'panel-title');

  showBody(row('b') + panel({ more: '<p id="taken" tabindex="-1">Taken</p>' }));
  tell('htmx:afterSwap', { target: document.getElementById('panel') });
  assert.equal(document.activeElement.id, 'taken');
});

test('forms are drawn anew only where they differ', () => {
  const renewed = (...keys) => {
    showBody(panel(...keys));
    tell('htmx:load', { elt: document.getElementById('panel-head') });
    return asked.splice(0);
  };

  assert.deepEqual(renewed({ id: 'x' }), []);
  assert.deepEqual(renewed({ id: 'x', head: 'acknowledged 2' }), [['panel-forms', 'console:forms-changed']]);
  assert.deepEqual(renewed({ id: 'x', head: 'resolved 3' }), [['panel-forms', 'console:forms-changed']]);
});

test('words whose form is gone stay where they are: somebody else has closed it', () => {
  showBody(panel({ id: 'y', head: 'resolved 3' }));
  document.querySelector('textarea').value = 'She sounds well';
  document.querySelector('textarea').dispatchEvent(new Event('input', { bubbles: true }));

  tell('htmx:load', { elt: document.getElementById('panel-head') });

  assert.deepEqual(asked, []);
});

test('what somebody has unfolded stays open when the forms are drawn anew, and nothing else opens', () => {
  const forms = (open) => `<div id="panel-forms"><details${open}><summary> Set it aside </summary></details>
    <details><summary>Hand it to a colleague</summary></details></div>`;
  showBody(forms(' open'));
  tell('htmx:beforeSwap', { target: document.getElementById('panel-forms') });
  showBody(forms(''));

  tell('htmx:load', { elt: document.getElementById('panel-forms') });

  assert.deepEqual([...document.querySelectorAll('details')].map((one) => one.open), [true, false]);
});

test('the answers that somebody reads stay open when the panel is renewed under them, those of no other report', () => {
  const body = (open) => `<div id="panel-head"></div><div id="panel-reports">
    <details data-fold="r1"><summary>24 other answers</summary></details>
    <details data-fold="r2"${open}><summary>24 other answers</summary></details></div>`;
  showBody(body(' open'));
  tell('htmx:beforeSwap', { target: document.getElementById('panel-head') });
  showBody(body(''));

  tell('htmx:load', { elt: document.getElementById('panel-reports') });

  assert.deepEqual([...document.querySelectorAll('details')].map((one) => one.open), [false, true]);
});
