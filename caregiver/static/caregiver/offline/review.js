/** The last look before sending. Twin of check_in_review.html. */

import { asTyped, temperatureUnit } from '../triage/numbers.js';
import { clock, find, part, place, word } from './screens.js';

const ASK_WHEN_AFTER_MS = 60 * 60 * 1000;

/** @param {Review} review */
export function reviewScreen({ list, draft, asked, change, send }) {
  const screen = part('review');
  const form = find(screen, 'form', HTMLFormElement);
  const asksWhen = isOld(draft);
  if (asksWhen) place(form, 'when').append(part('when', { when: clock(draft.startedAt) }));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const seen = new FormData(form).get('seen_when');
    if (asksWhen && !seen) return insist(form);
    find(form, 'button', HTMLButtonElement).disabled = true;
    if (!asksWhen) return send('');
    return send(seen === 'start' ? 'start' : 'now');
  });
  for (const page of list.pages) {
    const questions = asked(page);
    if (questions.length) place(screen, 'sections').append(section(page, questions, draft.answers, change));
  }
  return screen;
}

/**
 * After an hour "now" cannot be taken for granted as the time the signs were seen.
 * @param {Draft} draft
 */
export function isOld(draft) {
  return Date.now() - Date.parse(draft.startedAt) > ASK_WHEN_AFTER_MS;
}

/**
 * @param {ChecklistPage} page
 * @param {SpokenQuestion[]} questions
 * @param {Answers} answers
 * @param {(key: string) => void} change
 */
function section(page, questions, answers, change) {
  const made = part('section', page);
  find(made, 'button', HTMLButtonElement).addEventListener('click', () => change(page.key));
  place(made, 'lines').append(...questions.map((question) => line(question, answers)));
  return made;
}

/**
 * @param {SpokenQuestion} question
 * @param {Answers} answers
 */
function line(question, answers) {
  const answer = inWords(question, answers);
  const made = part('line', { label: question.label, answer: answer || word('unanswered') });
  if (!answer) find(made, 'dd', HTMLElement).classList.add('soft');
  return made;
}

/**
 * @param {SpokenQuestion} question
 * @param {Answers} answers
 */
function inWords(question, answers) {
  const [key, unitKey] = question.answer_keys;
  const value = answers[key];
  if (value === undefined) return '';
  if (Array.isArray(value)) return value.map((one) => optionText(question, one)).join(', ') || word('none');
  if (question.kind === 'yes_no') return word(value === true ? 'yes' : 'no');
  if (question.kind === 'choice') return optionText(question, value);
  const unit = question.kind === 'temperature' ? `°${temperatureUnit(String(answers[unitKey])) || answers[unitKey]}` : question.unit;
  return asTyped(value, unit, document.documentElement.lang);
}

/**
 * @param {SpokenQuestion} question
 * @param {unknown} value
 */
function optionText(question, value) {
  return question.options.find((option) => option.value === value)?.text ?? String(value);
}

/** @param {HTMLFormElement} form */
function insist(form) {
  const field = find(form, 'fieldset', HTMLElement);
  field.classList.add('field-wrong');
  find(field, '.errorlist', HTMLElement).hidden = false;
  find(field, 'input', HTMLElement).focus();
}
