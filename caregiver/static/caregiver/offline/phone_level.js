/** Sends along what this phone makes of a check-in: the higher of both levels counts. */

import { readAnswers } from './fields.js';
import { assessed } from './person.js';

/**
 * Keeps the form's hidden field true to the page, so that no sending waits for it.
 * @param {HTMLFormElement} form
 * @param {PackPatient} patient
 * @param {Checklist} list
 * @param {SpokenQuestion[]} questions those that the form asks; none on the last look before sending
 */
export function stampLevel(form, patient, list, questions) {
  const field = form.elements.namedItem('level_on_phone');
  const report = form.elements.namedItem('report_id');
  if (!(field instanceof HTMLInputElement) || !(report instanceof HTMLInputElement)) return;
  const stamp = () => {
    const answers = withPage(JSON.parse(field.dataset.answers ?? '{}'), form, questions);
    field.value = assessed(patient, list.table, answers, report.value, new Date()).level;
  };
  form.addEventListener('input', stamp);
  stamp();
}

/**
 * What the server has of this check-in, with this page's answers as they stand now.
 * @param {Answers} known
 * @param {HTMLFormElement} form
 * @param {SpokenQuestion[]} questions
 */
function withPage(known, form, questions) {
  const keys = questions.flatMap((question) => question.answer_keys);
  const others = Object.fromEntries(Object.entries(known).filter(([key]) => !keys.includes(key)));
  return { ...others, ...readAnswers(questions, new FormData(form)).answers };
}
