import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { openPage, showBody } from '../page.js';

openPage('', 'https://clinic.test/console/');
const { keepRefetches, tellWhatIsShown } = await import('#console/refetch.js');
let asked = [];
window.htmx = { trigger: (element, name) => asked.push([element.localName, name]) };
keepRefetches();
tellWhatIsShown();

const tell = (name, elt, more) =>
  document.body.dispatchEvent(new CustomEvent(name, { detail: { elt, ...more }, bubbles: true }));
const part = (id) => document.getElementById(id);

/** What htmx does when the part is free: the request leaves. */
function ask({ isFree }) {
  tell('console:refetch');
  if (isFree) tell('htmx:beforeRequest', part('worklist'));
}

beforeEach(() => {
  showBody('<div id="worklist" hx-trigger="console:refetch from:body"></div><p id="other" hx-trigger="load"></p>');
  ask({ isFree: true });
  tell('htmx:load', part('worklist'));
  asked = [];
});

test('a part that was asked for once is fetched once', () => {
  ask({ isFree: true });
  tell('htmx:load', part('worklist'));

  assert.deepEqual(asked, []);
});

test('what was asked for while an answer was on the way is asked for again when the answer is there', () => {
  ask({ isFree: true });
  ask({ isFree: false });
  assert.deepEqual(asked, []);

  tell('htmx:load', part('worklist'));

  assert.deepEqual(asked, [['body', 'console:refetch']]);
});

test('what htmx asks for itself is not asked for twice', () => {
  ask({ isFree: true });
  ask({ isFree: false });
  tell('htmx:beforeRequest', part('worklist'));
  tell('htmx:load', part('worklist'));

  assert.deepEqual(asked, []);
});

test('nothing else that loads asks for anything', () => {
  ask({ isFree: false });

  tell('htmx:load', part('other'));

  assert.deepEqual(asked, []);
});

test('what was asked for while the answer was on the way that the list still stands is asked for again', () => {
  ask({ isFree: true });
  ask({ isFree: false });

  tell('htmx:afterRequest', part('worklist'), { xhr: { status: 204 } });

  assert.deepEqual(asked, [['body', 'console:refetch']]);
});

test('a list that still stands is not asked for again by itself', () => {
  ask({ isFree: true });

  tell('htmx:afterRequest', part('worklist'), { xhr: { status: 204 } });

  assert.deepEqual(asked, []);
});

test('the list tells which version and mark it shows, and no other part does', () => {
  Object.assign(part('worklist').dataset, { version: '7', mark: 'abc' });
  const [ofList, ofOther] = [{}, {}];

  tell('htmx:configRequest', part('worklist'), { parameters: ofList });
  tell('htmx:configRequest', part('other'), { parameters: ofOther });

  assert.deepEqual([ofList, ofOther], [{ have: '7.abc' }, {}]);
});

test('a list whose rows may not be right tells nothing: the whole of it comes', () => {
  part('worklist').dataset.version = '7';
  const parameters = {};

  tell('htmx:configRequest', part('worklist'), { parameters });

  assert.deepEqual(parameters, {});
});
