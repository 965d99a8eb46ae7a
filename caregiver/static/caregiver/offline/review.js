/** The last look before sending. Twin of check_in_review.html. */

import { clock, part, place, word } from './screens.js';

const ASK_WHEN_AFTER_MS = 60 * 60 * 1000;

/**
 * @param {{list: any, draft: import('./draft.js').Draft, asked: (page: any) => any[],
 *   change: (key: string) => void, send: (seen: 'now' | 'start') => void}} review
 */
export function reviewScreen({ list, draft, asked, change, send }) {
  const screen = part('review');
  const form = screen.querySelector('form');
  const asksWhen = isOld(draft);
  if (asksWhen) place(form, 'when').append(part('when', { when: clock(draft.startedAt) }));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const seen = new FormData(form).get('seen_when');
    if (asksWhen && !seen) return insist(form);
    form.querySelector('button').disabled = true;
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
 * @param {import('./draft.js').Draft} draft
 */
export function isOld(draft) {
  return new Date() - new Date(draft.startedAt) > ASK_WHEN_AFTER_MS;
}

function section(page, questions, answers, change) {
  const made = part('section', page);
  made.querySelector('button').addEventListener('click', () => change(page.key));
  place(made, 'lines').append(...questions.map((question) => line(question, answers)));
  return made;
}

function line(question, answers) {
  const answer = inWords(question, answers);
  const made = part('line', { label: question.label, answer: answer || word('unanswered') });
  if (!answer) made.querySelector('dd').classList.add('soft');
  return made;
}

function inWords(question, answers) {
  const [key, unitKey] = question.answer_keys;
  const value = answers[key];
  if (value === undefined) return '';
  if (question.kind === 'ticks') return value.map((one) => optionText(question, one)).join(', ') || word('none');
  if (question.kind === 'yes_no') return word(value === true ? 'yes' : 'no');
  if (question.kind === 'choice') return optionText(question, value);
  return question.kind === 'temperature' ? `${value} °${answers[unitKey]}` : `${value} ${question.unit}`.trim();
}

function optionText(question, value) {
  return question.options.find((option) => option.value === value)?.text ?? String(value);
}

function insist(form) {
  const field = form.querySelector('fieldset');
  field.classList.add('field-wrong');
  field.querySelector('.errorlist').hidden = false;
  field.querySelector('input').focus();
}
