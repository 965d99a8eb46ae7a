import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { stopClock } from '../clock.js';
import { openPage, showBody } from '../page.js';
import { layLines } from './line.js';

openPage('', 'https://clinic.test/console/');
const { Live } = await import('#console/live.js');
const { serverNow, setServerTime } = await import('#console/clock.js');
const AT = '2026-11-22T08:00:00Z';
let clock;
let lines;
let asked;
let live;

beforeEach((t) => {
  clock = stopClock(AT);
  t.mock.method(Math, 'random', () => 0.5);
  setServerTime(AT);
  showList({ version: 1 });
  lines = layLines();
  asked = 0;
  live = new Live('/ws/console/', () => (asked += 1));
});
afterEach(() => clock.uninstall());

function showList(data) {
  showBody('<div id="worklist"></div>');
  Object.assign(list().dataset, { at: new Date(serverNow()).toISOString(), engineLate: 'no', ...data });
}

const list = () => document.getElementById('worklist');
const beat = (version = 1) => lines.at(-1).say({ type: 'beat', version, at: new Date(serverNow()).toISOString() });

/** Seconds go by, each with a look at the clock, and with a heartbeat every ten where the engine works. */
function pass(seconds, { beats = true } = {}) {
  for (let second = 1; second <= seconds; second += 1) {
    clock.tick(1000);
    if (beats && second % 10 === 0) beat();
    live.tick();
  }
}

function goLive() {
  lines.at(-1).open();
  beat();
}

test('a page that opens is connecting, and live once the line is up and the engine was heard', () => {
  clock.tick(1);
  live.tick();
  assert.equal(live.state, 'connecting');

  goLive();

  assert.equal(live.state, 'live');
});

test('a line that beats stays live, and the list is right as of the last beat', () => {
  goLive();
  pass(605);

  assert.equal(live.state, 'live');
  assert.equal(live.checkedAt, Date.parse('2026-11-22T08:10:00Z'));
});

test('another version means another list: it is asked for', () => {
  goLive();
  beat(2);

  assert.equal(asked, 1);
  assert.equal(live.checkedAt, Date.parse(AT));
});

test('a list that says the engine is late is asked for with every frame', () => {
  goLive();
  list().dataset.engineLate = 'yes';
  beat();

  assert.equal(asked, 1);
});

test('the list is asked for every half minute, even where nothing changes', () => {
  goLive();
  pass(29);
  assert.equal(asked, 0);
  pass(1);
  assert.equal(asked, 1);
  pass(30);
  assert.equal(asked, 2);
});

test('silence for more than 25 seconds is not live, though the line is up', () => {
  goLive();
  pass(25, { beats: false });
  assert.equal(live.state, 'live');

  pass(1, { beats: false });

  assert.equal(live.state, 'stale');
  assert.equal(live.since, Date.parse(AT));
});

test('hellos alone keep nothing live: the line is proved, the engine is not', () => {
  goLive();
  for (let round = 0; round < 3; round += 1) {
    pass(9, { beats: false });
    lines.at(-1).say({ type: 'hello', version: 1, at: new Date(serverNow()).toISOString() });
  }

  assert.equal(live.state, 'stale');
});

test("a hello brings the server's time", () => {
  lines[0].open();
  lines[0].say({ type: 'hello', version: 1, at: '2026-11-22T11:00:00Z' });

  assert.equal(serverNow(), Date.parse('2026-11-22T11:00:00Z'));
});

test('a silent line is hung up and called again, every 15 seconds', () => {
  goLive();
  pass(25, { beats: false });
  assert.equal(lines.length, 1);
  pass(1, { beats: false });
  assert.equal(lines.length, 2);

  for (let second = 0; second < 15; second += 1) {
    lines.at(-1).open();
    pass(1, { beats: false });
  }
  assert.equal(lines.length, 2);
  pass(1, { beats: false });
  assert.equal(lines.length, 3);
});

test('a line that is down is connecting for ten seconds, then stale', () => {
  goLive();
  lines[0].drop();
  clock.tick(1);
  live.tick();
  assert.equal(live.state, 'connecting');

  clock.tick(9999);
  live.tick();
  assert.equal(live.state, 'connecting');

  clock.tick(1);
  live.tick();
  assert.equal(live.state, 'stale');
});

test('a stale list is asked for every five seconds', () => {
  goLive();
  pass(26, { beats: false });
  const before = asked;

  pass(20, { beats: false });

  assert.equal(asked - before, 4);
});

test('a frame makes it live again', () => {
  goLive();
  pass(30, { beats: false });
  lines.at(-1).open();
  beat();

  assert.equal(live.state, 'live');
});

test('"since" names the last frame before it went quiet, however long that lasts', () => {
  goLive();
  pass(10);
  pass(120, { beats: false });

  assert.equal(live.since, Date.parse('2026-11-22T08:00:10Z'));
});

test('a list that cannot be fetched either is cut off, once the line is silent too', () => {
  goLive();
  live.listFailed(0);
  live.tick();
  assert.equal(live.state, 'live');

  pass(26, { beats: false });

  assert.equal(live.state, 'cut-off');
});

test('a list that arrives ends the cut, and carries the time as of which it is right', () => {
  goLive();
  pass(26, { beats: false });
  live.listFailed(500);
  live.tick();
  assert.equal(live.state, 'cut-off');

  list().dataset.at = '2026-11-22T08:00:30Z';
  live.listArrived(list());
  live.tick();

  assert.equal(live.state, 'stale');
  assert.equal(live.checkedAt, Date.parse('2026-11-22T08:00:30Z'));
});

for (const status of [401, 403]) {
  test(`${status} is signed out, whatever the line says`, () => {
    goLive();
    live.listFailed(status);
    beat();

    assert.equal(live.state, 'signed-out');
  });
}

test('a sign-out is over with the next list', () => {
  goLive();
  live.listFailed(401);
  live.listArrived(list());
  live.tick();

  assert.equal(live.state, 'live');
});

test('a line that the server ends for good asks for the list, whose answer tells why', () => {
  goLive();
  lines[0].drop(4401);

  assert.equal(asked, 1);
});

test('a page without a list asks for one', () => {
  showBody('');
  goLive();

  assert.equal(asked, 1);
});
