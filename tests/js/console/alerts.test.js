import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { hidePage, openPage, setGlobal, showBody } from '../page.js';

openPage();
const { Alerts } = await import('#console/alerts.js');
const WORDS = {
  textChanged: '{n} are waiting',
  textNew: 'New: {level}, {name}, {day}',
  textNewBelow: 'New: {level}',
  textNotLive: 'NOT LIVE',
  textNotify: 'Somebody needs you',
  icon: '/icon.svg',
  iconWaiting: '/waiting.svg',
};
let alerts;
let heard;
let notified;

beforeEach(() => {
  sessionStorage.clear();
  document.title = 'Worklist';
  document.head.innerHTML = '<title>Worklist</title><link rel="icon" href="/icon.svg">';
  showBody('<p id="said"></p><p id="shouted"></p>');
  heard = [];
  notified = [];
  setGlobal('Notification', class {
    static permission = 'granted';
    constructor(...note) {
      notified.push(note);
    }
  });
  window.Notification = Notification;
  hidePage(false);
  alerts = new Alerts(WORDS, { unmute: () => heard.push('unmute'), once: (kind) => heard.push(kind) });
});

/** A list with these rows, as it has just arrived. */
function list(rows, { waiting = rows.filter((row) => !row.taken).length, elsewhere = 'no', ...more } = {}) {
  const made = document.createElement('div');
  const loudest = rows.find((row) => row.sounds && !row.taken)?.level ?? '';
  Object.assign(made.dataset, { waiting, urgentElsewhere: elsewhere, loudest, ...more });
  made.innerHTML = rows.map(html).join('');
  return made;
}

function html({ id, since = '08:00', level = 'same_day', sounds = false, taken = false, alarm = false }) {
  if (alarm) return `<li data-sound-key="${id}"></li>`;
  const marks = `${taken ? 'class="work-row-taken"' : 'data-waiting-row'} ${sounds ? 'data-sounds' : ''}`;
  return `<article data-row data-id="${id}" data-since="${since}" data-level="${level}" ${marks}>
    <p class="work-level">${level}</p><a class="work-link">Ana ${id}</a><span class="work-day">day 3</span></article>`;
}

const said = () => document.getElementById('said').textContent;
const shouted = () => document.getElementById('shouted').textContent;
const URGENT = { id: 'u', level: 'urgent', sounds: true };

test('the first list after opening the console is no news', () => {
  alerts.read(list([URGENT, { id: 'a' }]));

  assert.deepEqual([heard, said(), shouted(), notified], [[], '', '', []]);
  assert.deepEqual([alerts.waiting, alerts.loudest], [2, 'urgent']);
});

test('what is new is said, once', () => {
  alerts.read(list([]));
  alerts.read(list([{ id: 'a' }]));
  assert.deepEqual([heard, said()], [['new'], 'New: same_day, Ana a, day 3']);

  alerts.read(list([{ id: 'a' }]));
  assert.deepEqual(heard, ['new']);
});

test('what is urgent is shouted, and a mute does not outlast it', () => {
  alerts.read(list([]));
  alerts.read(list([URGENT]));

  assert.deepEqual([heard, said(), shouted()], [['unmute'], '', 'New: urgent, Ana u, day 3']);
});

test('several at once are told together, as loud as the worst', () => {
  alerts.read(list([]));
  alerts.read(list([{ id: 'a' }, URGENT]));

  assert.equal(shouted(), 'New: same_day, Ana a, day 3. New: urgent, Ana u, day 3');
});

test('a rise has a key of its own, and is news again', () => {
  alerts.read(list([{ id: 'a' }]));
  alerts.read(list([{ id: 'a', since: '08:05', level: 'urgent', sounds: true }]));

  assert.deepEqual(heard, ['unmute']);
});

test('a row to watch is said without a sound', () => {
  alerts.read(list([]));
  alerts.read(list([{ id: 'w', level: 'watch' }]));

  assert.deepEqual([heard, said()], [[], 'New: watch, Ana w, day 3']);
});

test('an alarm sounds, and has no name to say', () => {
  alerts.read(list([]));
  alerts.read(list([{ id: 'alarm 1', alarm: true }], { waiting: 0 }));

  assert.deepEqual([heard, said(), shouted()], [['new'], '', '']);
});

test('what somebody has taken already calls nobody', () => {
  alerts.read(list([]));
  alerts.read(list([{ id: 'a', taken: true }]));

  assert.deepEqual([heard, said(), alerts.waiting], [[], '', 0]);
});

test('a list that grew shorter is told as a number', () => {
  alerts.read(list([{ id: 'a' }, { id: 'b' }]));
  alerts.read(list([{ id: 'a' }]));

  assert.deepEqual([heard, said()], [[], '1 are waiting']);
});

test('a reload of the page is no news', () => {
  alerts.read(list([{ id: 'a' }]));
  const reloaded = new Alerts(WORDS, { unmute: () => heard.push('unmute'), once: (kind) => heard.push(kind) });

  reloaded.read(list([{ id: 'a' }]));
  assert.deepEqual(heard, []);

  reloaded.read(list([{ id: 'a' }, { id: 'b' }]));
  assert.deepEqual(heard, ['new']);
});

test('the loudest is the first that sounds, or a clinic that the switcher leaves out', () => {
  const loudest = (...args) => {
    alerts.read(list(...args));
    return alerts.loudest;
  };

  assert.equal(loudest([{ id: 'a' }]), null);
  assert.equal(loudest([{ id: 'a' }], { elsewhere: 'yes' }), 'urgent');
  assert.equal(loudest([{ id: 'e', level: 'emergency', sounds: true }], { elsewhere: 'yes' }), 'emergency');
  assert.equal(loudest([{ ...URGENT, taken: true }]), null);
});

test('the tab tells how many wait, and its icon too', () => {
  const icon = () => document.querySelector('link').getAttribute('href');
  alerts.read(list([{ id: 'a' }, { id: 'b' }]));
  assert.deepEqual([document.title, icon()], ['(2) Worklist', '/waiting.svg']);

  alerts.read(list([]));
  assert.deepEqual([document.title, icon()], ['Worklist', '/icon.svg']);
});

test('a list that is not live says so by turns, with the icon of somebody waiting', () => {
  alerts.read(list([{ id: 'a' }]));

  alerts.show(true, true);
  assert.equal(document.title, 'NOT LIVE · Worklist');
  alerts.show(true, false);
  assert.equal(document.title, '(1) Worklist');

  alerts.read(list([]));
  alerts.show(true, false);
  assert.equal(document.querySelector('link').getAttribute('href'), '/waiting.svg');
});

test('what is new below the rows on the page is told by its level, and once', () => {
  alerts.read(list([]));
  alerts.read(list([{ id: 'a' }], { below: '0123abcd31k8k03kp8 ' }));
  assert.deepEqual([heard, shouted()], [['unmute'], 'New: same_day, Ana a, day 3. New: ']);

  alerts.read(list([{ id: 'a' }], { below: '0123abcd31k8k03kp8 ' }));
  assert.deepEqual(heard, ['unmute']);
});

test('a row that came below the page is no news when it moves up to it', () => {
  alerts.read(list([], { below: '0123abcd31k8k03kp8 ' }));
  const since = new Date(parseInt('1k8k03kp8', 32)).toISOString();
  alerts.read(list([{ id: '0123abcd-c34c', since, level: 'urgent', sounds: true }]));

  assert.deepEqual(heard, []);
});

test('a row that its filter leaves out is told all the same', () => {
  alerts.read(list([]));
  const [left] = list([URGENT]).children;
  alerts.read(list([], { waiting: 1 }), [left]);

  assert.deepEqual([heard, shouted()], [['unmute'], 'New: urgent, Ana u, day 3']);
});

test('a hidden tab is told by a notification that names nobody', () => {
  alerts.read(list([]));
  hidePage(true);
  alerts.read(list([URGENT]));

  assert.deepEqual(notified, [['Somebody needs you', { tag: 'kinwatch', requireInteraction: true }]]);
});

test('no notification while somebody looks, nor without leave', () => {
  alerts.read(list([]));
  alerts.read(list([{ id: 'a' }]));
  hidePage(true);
  Notification.permission = 'denied';
  alerts.read(list([{ id: 'a' }, { id: 'b' }]));

  assert.deepEqual(notified, []);
});
