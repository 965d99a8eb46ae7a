import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { stopClock } from '../clock.js';
import { openPage } from '../page.js';
import { layLines } from './line.js';

openPage('', 'https://clinic.test/console/');
const { Socket } = await import('#console/socket.js');
let clock;
let lines;
let frames;
let refused;
let socket;
let made = 0;

beforeEach((t) => {
  clock = stopClock();
  // In the middle of the spread.
  t.mock.method(Math, 'random', () => 0.5);
  lines = layLines();
  frames = [];
  refused = 0;
  made += 1;
  socket = new Socket('/ws/console/', (frame) => frames.push(frame), () => (refused += 1));
});
afterEach(() => clock.uninstall());

test('the line goes to this very server, encrypted as the page is', () => {
  assert.deepEqual(lines.map(({ url }) => url), ['wss://clinic.test/ws/console/']);
});

test('frames are handed on as they come', () => {
  lines[0].open();
  lines[0].say({ type: 'hello', version: 3 });

  assert.deepEqual(frames, [{ type: 'hello', version: 3 }]);
});

test('it knows since when it is down', () => {
  assert.equal(socket.downSince, 0);
  clock.tick(100);
  lines[0].open();
  assert.equal(socket.downSince, null);

  clock.tick(400);
  lines[0].drop();
  clock.tick(5000);

  assert.equal(socket.downSince, 500);
});

test('a line that breaks comes back by itself, less and less often, at most every ten seconds', () => {
  const waits = [];
  for (let round = 0; round < 7; round += 1) {
    lines.at(-1).drop();
    const count = lines.length;
    const before = Date.now();
    while (lines.length === count) clock.next();
    waits.push(Date.now() - before);
  }

  assert.deepEqual(waits, [500, 1000, 2000, 4000, 8000, 10000, 10000]);
});

test('once it was up it comes back as quickly as at first', () => {
  for (let round = 0; round < 4; round += 1) {
    lines.at(-1).drop();
    clock.next();
  }
  lines.at(-1).open();
  lines.at(-1).drop();
  clock.tick(500);

  assert.equal(lines.length, 6);
});

test('no two desks come back in one moment', (t) => {
  t.mock.method(Math, 'random', () => 0);
  lines[0].drop();
  clock.tick(250);
  assert.equal(lines.length, 2);

  t.mock.method(Math, 'random', () => 1);
  lines[1].drop();
  clock.tick(1499);
  assert.equal(lines.length, 2);
  clock.tick(1);
  assert.equal(lines.length, 3);
});

test('a restart hangs up and calls at once, and the old line is heard no more', () => {
  lines[0].open();
  const [old] = lines;
  const { onmessage, onclose } = old;
  socket.restart();

  assert.deepEqual([lines.length, old.isClosed, old.onmessage, old.onclose], [2, true, null, null]);
  assert.notEqual(onmessage, null);
  assert.notEqual(onclose, null);
  assert.equal(socket.downSince, 0);
});

test('a restart while it waits does not open two lines', () => {
  lines[0].drop();
  socket.restart();
  clock.tick(60_000);

  assert.equal(lines.length, 2);
});

test('a network that is back is used at once', () => {
  lines[0].drop();

  window.dispatchEvent(new Event('online'));

  // Sockets of the tests before listen on the same page, and each calls anew.
  assert.equal(lines.length, 1 + made);
});

test('a server that ends the line for good says so, an accident does not', () => {
  lines[0].drop(1006);
  assert.equal(refused, 0);
  clock.tick(500);

  lines[1].drop(4401);
  assert.equal(refused, 1);
});
