/** Questions as fields, with the names and values of the server's form, and back. */

import { find, part, place, word } from './screens.js';

const UNSURE = 'unsure';

/**
 * @param {SpokenQuestion} question
 * @param {ReadAnswers} draft
 * @param {string} unit this person's own
 */
export function field(question, draft, unit) {
  if (question.kind === 'temperature') return temperature(question, draft.answers, unit);
  if (question.kind === 'number') return typed(question, draft.answers);
  const chosen = draft.unsure.includes(question.key) ? UNSURE : inField(draft.answers[question.key]);
  return choices(question, chosen);
}

/**
 * Answers as a report carries them. Twin of caregiver/rules/check_in/posted_answers.py.
 * @param {SpokenQuestion[]} questions
 * @param {FormData} data
 * @returns {ReadAnswers}
 */
export function readAnswers(questions, data) {
  /** @type {ReadAnswers} */
  const read = { answers: {}, unsure: [] };
  for (const question of questions) {
    if (data.get(question.key) === UNSURE) read.unsure.push(question.key);
    else Object.assign(read.answers, answer(question, data));
  }
  return read;
}

/**
 * Mark a field as wrong and say why.
 * @param {ParentNode} form
 * @param {SpokenQuestion} question
 * @param {string} text
 */
export function markWrong(form, question, text) {
  const input = find(form, `[name="${question.answer_keys[0]}"]`, HTMLInputElement);
  const wrong = input.closest('.field');
  if (!wrong) throw new Error(`${input.name} is in no field`);
  wrong.classList.add('field-wrong');
  const list = find(wrong, '.errorlist', HTMLElement);
  list.append(Object.assign(document.createElement('li'), { textContent: text }));
  list.hidden = false;
  input.setAttribute('aria-invalid', 'true');
  return input.id;
}

/**
 * The value that a field shows for an answer.
 * @param {unknown} value
 */
export function inField(value) {
  if (typeof value !== 'boolean') return value;
  return value ? 'yes' : 'no';
}

/**
 * @param {SpokenQuestion} question
 * @param {FormData} data
 * @returns {Answers}
 */
function answer(question, data) {
  const [key, unitKey] = question.answer_keys;
  const values = data.getAll(key).map((value) => String(value).trim()).filter(Boolean);
  // The page asked and nothing was ticked: that is an answer.
  if (question.kind === 'ticks') return { [key]: values };
  const value = values.at(-1);
  if (value === undefined) return {};
  if (question.kind === 'temperature') return { [key]: value, [unitKey]: data.get(unitKey) ?? '' };
  if (question.kind === 'choice' && /^[0-9]+$/.test(value)) return { [key]: Number(value) };
  if (question.kind === 'yes_no' && (value === 'yes' || value === 'no')) return { [key]: value === 'yes' };
  return { [key]: value };
}

/**
 * @param {SpokenQuestion} question
 * @param {unknown} chosen
 */
function choices(question, chosen) {
  const isTicks = question.kind === 'ticks';
  const made = part(isTicks ? 'ticks' : 'choices', question);
  hintFor(made, question);
  const offered = isTicks ? question.options : [...optionsOf(question), { value: UNSURE, text: word(UNSURE) }];
  /** @param {Offered} offered */
  const isChosen = ({ value }) => (Array.isArray(chosen) ? chosen.includes(value) : String(value) === String(chosen));
  place(made, 'options').append(...offered.map((one) => option(question.key, isTicks ? 'checkbox' : 'radio', one, isChosen(one))));
  if (question.kind === 'yes_no') place(made, 'options').classList.add('choices-row');
  return made;
}

/**
 * @param {SpokenQuestion} question
 * @returns {Offered[]}
 */
function optionsOf(question) {
  if (question.kind !== 'yes_no') return question.options;
  return ['yes', 'no'].map((value) => ({ value, text: word(value) }));
}

/**
 * @param {string} name
 * @param {string} type
 * @param {Offered} offered
 * @param {boolean} checked
 */
function option(name, type, { value, text }, checked) {
  const made = part('option', { text });
  const id = `id_${name}_${value}`;
  Object.assign(find(made, 'input', HTMLInputElement), { type, name, value, id, checked });
  find(made, 'label', HTMLLabelElement).htmlFor = id;
  return made;
}

/**
 * @param {SpokenQuestion} question
 * @param {Answers} answers
 */
function typed(question, answers) {
  const unit = question.unit && question.kind === 'number' ? `(${question.unit})` : '';
  const made = part('typed', { ...question, unit });
  const key = question.answer_keys[0];
  const input = find(made, 'input', HTMLInputElement);
  Object.assign(input, { name: key, id: `id_${key}`, value: answers[key] ?? '' });
  find(made, 'label', HTMLLabelElement).htmlFor = input.id;
  hintFor(made, question);
  return made;
}

/**
 * @param {SpokenQuestion} question
 * @param {Answers} answers
 * @param {string} unit
 */
function temperature(question, answers, unit) {
  const unitKey = question.answer_keys[1];
  const made = typed(question, answers);
  const units = { key: unitKey, text: word('unit'), hint: '' };
  const row = part('choices', units);
  hintFor(row, units);
  place(row, 'options').classList.add('choices-row');
  const chosen = answers[unitKey] || unit;
  place(row, 'options').append(
    ...question.units.map((value) => option(unitKey, 'radio', { value, text: `°${value}` }, value === chosen)),
  );
  made.append(row);
  return made;
}

/**
 * A hint is read out with its field; without one there is no empty paragraph.
 * @param {DocumentFragment} made
 * @param {Pick<SpokenQuestion, 'key' | 'hint'>} question
 */
function hintFor(made, question) {
  const hint = find(made, '.hint', HTMLElement);
  if (!question.hint) return hint.remove();
  hint.id = `id_${question.key}_helptext`;
  return find(made, 'input, fieldset', HTMLElement).setAttribute('aria-describedby', hint.id);
}
