/** Questions as fields, with the names and values of the server's form, and back. */

import { part, place, word } from './screens.js';

const UNSURE = 'unsure';

/**
 * @param {any} question
 * @param {any} draft answers and questions marked "not sure"
 * @param {string} unit this person's own
 */
export function field(question, draft, unit) {
  if (question.kind === 'temperature') return temperature(question, draft.answers, unit);
  if (question.kind === 'number') return typed(question, draft.answers);
  const chosen = draft.unsure.includes(question.key) ? UNSURE : inField(draft.answers[question.key]);
  return choices(question, chosen);
}

/**
 * Answers as a report carries them, and what somebody is not sure about. Twin of caregiver/rules/check_in/posted_answers.py.
 * @param {any[]} questions
 * @param {FormData} data
 */
export function readAnswers(questions, data) {
  const answers = {};
  const unsure = [];
  for (const question of questions) {
    if (data.get(question.key) === UNSURE) unsure.push(question.key);
    else Object.assign(answers, answer(question, data));
  }
  return { answers, unsure };
}

/**
 * Mark a field as wrong and say why.
 * @param {ParentNode} form
 * @param {any} question
 * @param {string} text
 */
export function markWrong(form, question, text) {
  const input = form.querySelector(`[name="${question.answer_keys[0]}"]`);
  const wrong = input.closest('.field');
  wrong.classList.add('field-wrong');
  const list = wrong.querySelector('.errorlist');
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
  return value === true ? 'yes' : value === false ? 'no' : value;
}

function answer(question, data) {
  const [key, unitKey] = question.answer_keys;
  const values = data.getAll(key).map((value) => value.trim()).filter(Boolean);
  // The page asked and nothing was ticked: that is an answer.
  if (question.kind === 'ticks') return { [key]: values };
  const value = values.at(-1);
  if (value === undefined) return {};
  if (question.kind === 'temperature') return { [key]: value, [unitKey]: data.get(unitKey) ?? '' };
  if (question.kind === 'choice' && /^[0-9]+$/.test(value)) return { [key]: Number(value) };
  if (question.kind === 'yes_no') return { [key]: { yes: true, no: false }[value] ?? value };
  return { [key]: value };
}

function choices(question, chosen) {
  const isTicks = question.kind === 'ticks';
  const made = part(isTicks ? 'ticks' : 'choices', question);
  hintFor(made, question);
  const offered = isTicks ? question.options : [...optionsOf(question), { value: UNSURE, text: word(UNSURE) }];
  const isChosen = ({ value }) => (isTicks ? (chosen ?? []).includes(value) : String(value) === String(chosen));
  place(made, 'options').append(...offered.map((one) => option(question.key, isTicks ? 'checkbox' : 'radio', one, isChosen(one))));
  if (question.kind === 'yes_no') place(made, 'options').classList.add('choices-row');
  return made;
}

function optionsOf(question) {
  if (question.kind !== 'yes_no') return question.options;
  return ['yes', 'no'].map((value) => ({ value, text: word(value) }));
}

function option(name, type, { value, text }, checked) {
  const made = part('option', { text });
  const id = `id_${name}_${value}`;
  Object.assign(made.querySelector('input'), { type, name, value, id, checked });
  made.querySelector('label').htmlFor = id;
  return made;
}

function typed(question, answers) {
  const unit = question.unit && question.kind === 'number' ? `(${question.unit})` : '';
  const made = part('typed', { ...question, unit });
  const key = question.answer_keys[0];
  const input = made.querySelector('input');
  Object.assign(input, { name: key, id: `id_${key}`, value: answers[key] ?? '' });
  made.querySelector('label').htmlFor = input.id;
  hintFor(made, question);
  return made;
}

function temperature(question, answers, unit) {
  const unitKey = question.answer_keys[1];
  const made = typed(question, answers);
  const units = { key: unitKey, kind: 'unit', text: word('unit'), hint: '' };
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

/** A hint is read out with its field; without one there is no empty paragraph. */
function hintFor(made, question) {
  const hint = made.querySelector('.hint');
  if (!question.hint) return hint.remove();
  hint.id = `id_${question.key}_helptext`;
  return made.querySelector('input, fieldset').setAttribute('aria-describedby', hint.id);
}
