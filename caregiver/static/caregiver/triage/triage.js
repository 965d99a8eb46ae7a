/**
 * The level of a report and what to do, from the protocol's decision table alone: no network, no clock.
 * Twin of clinic/rules/protocols/scoring/assessment.py; tests/vectors holds the two together.
 */

import { checkAnswers, fill, inLanguage } from './answers.js';
import { firstOf, holds } from './conditions.js';
import { trendsFound } from './trends.js';

/**
 * One rule that fired. `domain` is set only where it counts towards accumulation.
 * @typedef {{rule: string, level: string, domain: string}} Reason
 */

const NO_HISTORY = { reports: [], streaks: null };
const PATIENT = ['day', 'tier', 'target', 'product', 'age', 'immune_risk', 'neutropenia', 'platelets_low', 'masked'];

/**
 * @param {any} table the decision table
 * @param {Record<string, unknown>} answers
 * @param {any} patient day, tier, target, flags and baseline
 * @param {import('./trends.js').History} [history]
 */
export function assess(table, answers, patient, history = NO_HISTORY) {
  const checked = checkAnswers(table, answers);
  const facts = factsOf(table, checked.values, patient);
  const refused = checked.problems.map((problem) => rejected(table, problem));
  const found = [
    ...ruleReasons(table, facts),
    ...tableReasons(table, facts, refused),
    ...scaleReasons(table, facts),
    ...trendsFound(table, facts, history),
  ];
  found.push(...accumulated(table, found));
  found.push(...refused);
  return result(table, found, checked.temperature);
}

/**
 * The level of hearing nothing for so long, by the timers of the phase and tier.
 * @param {any} table
 * @param {any} patient
 * @param {number} hours
 */
export function assessSilence(table, patient, hours) {
  const { missed } = phaseOf(table, patient.day);
  const timers = missed[patient.tier] ?? missed.standard ?? [];
  const due = timers.filter((timer) => hours >= timer.hours);
  return result(table, due.length ? [{ rule: 'missed', level: highest(table, due.map((timer) => timer.level)), domain: '' }] : [], 'absent');
}

/**
 * What the caregiver is told at this level, at this hour of the clinic, with numbers and times filled in.
 * @param {any} table
 * @param {string} level
 * @param {string} language
 * @param {{after_hours: boolean, day: number}} situation
 * @param {Record<string, string>} facts
 */
export function advice(table, level, language, situation, facts) {
  const chosen = firstOf(table.advice[level], situation);
  const words = (texts) => fill(inLanguage(texts, language), facts);
  return { level, title: words(chosen.title), steps: chosen.steps.map(words), call: chosen.call, note: words(chosen.note) };
}

/**
 * The questions of a page that this patient is asked, by the day and by what was answered so far.
 * @param {any} table
 * @param {string[]} keys
 * @param {Record<string, unknown>} answers
 * @param {any} patient
 * @returns {string[]}
 */
export function asked(table, keys, answers, patient) {
  const facts = factsOf(table, checkAnswers(table, answers).values, patient);
  const { code } = phaseOf(table, patient.day);
  const shown = (question) => !question.phases.length || question.phases.includes(code);
  return keys.filter((key) => {
    const question = table.questions.find((one) => one.key === key);
    return shown(question) && holds(question.ask_when, facts);
  });
}

/**
 * @param {any} table
 * @param {string} level
 */
function rank(table, level) {
  return table.levels.indexOf(level);
}

function phaseOf(table, day) {
  return table.phases.findLast((phase) => phase.first_day <= day) ?? table.phases[0];
}

function highest(table, levels) {
  return table.levels[Math.max(0, ...levels.map((level) => rank(table, level)))];
}

function result(table, found, temperature) {
  const ordered = found.toSorted((a, b) => rank(table, b.level) - rank(table, a.level));
  return { level: highest(table, found.map((one) => one.level)), rules: ordered.map((one) => one.rule), temperature };
}

/** Every name a condition may use. A missing scale answer counts as 0, a missing number as unknown. */
function factsOf(table, values, patient) {
  const facts = Object.fromEntries(PATIENT.map((name) => [name, patient[name] ?? null]));
  for (const [key, usual] of Object.entries(table.baselines)) {
    const stored = patient.baseline?.[key];
    facts[`baseline.${key}`] = typeof stored === 'number' ? stored : usual;
  }
  for (const question of table.questions) facts[question.key] = answerFact(question.kind, values[question.key]);
  return facts;
}

function answerFact(kind, value) {
  if (kind === 'ticks') return value?.length ?? 0;
  if (kind === 'temperature' || kind === 'number') return value ?? null;
  return kind === 'yes_no' ? value === true : (value ?? 0);
}

function ruleReasons(table, facts) {
  return table.rules.flatMap((rule) => {
    const found = firstOf(rule.cases, facts);
    return found ? [{ rule: rule.id, level: found.level, domain: '' }] : [];
  });
}

/** One reason for each measured number; a refused one has its reason already. */
function tableReasons(table, facts, refused) {
  const applies = ({ item, when }) => !refused.some(({ rule }) => rule === item) && holds(when, facts);
  return table.tables.filter(applies).flatMap((one) => numberReason(table, one, facts));
}

function numberReason(table, { item, rows, missing }, facts) {
  const value = facts[item];
  if (value === null) {
    return missing && holds(missing.when, facts) ? [{ rule: item, level: missing.level, domain: '' }] : [];
  }
  const row = rows.find((one) => one.low === null || value >= one.low);
  const found = firstOf(row.cases, facts);
  if (!found || found.level === 'none') return [];
  return [{ rule: item, level: found.level, domain: domainOf(table, item) }];
}

function scaleReasons(table, facts) {
  const column = table.columns.find(({ when }) => holds(when, facts)).name;
  return table.scales.flatMap((scale) => {
    const answer = facts[scale.item];
    if (!answer) return [];
    const level = scaleLevel(table, scale, scale.columns[column][answer - 1], answer, facts);
    return level === 'none' ? [] : [{ rule: scale.item, level, domain: domainOf(table, scale.item) }];
  });
}

/** The column's level unless an override applies; the first that does wins. */
function scaleLevel(table, scale, usual, answer, facts) {
  const applies = (one) => (one.answer === null || one.answer === answer) && holds(one.when, facts);
  const override = scale.overrides.find(applies);
  if (!override) return usual;
  if (override.level) return override.level;
  return override.at_most && rank(table, override.at_most) < rank(table, usual) ? override.at_most : usual;
}

/** Several domains that are each a little wrong add up. */
function accumulated(table, found) {
  const reached = (domain, level) =>
    found.some((one) => one.domain === domain && rank(table, one.level) >= rank(table, level));
  return table.accumulation
    .filter((rule) => table.domains.filter((domain) => reached(domain, rule.at)).length >= rule.domains)
    .map((rule) => ({ rule: rule.id, level: rule.level, domain: '' }));
}

/** An answer that was refused is unknown, and unknown is never normal. */
function rejected(table, { key }) {
  const kind = table.questions.find((question) => question.key === key)?.kind;
  return { rule: kind === 'temperature' ? key : `rejected:${key}`, level: table.rejected.level, domain: '' };
}

function domainOf(table, item) {
  return table.questions.find((question) => question.key === item).domain;
}
