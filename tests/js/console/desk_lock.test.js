import assert from 'node:assert/strict';
import { after, beforeEach, test } from 'node:test';
import { settle, stopClock } from '../clock.js';
import { connect, disconnect, json } from '../network.js';
import { openPage } from '../page.js';
import { freshPhone } from '../phone.js';

openPage(`
  <form id="lock-now" action="/console/lock/" data-active="/console/active/" data-list="/console/"><button></button></form>
  <p id="said">Ana</p><p id="shouted">Ana</p>
  <div id="worklist"></div>
  <form data-unlock>
    <input name="unlock-take"><input name="unlock-open"><input name="unlock-secret" type="password">
    <b data-unlock-take hidden>take</b><b data-unlock-only>unlock</b>
  </form>
  <section id="panel"><textarea></textarea></section>
`);
freshPhone();
const clock = stopClock('2026-11-22T08:00:00Z');
after(() => clock.uninstall());
/** What the page asked htmx to tell its parts. */
let told = [];
window.htmx = { trigger: (element, name) => told.push(name) };
HTMLFormElement.prototype.submit = () => assert.fail('no form is sent here');
const other = new BroadcastChannel('kinwatch.desk');
const heard = [];
other.onmessage = ({ data }) => heard.push(data);
await import('#console/desk_lock.js');
const MINUTE_MS = 60_000;
let calls;

// One desk for all tests, as for a whole shift: each begins with it open and a hand on it.
beforeEach(async () => {
  calls = connect(answer);
  unlock();
  clock.tick(5000);
  document.dispatchEvent(new Event('keydown'));
  await settle();
  document.getElementById('panel').innerHTML = '<textarea>half a note</textarea>';
  document.getElementById('said').textContent = 'Ana';
  told = [];
  heard.length = 0;
  calls.length = 0;
});

const answer = () => json({ at: new Date().toISOString() });
const desk = () => document.documentElement.dataset.desk;
const panel = () => document.getElementById('panel').textContent;
const paths = () => calls.map(({ url }) => new URL(url, location.href).pathname);

function unlock() {
  const event = new CustomEvent('desk:unlocked', { detail: { at: new Date().toISOString() } });
  document.body.dispatchEvent(event);
}

async function pass(ms) {
  for (let second = 0; second < ms / 1000; second += 1) await clock.tickAsync(1000);
  await settle();
}

/** A list has arrived as the server drew it at this moment. */
function listArrives({ locked, at = new Date().toISOString() }) {
  const list = document.getElementById('worklist');
  Object.assign(list.dataset, { locked: locked ? 'yes' : 'no', at });
  document.body.dispatchEvent(new CustomEvent('htmx:load', { detail: { elt: list } }));
}

test('five minutes without a hand lock the desk, and not a second less', async () => {
  await pass(5 * MINUTE_MS - 1000);
  assert.notEqual(desk(), 'locked');

  await pass(2000);

  assert.equal(desk(), 'locked');
  assert.deepEqual(paths().filter((path) => path !== '/console/active/'), ['/console/lock/']);
  assert.deepEqual(told, ['desk:changed', 'console:refetch']);
});

test('a hand on the desk puts it off', async () => {
  await pass(4 * MINUTE_MS);
  document.dispatchEvent(new Event('keydown'));
  await pass(4 * MINUTE_MS);

  assert.notEqual(desk(), 'locked');
});

test('names go at once, before the server has answered', async () => {
  calls = connect(() => new Promise(() => {}));

  document.querySelector('button').click();

  assert.equal(desk(), 'locked');
  assert.equal(panel(), '');
  assert.equal(document.getElementById('said').textContent, '');
});

test('what was being typed comes back with the desk', async () => {
  document.querySelector('button').click();
  await settle();
  unlock();

  assert.equal(desk(), 'open');
  assert.equal(document.querySelector('#panel textarea').textContent, 'half a note');
});

test('the server is told until it has heard', async () => {
  calls = disconnect();
  document.querySelector('button').click();
  await settle();
  assert.equal(calls.length, 1);

  await pass(12_000);
  assert.equal(calls.length, 3);

  calls = connect(answer);
  await pass(30_000);
  assert.equal(calls.length, 1);
  assert.equal(desk(), 'locked');
});

test('other tabs lock and open with this one', async () => {
  document.querySelector('button').click();
  await settle();
  unlock();
  await settle();
  assert.deepEqual(heard.map(({ kind }) => kind), ['locked', 'open']);

  other.postMessage({ kind: 'locked', at: Date.now() });
  await settle();
  assert.equal(desk(), 'locked');

  other.postMessage({ kind: 'open', at: Date.now() });
  await settle();
  assert.equal(desk(), 'open');
});

test('a list that the server drew locked locks the desk, and opens it again', async () => {
  clock.tick(1000);
  listArrives({ locked: true });
  assert.equal(desk(), 'locked');

  clock.tick(1000);
  listArrives({ locked: false });
  assert.equal(desk(), 'open');
});

test('a list from before the lock does not open the desk', async () => {
  const before = new Date(Date.now() - 1000).toISOString();
  document.querySelector('button').click();
  await settle();

  listArrives({ locked: false, at: before });

  assert.equal(desk(), 'locked');
});

test('until the server has confirmed the lock, no list opens the desk', async () => {
  calls = connect(() => new Promise(() => {}));
  document.querySelector('button').click();
  clock.tick(1000);

  listArrives({ locked: false });

  assert.equal(desk(), 'locked');
});

test('the server hears once a minute that somebody is there, and nothing while nobody is', async () => {
  for (let second = 0; second < 150; second += 1) {
    document.dispatchEvent(new Event('keydown'));
    await pass(1000);
  }
  const whileThere = paths().filter((path) => path === '/console/active/').length;
  assert.equal(whileThere >= 2 && whileThere <= 3, true);

  await pass(MINUTE_MS);
  const before = calls.length;
  await pass(3 * MINUTE_MS);
  assert.equal(calls.length, before);
});

test('a row of a locked list asks for the PIN first, and remembers what was wanted', () => {
  const list = document.getElementById('worklist');
  list.innerHTML = '<a href="#" data-unlock-for="open" data-value="row-1">Name hidden</a><form data-unlock-for="take" data-value="row-2"></form>';
  const bar = document.querySelector('[data-unlock]');
  const wanted = () => [bar.querySelector('[name="unlock-take"]').value, bar.querySelector('[name="unlock-open"]').value];
  const shown = () => [...bar.querySelectorAll('b')].filter((one) => !one.hidden).map((one) => one.textContent);

  const click = new Event('click', { bubbles: true, cancelable: true });
  list.querySelector('a').dispatchEvent(click);
  assert.deepEqual([wanted(), shown(), click.defaultPrevented], [['', 'row-1'], ['unlock'], true]);
  assert.equal(document.activeElement.name, 'unlock-secret');

  const submit = new Event('submit', { bubbles: true, cancelable: true });
  list.querySelector('form').dispatchEvent(submit);
  assert.deepEqual([wanted(), shown(), submit.defaultPrevented], [['row-2', ''], ['take'], true]);
});
