/**
 * The level of a report and what to do, from the decision table alone: no network, no clock.
 * Twin of clinic/rules/protocols/scoring/assessment.py; tests/vectors holds the two together.
 */

import { checkAnswers, fill, inLanguage, questionOf } from './answers.js';
import { firstOf, holds } from './conditions.js';
import { trendsFound } from './trends.js';

const NO_HISTORY = { reports: [], streaks: null };
/** @type {Exclude<keyof PatientContext, 'baseline' | 'findings' | 'home_day'>[]} */
const PATIENT = ['day', 'tier', 'target', 'product', 'age', 'immune_risk', 'neutropenia', 'platelets_low', 'masked'];

/**
 * @param {DecisionTable} table
 * @param {Answers} answers
 * @param {PatientContext} patient
 * @param {PastReports} [history]
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
  found.push(...unanswered(table, checked, patient));
  found.push(...refused);
  return result(table, found, checked.temperature);
}

/**
 * The level of hearing nothing for so long, by the timers of the phase and tier.
 * @param {DecisionTable} table
 * @param {PatientContext} patient
 * @param {number} hours
 */
export function assessSilence(table, patient, hours) {
  const { code, missed } = phaseOf(table, patient.day);
  const added = additionsOn(table, patient).flatMap((one) => [
    ...(missed[one.timers_of_tier] ?? []),
    ...one.missed,
    // An older table has none.
    ...[one.staff_calls?.[code] ?? []].flat(),
  ]);
  const timers = [...(missed[patient.tier] ?? missed.standard ?? []), ...added];
  const due = timers.filter((timer) => hours >= timer.hours);
  return result(table, due.length ? [{ rule: 'missed', level: highest(table, due.map((timer) => timer.level)), domain: '' }] : [], 'absent');
}

/**
 * What the caregiver is told at this level and hour, with numbers and times filled in.
 * @param {DecisionTable} table
 * @param {string} level
 * @param {string} language
 * @param {Situation} situation
 * @param {Record<string, string>} facts
 */
export function advice(table, level, language, situation, facts) {
  const chosen = firstOf(table.advice[level], situation);
  if (!chosen) throw new Error(`no advice for ${level}`);
  /** @param {Texts} texts */
  const words = (texts) => fill(inLanguage(texts, language), facts);
  return { level, title: words(chosen.title), steps: chosen.steps.map(words), call: chosen.call, note: words(chosen.note) };
}

/**
 * The questions of a page that this patient is asked, by the day and by what was answered so far.
 * @param {DecisionTable} table
 * @param {string[]} keys
 * @param {Answers} answers
 * @param {PatientContext} patient
 */
export function asked(table, keys, answers, patient) {
  const facts = factsOf(table, checkAnswers(table, answers).values, patient);
  const { code } = phaseOf(table, patient.day);
  const besides = asksOn(table, patient);
  return keys.filter((key) => {
    if (besides.has(key)) return true;
    const { phases, ask_when: when } = questionOf(table, key);
    return (!phases.length || phases.includes(code)) && holds(when, facts);
  });
}

/**
 * @param {DecisionTable} table
 * @param {string} level
 */
function rank(table, level) {
  return table.levels.indexOf(level);
}

/**
 * @param {DecisionTable} table
 * @param {number} day
 */
function phaseOf(table, day) {
  return [...table.phases].reverse().find((phase) => phase.first_day <= day) ?? table.phases[0];
}

/**
 * What the clinic adds for somebody like them on this day. Twin of additions.py.
 * @param {DecisionTable} table
 * @param {PatientContext} patient
 */
function additionsOn(table, patient) {
  const { day, tier, target = null, product = null, age = null } = patient;
  const { minutes_to_centre = null, no_transport = false, home_day = null } = patient;
  const facts = { target, product, age, minutes_to_centre, no_transport };
  const held = [...(patient.findings ?? []), ...(tier === 'high' ? ['high_tier'] : [])];
  /** @param {Addition} one */
  const isMeant = (one) => one.for.some((finding) => held.includes(finding)) || (one.when !== null && holds(one.when, facts));
  return (table.additions ?? []).filter((one) => {
    // NaN is in no span.
    const on = one.counted_from === 'home' ? day - (home_day ?? NaN) : day;
    return one.first_day <= on && (one.last_day === null || on <= one.last_day) && isMeant(one);
  });
}

/**
 * Questions that are asked besides, each with the highest level of its staying unanswered.
 * @param {DecisionTable} table
 * @param {PatientContext} patient
 */
function asksOn(table, patient) {
  /** @type {Map<string, string>} */
  const found = new Map();
  for (const { item, unanswered: level } of additionsOn(table, patient).flatMap((one) => one.ask)) {
    found.set(item, highest(table, [level, found.get(item) ?? 'none']));
  }
  return found;
}

/**
 * What is asked besides and nobody answered. A refused answer has its reason already.
 * @param {DecisionTable} table
 * @param {Checked} checked
 * @param {PatientContext} patient
 */
function unanswered(table, checked, patient) {
  const refused = checked.problems.map((problem) => problem.key);
  return [...asksOn(table, patient)]
    .filter(([key, level]) => level !== 'none' && (checked.values[key] ?? null) === null && !refused.includes(key))
    .map(([key, level]) => ({ rule: `unanswered:${key}`, level, domain: '' }));
}

/**
 * @param {DecisionTable} table
 * @param {string[]} levels
 */
function highest(table, levels) {
  return table.levels[Math.max(0, ...levels.map((level) => rank(table, level)))];
}

/**
 * @param {DecisionTable} table
 * @param {Reason[]} found
 * @param {Checked['temperature']} temperature
 */
function result(table, found, temperature) {
  const ordered = [...found].sort((a, b) => rank(table, b.level) - rank(table, a.level));
  return { level: highest(table, found.map((one) => one.level)), rules: ordered.map((one) => one.rule), temperature };
}

/**
 * Every name a condition may use. A missing scale answer counts as 0, a missing number as unknown.
 * @param {DecisionTable} table
 * @param {Checked['values']} values
 * @param {PatientContext} patient
 */
function factsOf(table, values, patient) {
  /** @type {Facts} */
  const facts = Object.fromEntries(PATIENT.map((name) => [name, patient[name] ?? null]));
  for (const [key, usual] of Object.entries(table.baselines)) {
    const stored = patient.baseline?.[key];
    facts[`baseline.${key}`] = typeof stored === 'number' ? stored : usual;
  }
  for (const question of table.questions) facts[question.key] = answerFact(question.kind, values[question.key]);
  return facts;
}

/**
 * @param {Question['kind']} kind
 * @param {Value} [value]
 */
function answerFact(kind, value) {
  if (Array.isArray(value)) return value.length;
  if (kind === 'temperature' || kind === 'number') return value ?? null;
  return kind === 'yes_no' ? value === true : (value ?? 0);
}

/**
 * @param {DecisionTable} table
 * @param {Facts} facts
 */
function ruleReasons(table, facts) {
  return table.rules.flatMap((rule) => {
    const found = firstOf(rule.cases, facts);
    return found ? [{ rule: rule.id, level: found.level, domain: '' }] : [];
  });
}

/**
 * One reason for each measured number; a refused one has its reason already.
 * @param {DecisionTable} table
 * @param {Facts} facts
 * @param {Reason[]} refused
 */
function tableReasons(table, facts, refused) {
  /** @param {NumberTable} one */
  const applies = ({ item, when }) => !refused.some(({ rule }) => rule === item) && holds(when, facts);
  return table.tables.filter(applies).flatMap((one) => numberReason(table, one, facts));
}

/**
 * @param {DecisionTable} table
 * @param {NumberTable} one
 * @param {Facts} facts
 * @returns {Reason[]}
 */
function numberReason(table, { item, rows, missing }, facts) {
  const value = facts[item];
  if (value === null) {
    return missing && holds(missing.when, facts) ? [{ rule: item, level: missing.level, domain: '' }] : [];
  }
  const row = rows.find((one) => one.low === null || Number(value) >= one.low);
  const found = row && firstOf(row.cases, facts);
  if (!found || found.level === 'none') return [];
  return [{ rule: item, level: found.level, domain: domainOf(table, item) }];
}

/**
 * @param {DecisionTable} table
 * @param {Facts} facts
 */
function scaleReasons(table, facts) {
  const column = firstOf(table.columns, facts);
  if (!column) throw new Error('no column applies');
  return table.scales.flatMap((scale) => {
    const answer = Number(facts[scale.item]);
    if (!answer) return [];
    const level = scaleLevel(table, scale, scale.columns[column.name][answer - 1], answer, facts);
    return level === 'none' ? [] : [{ rule: scale.item, level, domain: domainOf(table, scale.item) }];
  });
}

/**
 * The column's level unless an override applies; the first that does wins.
 * @param {DecisionTable} table
 * @param {Scale} scale
 * @param {string} usual
 * @param {number} answer
 * @param {Facts} facts
 */
function scaleLevel(table, scale, usual, answer, facts) {
  /** @param {Override} one */
  const applies = (one) => (one.answer === null || one.answer === answer) && holds(one.when, facts);
  const override = scale.overrides.find(applies);
  if (!override) return usual;
  if (override.level) return override.level;
  return override.at_most && rank(table, override.at_most) < rank(table, usual) ? override.at_most : usual;
}

/**
 * Several domains that are each a little wrong add up.
 * @param {DecisionTable} table
 * @param {Reason[]} found
 */
function accumulated(table, found) {
  /** @type {(domain: string, level: string) => boolean} */
  const reached = (domain, level) =>
    found.some((one) => one.domain === domain && rank(table, one.level) >= rank(table, level));
  return table.accumulation
    .filter((rule) => table.domains.filter((domain) => reached(domain, rule.at)).length >= rule.domains)
    .map((rule) => ({ rule: rule.id, level: rule.level, domain: '' }));
}

/**
 * An answer that was refused is unknown, and unknown is never normal.
 * @param {DecisionTable} table
 * @param {Problem} problem
 * @returns {Reason}
 */
function rejected(table, { key }) {
  const kind = table.questions.find((question) => question.key === key)?.kind;
  return { rule: kind === 'temperature' ? key : `rejected:${key}`, level: table.rejected.level, domain: '' };
}

/**
 * @param {DecisionTable} table
 * @param {string} item
 */
function domainOf(table, item) {
  return questionOf(table, item).domain;
}
