import assert from 'node:assert/strict';
import { test } from 'node:test';
import { adviceFor, assessed, assumedObservation, contextOf, hours } from '#caregiver/offline/person.js';
import { patient, table } from '../made.js';

const SUNDAY = new Date('2026-11-22T18:00:00Z');
const MONDAY_MORNING = new Date('2026-11-23T14:00:00Z');

for (const [at, zone, day] of [
  ['2026-11-12T18:00:00Z', 'America/Chicago', 0],
  ['2026-11-11T18:00:00Z', 'America/Chicago', -1],
  // Ten in the evening there is tomorrow in Greenwich; the day is the patient's.
  ['2026-11-23T04:00:00Z', 'America/Chicago', 10],
  ['2026-11-23T04:00:00Z', 'UTC', 11],
  ['2026-11-22T20:00:00Z', 'Pacific/Auckland', 11],
  // Across the night in which the clocks go forward.
  ['2027-03-14T18:00:00Z', 'America/Chicago', 122],
]) {
  test(`at ${at} it is day ${day} in ${zone}`, () => {
    assert.equal(contextOf(patient({ time_zone: zone }), new Date(at)).day, day);
  });
}

test('signs are masked up to and with the last day', () => {
  const masked = (until, at) => contextOf(patient({ masked_until: until }), new Date(at)).masked;

  assert.equal(masked(null, '2026-11-22T18:00:00Z'), false);
  assert.equal(masked('2026-11-22', '2026-11-23T05:59:00Z'), true);
  assert.equal(masked('2026-11-22', '2026-11-23T06:01:00Z'), false);
});

test('the rules hear of the patient what the clinic told the phone', () => {
  const known = { day: 10, age: null, masked: false, no_transport: false, home_day: null };
  assert.deepEqual(contextOf(patient(), SUNDAY), { ...patient().context, ...known });
});

test('a night without a ride is over in the morning, and tells a pack of before nothing', () => {
  const without = (until) => contextOf({ ...patient(), no_transport_until: until }, SUNDAY).no_transport;
  const [before, after] = [-1, 1].map((way) => new Date(SUNDAY.getTime() + way * 60000).toISOString());

  assert.deepEqual([after, before, null, undefined].map(without), [true, false, false, false]);
});

test('coming home counts from its moment, in the days of the course, and never from one before', () => {
  const home = (home_since, at = SUNDAY) => contextOf({ ...patient(), home_since }, at).home_day;
  const [before, after] = [-1, 1].map((way) => new Date(SUNDAY.getTime() + way * 60000).toISOString());

  assert.deepEqual([before, after, null, undefined].map((since) => home(since)), [10, null, null, null]);
  assert.equal(home(new Date(SUNDAY.getTime() - 11 * 86400000).toISOString()), null);
});

test('a birthday counts from the day on which it comes where the patient is', () => {
  const ageFor = (birth_date) => contextOf({ ...patient(), birth_date }, SUNDAY).age;

  assert.deepEqual(['1960-11-21', '1960-11-22', '1960-11-23'].map(ageFor), [66, 66, 65]);
});

test('the clinic reads from the minute it opens until the minute it closes', () => {
  const isStaffed = (at) => hours(patient(), new Date(at)).isStaffed;

  assert.deepEqual(['2026-11-23T13:59:59Z', '2026-11-23T14:00:00Z', '2026-11-23T22:59:59Z', '2026-11-23T23:00:00Z'].map(isStaffed), [
    false,
    true,
    true,
    false,
  ]);
});

test('it is said when the clinic opens next, as far as the phone knows', () => {
  assert.equal(hours(patient(), SUNDAY).opens, 'Monday 8 a.m.');
  assert.equal(hours(patient(), MONDAY_MORNING).opens, 'the clinic opens');
});

test('advice of the night names the line and the opening', () => {
  const told = adviceFor(patient(), table(), 'urgent', 'en', SUNDAY);

  assert.deepEqual(told, {
    level: 'urgent',
    title: 'urgent: call (312) 555-0100',
    steps: ['The clinic opens Monday 8 a.m..'],
    call: [patient().calls.line],
    note: 'Closed',
    isStaffed: false,
  });
});

test('advice of the day is that of the day', () => {
  const told = adviceFor(patient(), table(), 'urgent', 'en', MONDAY_MORNING);

  assert.deepEqual([told.title, told.call, told.isStaffed], ['urgent', [patient().calls.clinic], true]);
});

test('a report has what came before it as history, and never itself', () => {
  const answers = (temp) => ({ temp, temp_unit: 'C' });
  const before = { id: 'before', at: '2026-11-22T06:00:00Z', answers: answers('36,5') };
  const ana = patient({ history: [before] });
  const level = (id) => assessed(ana, table(), answers('37,5'), id, SUNDAY).level;

  assert.equal(level('now'), 'same_day');
  assert.equal(level('before'), 'none');
});

test('what lies more than a day back is not compared', () => {
  const before = { id: 'before', at: '2026-11-21T17:59:00Z', answers: { temp: '36,5', temp_unit: 'C' } };

  const { rules } = assessed(patient({ history: [before] }), table(), { temp: '37,5', temp_unit: 'C' }, 'now', SUNDAY);

  assert.deepEqual(rules, []);
});

// Urgent up to day 10, same day after it.
const early = () => ({
  ...table(),
  rules: [
    {
      id: 'slow',
      item: 'pain',
      cases: [
        { level: 'urgent', when: { all: [{ compare: [{ value: 'pain' }, '>', 0] }, { compare: [{ value: 'day' }, '<=', 10] }] } },
        { level: 'same_day', when: { compare: [{ value: 'pain' }, '>', 0] } },
      ],
    },
  ],
});
// 23:50 on day 10 in Chicago, and a quarter of an hour later.
const BEFORE_MIDNIGHT = new Date('2026-11-23T05:50:00Z');
const PAST_MIDNIGHT = new Date('2026-11-23T06:05:00Z');

test('what was seen before midnight weighs as on that day, told after it too', () => {
  const level = (now, seenAt) => assessed(patient(), early(), { pain: 1 }, 'now', now, seenAt).level;

  assert.deepEqual(
    [level(BEFORE_MIDNIGHT), level(PAST_MIDNIGHT, BEFORE_MIDNIGHT), level(PAST_MIDNIGHT)],
    ['urgent', 'urgent', 'same_day'],
  );
});

test('what was seen after it is no history of an older reading', () => {
  const at = (iso, temp) => ({ id: iso, at: iso, answers: { temp, temp_unit: 'C' } });
  const ana = patient({ history: [at('2026-11-22T17:00:00Z', '36,4'), at('2026-11-22T09:00:00Z', '37,4')] });
  const rules = (seenAt) => assessed(ana, table(), { temp: '37,5', temp_unit: 'C' }, 'now', SUNDAY, seenAt).rules;

  assert.deepEqual(rules(new Date('2026-11-22T10:00:00Z')), []);
  assert.deepEqual(rules(SUNDAY), ['fever_rises']);
});

test('a check-in that runs past midnight is of when it was begun, any other of now', () => {
  const draft = { startedAt: BEFORE_MIDNIGHT.toISOString() };

  assert.deepEqual(assumedObservation(patient(), draft, PAST_MIDNIGHT), BEFORE_MIDNIGHT);
  assert.equal(assumedObservation(patient({ time_zone: 'UTC' }), draft, PAST_MIDNIGHT), PAST_MIDNIGHT);
});

// Day 0 of the second infusion is 20 November in Chicago; of the first, a year before.
const infusedTwice = (more = {}) =>
  patient({ infusion_date: '2026-11-20', before: [{ infusion_date: '2025-11-20', product: 'cilta-cel', target: 'BCMA' }], ...more });

for (const [at, day, product] of [
  ['2026-11-20T05:59:00Z', 364, 'cilta-cel'],
  ['2026-11-20T06:00:00Z', 0, 'axi-cel'],
  ['2025-11-19T18:00:00Z', -1, 'cilta-cel'],
]) {
  test(`at ${at} the course is that of ${product}`, () => {
    const context = contextOf(infusedTwice(), new Date(at));

    assert.deepEqual([context.day, context.product], [day, product]);
  });
}

test('nothing is compared across an infusion, in neither reading', () => {
  const answers = (temp) => ({ temp, temp_unit: 'C' });
  const history = [{ id: 'before', at: '2026-11-20T04:00:00Z', answers: answers('36,5') }];
  const ana = infusedTwice({ history });
  const level = (now, seen) => assessed(ana, table(), answers('37,5'), 'now', new Date(now), seen && new Date(seen)).level;

  assert.equal(level('2026-11-20T12:00:00Z'), 'none');
  // Seen in the first course it is compared with the first course, also when it is handed in during the second.
  assert.equal(level('2026-11-20T12:00:00Z', '2026-11-20T05:00:00Z'), 'same_day');
});
