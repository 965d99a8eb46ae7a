/** The emergency card from what this phone took along. It tells facts, so it shows however old they are. */

import { contextOf } from './person.js';
import { ago, find, fullMoment, part, place, show, showIf, word } from './screens.js';

/** @param {Pack} pack */
export function showCards(pack) {
  const screen = part('cards');
  place(screen, 'cards').append(...pack.patients.map((patient) => card(patient, pack.made_at)));
  show(screen);
}

/**
 * @param {PackPatient} patient
 * @param {string} madeAt
 */
function card(patient, madeAt) {
  const facts = patient.card;
  const { day } = contextOf(patient, new Date());
  const made = part('card', {
    ...facts,
    disease: facts.disease ?? '',
    before: (facts.before ?? []).join(' · '),
    name: patient.name,
    product: patient.product,
    clinic: patient.clinic,
    line: patient.calls.line.display,
    day: day < 0 ? '' : word('day').replace('{day}', String(day)),
    when: fullMoment(madeAt),
    ago: ago(madeAt),
  });
  find(made, 'section', HTMLElement).setAttribute('aria-label', patient.name);
  find(made, '[data-link="line"]', HTMLAnchorElement).href = `tel:${patient.calls.line.phone}`;
  place(made, 'rows').append(...facts.rows.map(row));
  showIf(made, 'own', facts.warning !== '');
  showIf(made, 'ours', facts.warning === '');
  showIf(made, 'disease', Boolean(facts.disease));
  showIf(made, 'before', Boolean(facts.before?.length));
  showIf(made, 'born', facts.born !== '');
  showIf(made, 'minutes', Boolean(facts.minutes));
  showIf(made, 'none', facts.rows.length === 0);
  return made;
}

/** @param {CardRow} row */
function row({ at, came, told, signs }) {
  const made = part('card-row', { when: fullMoment(at), told: told && `\u00a0· ${told}` });
  const line = find(made, 'li', HTMLElement);
  if (came) line.append(' · ', word('late').replace('{seen}', fullMoment(at)).replace('{came}', fullMoment(came)));
  signs.forEach((sign) => line.append(document.createElement('br'), sign));
  return made;
}
