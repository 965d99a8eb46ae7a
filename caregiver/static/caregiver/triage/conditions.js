/** Whether a condition of the decision table is met. Twin of clinic/rules/protocols/document/conditions.py. */

/** @type {Record<Comparison[1], (difference: number) => boolean>} */
const OPERATORS = {
  '>=': (difference) => difference >= 0,
  '<=': (difference) => difference <= 0,
  '>': (difference) => difference > 0,
  '<': (difference) => difference < 0,
  '=': (difference) => difference === 0,
};

/**
 * No condition always holds; a value that was not measured makes every comparison with it false.
 * @param {Condition} condition
 * @param {Facts} facts
 * @returns {boolean}
 */
export function holds(condition, facts) {
  if (condition === null) return true;
  if ('all' in condition) return condition.all.every((part) => holds(part, facts));
  if ('any' in condition) return condition.any.some((part) => holds(part, facts));
  if ('not' in condition) return !holds(condition.not, facts);
  if ('at_least' in condition) return count(condition.of, facts) >= condition.at_least;
  if ('flag' in condition) return Boolean(facts[condition.flag]);
  if ('missing' in condition) return facts[condition.missing] === null;
  if ('is' in condition) return isWord(condition.is, facts);
  if ('compare' in condition) return compares(condition.compare, facts);
  throw new Error(`unknown condition: ${Object.keys(condition)}`);
}

/**
 * The first case that applies.
 * @template {{when: Condition}} Kind
 * @param {Kind[]} cases
 * @param {Facts} facts
 * @returns {Kind | undefined}
 */
export function firstOf(cases, facts) {
  return cases.find((one) => holds(one.when, facts));
}

/**
 * @param {Condition[]} parts
 * @param {Facts} facts
 */
function count(parts, facts) {
  return parts.filter((part) => holds(part, facts)).length;
}

/**
 * @param {[name: string, word: string]} about
 * @param {Facts} facts
 */
function isWord([name, word], facts) {
  return String(facts[name]).toLowerCase() === word.toLowerCase();
}

/**
 * @param {Comparison} comparison
 * @param {Facts} facts
 */
function compares([left, operator, right], facts) {
  const a = term(left, facts);
  const b = term(right, facts);
  if (a === null || b === null) return false;
  // Differences of decimals (37.4 - 36.3) must meet their threshold exactly.
  return OPERATORS[operator](Math.round((a - b) * 1e6) / 1e6);
}

/**
 * @param {Term} side
 * @param {Facts} facts
 */
function term(side, facts) {
  if (typeof side === 'number') return side;
  const value = facts[side.value];
  const less = side.less ? facts[side.less] : 0;
  return value === null || less === null ? null : Number(value) - Number(less);
}
