import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { openPage } from '../page.js';

const ROW = (name) => `<article data-row><a class="work-link" href="#${name}">${name}</a><form data-take><button>Take</button></form></article>`;
openPage(`
  <button id="help-button"></button>
  <dialog id="keys"><input type="checkbox" id="keys-on"></dialog>
  <input id="search"><input type="search" id="work-search">
  <button id="mute"></button><button id="unmute" hidden></button>
  ${['a', 'b', 'c'].map(ROW).join('')}
  <section id="panel"><h2 id="panel-title" tabindex="-1">Ana</h2><a class="panel-back" href="#back">Back</a>
    <div id="panel-first"><a class="call" href="tel:1">Call</a></div>
    <form class="panel-note"><textarea id="id_note-text"></textarea></form>
    <form class="panel-resolve"><input type="radio" name="outcome"></form></section>
`);
Element.prototype.scrollIntoView = () => {};
HTMLDialogElement.prototype.showModal = function showModal() {
  this.open = true;
};
// Without a layout everything that is not hidden is on the screen.
Element.prototype.getClientRects = function getClientRects() {
  return this.closest('[hidden]') ? [] : [{}];
};
let taken = [];
let pressed = [];
document.addEventListener('click', (event) => {
  pressed.push(event.target.id || event.target.className);
  event.preventDefault();
});
HTMLFormElement.prototype.requestSubmit = function requestSubmit() {
  taken.push(this.className || this.closest('[data-row], #panel').textContent.trim());
};
const { listenForKeys } = await import('#console/keys.js');
listenForKeys();

beforeEach(() => {
  taken = [];
  pressed = [];
  document.activeElement.blur();
  document.getElementById('keys').open = false;
  letKeys(true);
});

/** @returns {boolean} whether the key did something of ours */
function press(key, more = {}) {
  const event = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...more });
  document.activeElement.dispatchEvent(event);
  return event.defaultPrevented;
}

function letKeys(isOn) {
  const toggle = document.getElementById('keys-on');
  toggle.checked = isOn;
  toggle.dispatchEvent(new Event('change'));
}

const here = () => document.activeElement.textContent;

test('j and k go through the list and stop at its ends', () => {
  const walk = ['j', 'j', 'j', 'j', 'k', 'k', 'k'].map((key) => {
    press(key);
    return here();
  });

  assert.deepEqual(walk, ['a', 'b', 'c', 'c', 'b', 'a', 'a']);
});

test('arrows go through the list only from a row of it', () => {
  assert.equal(press('ArrowDown'), false);
  press('j');

  assert.equal(press('ArrowDown'), true);
  assert.equal(here(), 'b');
  press('ArrowUp');
  assert.equal(here(), 'a');
});

test('a takes the row that has the focus, and none without', () => {
  assert.equal(press('a'), false);
  assert.deepEqual(taken, []);

  press('j');
  press('j');
  assert.equal(press('a'), true);
  assert.deepEqual(taken, ['bTake']);
});

test('a in a panel that cannot be taken does nothing', () => {
  document.querySelector('h2').focus();

  assert.equal(press('a'), false);
});

test('somebody who types is not moved', () => {
  document.getElementById('search').focus();

  assert.equal(press('j'), false);
  assert.equal(document.activeElement.id, 'search');
});

test("the browser's own keys stay the browser's", () => {
  press('j');
  for (const more of [{ ctrlKey: true }, { metaKey: true }, { altKey: true }]) assert.equal(press('a', more), false);

  assert.deepEqual(taken, []);
});

test('letters can be switched off, as speech input needs, and arrows still work', () => {
  press('j');
  letKeys(false);

  assert.equal(press('j'), false);
  assert.equal(press('a'), false);
  assert.equal(press('ArrowDown'), true);
  assert.equal(localStorage.getItem('kinwatch.keys'), 'off');

  letKeys(true);
  assert.equal(localStorage.getItem('kinwatch.keys'), 'on');
});

test('? and the button open the list of keys, and an open list takes them all', () => {
  assert.equal(press('?'), true);
  assert.equal(document.getElementById('keys').open, true);
  assert.equal(press('j'), false);

  document.getElementById('keys').open = false;
  document.getElementById('help-button').click();
  assert.equal(document.getElementById('keys').open, true);
});

test('other keys do nothing', () => {
  assert.deepEqual(['q', 'Enter'].map((key) => press(key)), [false, false]);
});

test('every act of a shift has a key', () => {
  const focused = ['c', 'n'].map((key) => {
    document.querySelector('h2').focus();
    press(key);
    return document.activeElement.className || document.activeElement.id;
  });
  assert.deepEqual(focused, ['call', 'id_note-text']);
  document.querySelector('h2').focus();
  press('x');
  assert.equal(document.activeElement.name, 'outcome');
  // A choice takes no letters, so they go on working there.
  press('b');
  press('m');
  assert.deepEqual(pressed, ['panel-back', 'mute']);
  press('/');
  assert.equal(document.activeElement.id, 'work-search');
});

test('Escape leaves a field and what is typed in it', () => {
  const note = document.getElementById('id_note-text');
  note.focus();
  note.value = 'She sounds well';
  assert.equal(press('x'), false);
  assert.equal(press('Escape'), true);

  assert.deepEqual([document.activeElement.id, note.value], ['panel-title', 'She sounds well']);
});

test('Ctrl and Enter send the form that somebody writes in', () => {
  document.getElementById('id_note-text').focus();
  assert.equal(press('Enter', { ctrlKey: true }), true);
  assert.deepEqual(taken, ['panel-note']);

  document.getElementById('work-search').focus();
  assert.equal(press('Enter', { ctrlKey: true }), false);
});
