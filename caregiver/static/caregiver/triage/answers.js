/** Input checks: what counts, what is refused, what to ask again. Twin of clinic/rules/protocols/scoring/answers.py. */

import {
  celsius, compare, exact, exactly, isSameUnit, isWhole, numberAndUnit, steps, strip, temperatureUnit,
} from './numbers.js';

const YES = ['true', 'yes', '1', 'on'];
const NO = ['false', 'no', '0', 'off'];
const LONGEST_ECHO = 20;

/**
 * Check every answer. What cannot be read becomes a problem, never a normal value.
 * @param {DecisionTable} table
 * @param {Answers} answers
 */
export function checkAnswers(table, answers) {
  /** @type {Checked} */
  const checked = { values: {}, problems: [], confirmations: [], temperature: 'absent' };
  for (const question of table.questions) READERS[question.kind](question, answers, checked);
  for (const question of table.questions) checkOrder(question, checked);
  checkUnknown(table, answers, checked);
  return checked;
}

/**
 * The sentence for the caregiver.
 * @param {DecisionTable} table
 * @param {Problem} problem
 * @param {string} language
 */
export function problemText(table, problem, language) {
  const question = table.questions.find((one) => one.key === problem.key);
  const label = question ? inLanguage(question.labels, language) : '';
  return fill(inLanguage(table.input_texts[problem.code] ?? {}, language), { label, ...problem.params });
}

/**
 * @param {DecisionTable} table
 * @param {string} key
 */
export function questionOf(table, key) {
  const found = table.questions.find((one) => one.key === key);
  if (!found) throw new Error(`no question ${key}`);
  return found;
}

/**
 * In this language (es-MX reads es), else in English.
 * @param {Texts} texts
 * @param {string} language
 */
export function inLanguage(texts, language) {
  return texts[language] ?? texts[language.split('-')[0]] ?? texts.en ?? '';
}

/**
 * The text with its {placeholders} filled in.
 * @param {string} text
 * @param {Record<string, unknown>} facts
 */
export function fill(text, facts) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in facts ? String(facts[name]) : whole));
}

/** @type {Record<Question['kind'], AnswerReader>} */
const READERS = {
  ticks: readTicks,
  temperature: readTemperature,
  number: readNumber,
  yes_no: readYesNo,
  choice: readChoice,
};

/**
 * @param {Answers} answers
 * @param {string} key
 */
function given(answers, key) {
  const value = answers[key] ?? null;
  return typeof value === 'string' && strip(value) === '' ? null : value;
}

/** @param {unknown} value */
function typed(value) {
  return String(value).slice(0, LONGEST_ECHO);
}

/**
 * @param {Checked} checked
 * @param {Question} question
 * @param {string} code
 * @param {Problem['params']} params
 */
function refuse(checked, question, code, params) {
  checked.problems.push({ key: question.key, code, params });
}

/**
 * @param {Checked} checked
 * @param {Question} question
 * @param {string} code
 * @param {Problem['params']} params
 */
function ask(checked, question, code, params) {
  checked.confirmations.push({ key: question.key, code, params });
}

/** @type {AnswerReader} */
function readTicks(question, answers, checked) {
  const value = given(answers, question.key);
  if (value === null) return;
  const ticked = typeof value === 'string' ? [value] : value;
  const known = Array.isArray(ticked) ? ticked.filter((tick) => typeof tick === 'string') : [];
  if (!Array.isArray(ticked) || known.length < ticked.length) {
    refuse(checked, question, 'wrong_type', { typed: typed(value) });
  }
  checked.values[question.key] = known;
  // A sign we have no name for was still ticked: it is asked about, and it counts.
  for (const tick of known) {
    if (!question.options.includes(tick)) ask(checked, question, 'unknown_option', { typed: typed(tick) });
  }
}

/** @type {AnswerReader} */
function readYesNo(question, answers, checked) {
  const value = given(answers, question.key);
  if (value === null) return;
  const word = strip(String(value)).toLowerCase();
  const readable = ['boolean', 'string'].includes(typeof value) || Number.isInteger(value);
  if (readable && [...YES, ...NO].includes(word)) checked.values[question.key] = YES.includes(word);
  else refuse(checked, question, 'wrong_type', { typed: typed(value) });
}

/** @type {AnswerReader} */
function readChoice(question, answers, checked) {
  const value = given(answers, question.key);
  if (value === null) return;
  const number = exact(value);
  const highest = question.options.length - 1;
  const accepted = Math.max(highest, question.highest_accepted ?? 0);
  if (number === null || !isWhole(number)) {
    refuse(checked, question, 'wrong_type', { typed: typed(value) });
  } else if (isOutside(number, 0, accepted)) {
    refuse(checked, question, 'out_of_range', { minimum: 0, maximum: highest, typed: typed(value) });
  } else {
    checked.values[question.key] = Math.min(steps(number, exactly(1)), highest);
  }
}

/** @type {AnswerReader} */
function readNumber(question, answers, checked) {
  const value = given(answers, question.key);
  if (value === null) return;
  const [number, beside] = numberAndUnit(value);
  const minimum = question.minimum ?? 0;
  const maximum = question.maximum ?? 0;
  if (number === null || !isSameUnit(beside, question.unit ?? '')) return refuse(checked, question, 'wrong_type', { typed: typed(value) });
  if (isOutside(number, minimum, maximum)) {
    return refuse(checked, question, 'out_of_range', { minimum, maximum, typed: typed(value) });
  }
  // Tables are in whole steps; a value between two steps counts as the lower one.
  const counted = steps(number, exactly(question.step)) * question.step;
  checked.values[question.key] = counted;
  if (question.confirm_below !== null && counted < question.confirm_below) {
    ask(checked, question, 'confirm_low', { typed: typed(value) });
  }
  if (question.confirm_above !== null && counted > question.confirm_above) {
    ask(checked, question, 'confirm_high', { typed: typed(value) });
  }
}

/** @type {AnswerReader} */
function readTemperature(question, answers, checked) {
  const [valueKey, unitKey] = question.answer_keys;
  const value = given(answers, valueKey);
  if (value === null) return;
  const named = given(answers, unitKey);
  const [number, beside] = numberAndUnit(value);
  const written = temperatureUnit(beside);
  let unit = named === null ? question.default_unit : unitName(named);
  if (number && written && fits(number, written, question.units)) unit = written;
  const readAs = number && written !== null && unitThatFits(number, unit, question.units);
  if (!number || !readAs) {
    checked.temperature = 'reject';
    return refuse(checked, question, 'reject', { typed: typed(value) });
  }
  const degrees = celsius(number, readAs);
  checked.values[question.key] = degrees;
  checked.temperature = 'ok';
  if (readAs !== unit) {
    checked.temperature = 'unit_suspect';
    ask(checked, question, `unit_suspect_${readAs.toLowerCase()}`, { converted: degrees.toFixed(1), typed: typed(value) });
  } else if (isUnlikely(question, degrees)) {
    checked.temperature = 'confirm';
    ask(checked, question, 'confirm', { typed: typed(value) });
  }
}

/** @param {unknown} named */
function unitName(named) {
  return typeof named === 'object' ? '' : temperatureUnit(String(named)) || strip(String(named)).toUpperCase();
}

/**
 * The unit given if it makes sense of the number, else one that does.
 * @param {Exact} number
 * @param {string} unit
 * @param {Question['units']} units
 */
function unitThatFits(number, unit, units) {
  if (!Object.hasOwn(units, unit)) return null;
  const candidates = [unit, ...Object.keys(units).sort()];
  return candidates.find((one) => fits(number, one, units)) ?? null;
}

/**
 * @param {Exact} number
 * @param {string} unit
 * @param {Question['units']} units
 */
function fits(number, unit, units) {
  return Object.hasOwn(units, unit) && !isOutside(number, units[unit].minimum, units[unit].maximum);
}

/**
 * @param {Exact} number
 * @param {number} minimum
 * @param {number} maximum
 */
function isOutside(number, minimum, maximum) {
  return compare(number, exactly(minimum)) < 0 || compare(number, exactly(maximum)) > 0;
}

/**
 * @param {Question} question
 * @param {number} degrees
 */
function isUnlikely({ confirm_below: low, confirm_above: high }, degrees) {
  return (low !== null && degrees < low) || (high !== null && degrees > high);
}

/**
 * One value must be lower than another: a diastolic above the systolic was mistyped.
 * @param {Question} question
 * @param {Checked} checked
 */
function checkOrder(question, checked) {
  const value = checked.values[question.key];
  const limit = question.below === null ? undefined : checked.values[question.below];
  if (typeof value !== 'number' || typeof limit !== 'number' || value < limit) return;
  delete checked.values[question.key];
  refuse(checked, question, 'not_below', { maximum: limit, typed: typed(value) });
}

/**
 * @param {DecisionTable} table
 * @param {Answers} answers
 * @param {Checked} checked
 */
function checkUnknown(table, answers, checked) {
  const known = new Set(table.questions.flatMap((question) => question.answer_keys));
  for (const key of Object.keys(answers).filter((one) => !known.has(one)).sort()) {
    checked.problems.push({ key, code: 'unknown_question', params: { typed: typed(key) } });
  }
}
