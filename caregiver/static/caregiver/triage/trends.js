/** What changed since earlier reports. Twin of clinic/rules/protocols/scoring/trends.py. */

import { checkAnswers, questionOf } from './answers.js';
import { holds } from './conditions.js';

/**
 * Every trend that fired, in the order of the document.
 * @param {DecisionTable} table
 * @param {Facts} facts
 * @param {PastReports} history
 */
export function trendsFound(table, facts, history) {
  const newestFirst = [...history.reports].sort((a, b) => a.hours_ago - b.hours_ago);
  const past = newestFirst.map((one) => ({ hours: one.hours_ago, values: checkAnswers(table, one.answers).values }));
  /** @type {(trend: Trend, item: string) => boolean} */
  const fires = (trend, item) =>
    trend.kind === 'persisting' ? persists(trend, item, facts, past, history.streaks) : changed(trend, item, facts, past);
  return table.trends
    .filter((trend) => holds(trend.when, facts))
    .flatMap((trend) => trend.items.filter((item) => fires(trend, item)).map((item) => reason(table, trend, item, facts)));
}

/**
 * Up by so much since any report that is recent enough.
 * @param {Trend} trend
 * @param {string} item
 * @param {Facts} facts
 * @param {PastValues} past
 */
function changed(trend, item, facts, past) {
  const now = facts[item];
  // A scale not answered earlier counts as 0; a number not measured earlier cannot be compared.
  const countedAs = trend.kind === 'steps_up' ? 0 : null;
  return past
    .filter(({ hours }) => trend.within_hours === null || hours <= trend.within_hours)
    .map(({ values }) => values[item] ?? countedAs)
    .some((before) => isNumber(before) && isNumber(now) && rise(before, now) >= trend.amount);
}

/**
 * @param {Trend} trend
 * @param {string} item
 * @param {Facts} facts
 * @param {PastValues} past
 * @param {Record<string, number> | null} [streaks]
 */
function persists(trend, item, facts, past, streaks) {
  const usual = trend.above_usual ? (facts[`baseline.${item}`] ?? null) : null;
  if (!isPresent(trend, facts[item], usual)) return false;
  if (streaks) return (streaks[item] ?? 1) >= trend.reports;
  const ended = past.findIndex(({ values }) => !isPresent(trend, values[item] ?? 0, usual));
  return 1 + (ended < 0 ? past.length : ended) >= trend.reports;
}

/**
 * Whether the answer is bad enough to persist, and worse than usual where a usual value is stored.
 * @param {Trend} trend
 * @param {unknown} answer
 * @param {unknown} usual
 */
function isPresent(trend, answer, usual) {
  return isNumber(answer) && answer >= trend.amount && (!isNumber(usual) || answer > usual);
}

/**
 * @param {DecisionTable} table
 * @param {Trend} trend
 * @param {string} item
 * @param {Facts} facts
 * @returns {Reason}
 */
function reason(table, trend, item, facts) {
  const onScale = trend.kind !== 'rise';
  const { domain } = questionOf(table, item);
  const isRaised = trend.raised_domains.includes(domain) && holds(trend.raised_when, facts);
  return {
    rule: onScale ? `${trend.id}:${item}` : trend.id,
    level: (isRaised ? trend.raised_level : null) ?? trend.level,
    domain: onScale ? domain : '',
  };
}

/**
 * @param {number} before
 * @param {number} now
 */
function rise(before, now) {
  return Math.round((now - before) * 1e6) / 1e6;
}

/**
 * @param {unknown} value
 * @returns {value is number}
 */
function isNumber(value) {
  return typeof value === 'number';
}
