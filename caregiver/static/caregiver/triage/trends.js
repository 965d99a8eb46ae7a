/** What changed since earlier reports. Twin of clinic/rules/protocols/scoring/trends.py. */

import { checkAnswers } from './answers.js';
import { holds } from './conditions.js';

/**
 * Earlier reports. `streaks` replaces what would be counted from them.
 * @typedef {{reports: {hours_ago: number, answers: Record<string, unknown>}[], streaks?: Record<string, number> | null}} History
 */

/**
 * Every trend that fired, in the order of the document.
 * @param {any} table
 * @param {import('./conditions.js').Facts} facts
 * @param {History} history
 */
export function trendsFound(table, facts, history) {
  const newestFirst = history.reports.toSorted((a, b) => a.hours_ago - b.hours_ago);
  const past = newestFirst.map((one) => ({ hours: one.hours_ago, values: checkAnswers(table, one.answers).values }));
  const fires = (trend, item) =>
    trend.kind === 'persisting' ? persists(trend, item, facts, past, history.streaks) : changed(trend, item, facts, past);
  return table.trends
    .filter((trend) => holds(trend.when, facts))
    .flatMap((trend) => trend.items.filter((item) => fires(trend, item)).map((item) => reason(table, trend, item, facts)));
}

/** Up by so much since any report that is recent enough. */
function changed(trend, item, facts, past) {
  // A scale not answered earlier counts as 0; a number not measured earlier cannot be compared.
  const countedAs = trend.kind === 'steps_up' ? 0 : null;
  return past
    .filter(({ hours }) => trend.within_hours === null || hours <= trend.within_hours)
    .map(({ values }) => values[item] ?? countedAs)
    .some((before) => isNumber(before) && isNumber(facts[item]) && rise(before, facts[item]) >= trend.amount);
}

function persists(trend, item, facts, past, streaks) {
  const usual = trend.above_usual ? (facts[`baseline.${item}`] ?? null) : null;
  if (!isPresent(trend, facts[item], usual)) return false;
  if (streaks) return (streaks[item] ?? 1) >= trend.reports;
  const ended = past.findIndex(({ values }) => !isPresent(trend, values[item] ?? 0, usual));
  return 1 + (ended < 0 ? past.length : ended) >= trend.reports;
}

/** Whether the answer is bad enough to persist, and worse than usual where a usual value is stored. */
function isPresent(trend, answer, usual) {
  return isNumber(answer) && answer >= trend.amount && (usual === null || answer > usual);
}

function reason(table, trend, item, facts) {
  const onScale = trend.kind !== 'rise';
  const { domain } = table.questions.find((question) => question.key === item);
  const raised = trend.raised_level !== null && trend.raised_domains.includes(domain) && holds(trend.raised_when, facts);
  return {
    rule: onScale ? `${trend.id}:${item}` : trend.id,
    level: raised ? trend.raised_level : trend.level,
    domain: onScale ? domain : '',
  };
}

function rise(before, now) {
  return Math.round((now - before) * 1e6) / 1e6;
}

function isNumber(value) {
  return typeof value === 'number';
}
