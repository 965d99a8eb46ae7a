/** What the rules may know of a patient, from the pack. Days are counted where the patient is. */

import { isWorse } from '../triage/levels.js';
import { advice, assess } from '../triage/triage.js';

const HOUR_MS = 3600 * 1000;
const DAY_MS = 24 * HOUR_MS;
const SOON_MS = 16 * HOUR_MS;

/**
 * @param {PackPatient} patient
 * @param {Date} now
 */
export function contextOf(patient, now) {
  const today = dateIn(patient.time_zone, now);
  const { infusion_date: day0, ...given } = courseOf(patient, now);
  const day = daysBetween(day0, today);
  const masked = patient.masked_until !== null && today <= patient.masked_until;
  const age = patient.birth_date ? ageOn(patient.birth_date, today) : null;
  const no_transport = isWithoutTransport(patient, now);
  return { ...patient.context, ...given, day, age, masked, no_transport, home_day: homeDay(patient, day0, now) };
}

/**
 * @param {PackPatient} patient
 * @param {string} day0
 * @param {Date} now
 */
function homeDay({ home_since: since, time_zone }, day0, now) {
  if (!since || now < new Date(since)) return null;
  const day = daysBetween(day0, dateIn(time_zone, new Date(since)));
  return day >= 0 ? day : null;
}

/**
 * @param {string} first
 * @param {string} last
 */
function daysBetween(first, last) {
  return Math.round((Date.parse(last) - Date.parse(first)) / DAY_MS);
}

/**
 * @param {PackPatient} patient
 * @param {Date} now
 */
function isWithoutTransport({ no_transport_until: until }, now) {
  return Boolean(until) && now < new Date(String(until));
}

/**
 * Twin of courses.py.
 * @param {PackPatient} patient
 * @param {Date} at
 */
function courseOf({ before = [], infusion_date, context: { product, target }, time_zone }, at) {
  const [first, ...later] = [...before, { infusion_date, product, target }];
  return later.filter((one) => one.infusion_date <= dateIn(time_zone, at)).pop() ?? first;
}

/**
 * The higher of two readings, as of observation and as of now. Twin of assessments.py.
 * @param {PackPatient} patient
 * @param {DecisionTable} table
 * @param {Answers} answers
 * @param {string} reportId a report is not its own history
 * @param {Date} now
 * @param {Date} [observedAt]
 */
export function assessed(patient, table, answers, reportId, now, observedAt = now) {
  // Nothing is compared across an infusion.
  const day0 = (/** @type {Date} */ at) => courseOf(patient, at).infusion_date;
  const reports = patient.history
    // What lies ahead of this clock was seen before, by one that is right.
    .filter(({ id, at }) => id !== reportId && !(new Date(at) > observedAt && new Date(at) <= now))
    .filter(({ at }) => day0(new Date(at)) === day0(observedAt))
    .map((one) => ({ hours_ago: (observedAt.getTime() - Date.parse(one.at)) / HOUR_MS, answers: one.answers }));
  const [then, today] = [observedAt, now].map((at) => assess(table, answers, contextOf(patient, at), {
    reports: day0(at) === day0(observedAt) ? reports : [],
    streaks: null,
  }));
  return isWorse(then.level, today.level) ? then : today;
}

/**
 * When it was seen, if nobody was asked: now, unless the check-in runs past midnight there.
 * @param {PackPatient} patient
 * @param {Draft} draft
 * @param {Date} now
 */
export function assumedObservation(patient, draft, now) {
  const begun = new Date(draft.startedAt);
  return dateIn(patient.time_zone, begun) === dateIn(patient.time_zone, now) ? now : begun;
}

/**
 * What to do now, with the clinic's numbers and hours filled in.
 * @param {PackPatient} patient
 * @param {DecisionTable} table
 * @param {string} level
 * @param {string} language
 * @param {Date} now
 * @returns {Advice}
 */
export function adviceFor(patient, table, level, language, now) {
  const { isStaffed, opens, opensSoon } = hours(patient, now);
  const { day, minutes_to_centre = null, no_transport = false } = contextOf(patient, now);
  const clock = Number(partsIn(patient.clinic_zone, now, { hour: '2-digit', hourCycle: 'h23' }).hour);
  // Twin of clinic_hour.py.
  const situation = { after_hours: !isStaffed, night: clock >= 17 || clock < 5, opens_soon: opensSoon, day, minutes_to_centre, no_transport };
  const told = advice(table, level, language, situation, {
    emergency_number: patient.calls.emergency.display,
    line_phone: patient.calls.line.display,
    clinic_phone: patient.calls.clinic.display,
    next_staffed: opens,
    nearest_emergency: patient.nearest_emergency ?? '',
  });
  return { ...told, isStaffed, call: told.call.map((kind) => patient.calls[kind]) };
}

/**
 * Whether somebody at the clinic reads reports now, and when next, in words.
 * @param {PackPatient} patient
 * @param {Date} now
 */
export function hours(patient, now) {
  const isStaffed = patient.staffed.some((span) => new Date(span.from) <= now && now < new Date(span.to));
  const next = patient.staffed.find((span) => new Date(span.from) > now);
  const opensSoon = isStaffed || Date.parse(next?.from ?? '') - now.getTime() <= SOON_MS;
  return { isStaffed, opens: next?.spoken ?? patient.opens_unknown, opensSoon };
}

/**
 * Whole years between two calendar days.
 * @param {string} born
 * @param {string} today
 */
function ageOn(born, today) {
  const years = Number(today.slice(0, 4)) - Number(born.slice(0, 4));
  return today.slice(5) < born.slice(5) ? years - 1 : years;
}

/**
 * The calendar day there, as 2026-11-22.
 * @param {string} timeZone
 * @param {Date} now
 */
function dateIn(timeZone, now) {
  const of = partsIn(timeZone, now, { year: 'numeric', month: '2-digit', day: '2-digit' });
  return `${of.year}-${of.month}-${of.day}`;
}

/**
 * @param {string | undefined} timeZone
 * @param {Date} now
 * @param {Intl.DateTimeFormatOptions} style
 */
function partsIn(timeZone, now, style) {
  const format = new Intl.DateTimeFormat('en', { timeZone, numberingSystem: 'latn', calendar: 'gregory', ...style });
  return Object.fromEntries(format.formatToParts(now).map(({ type, value }) => [type, value]));
}
