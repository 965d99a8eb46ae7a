/** What a level means on the phone. Twin of Level in clinic/rules/core/enums.py; tests/vectors holds both together. */

const LEVELS = ['none', 'watch', 'same_day', 'urgent', 'emergency'];

/** @param {string} level */
export function isPressing(level) {
  return !isWorse('urgent', level);
}

/** @param {string} level */
export function goesOutAtOnce(level) {
  return level === 'emergency';
}

/**
 * @param {string} level
 * @param {string} than
 */
export function isWorse(level, than) {
  return LEVELS.indexOf(level) > LEVELS.indexOf(than);
}
