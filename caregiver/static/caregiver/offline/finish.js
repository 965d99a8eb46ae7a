/** The end of a check-in: advice on the screen first, then keep the report, then send it. */

import { offerReading } from '../read_aloud.js';
import { isPressing, isWorse } from '../triage/levels.js';
import { dropDraft, keepInPlace } from './draft.js';
import { loadToken, remember } from './pack.js';
import { describe, sealed } from './queue.js';
import { callsOf, find, part, place, setIcon, show, showIf, withCalls, word } from './screens.js';
import { keepSending, onNews, send } from './sending.js';
import { followReport, showLost } from './states.js';

/**
 * @param {CheckInEnd} end
 * @returns {Promise<void>}
 */
export async function finish({ pack, patient, report, advice, checks }) {
  const targets = Object.values(patient.calls);
  showAdvice(advice, checks, targets);
  history.replaceState(null, '', `/reports/${report.id}/`);
  const kept = await sealed(report, pack.key, (await loadToken().catch(() => '')) ?? '', patient.calls.line);
  await describe(kept, { person: pack.person, patient: patient.id, advice });
  const state = place(document, 'state');
  try {
    await keepInPlace(patient.id, kept);
  } catch (/** @type {any} */ { name }) {
    if (name !== 'ConstraintError') return sendUnkept(state, kept, patient);
    // Another tab has sent this draft.
    return finish({ pack, patient, report: { ...report, id: crypto.randomUUID() }, advice, checks });
  }
  const follow = followReport(state, kept);
  onNews((news) => {
    if (news.id !== report.id) return;
    follow(news);
    if (!news.receipt) return;
    showIfWorse(news.receipt.advice, advice, checks, targets);
    // Of its own clock the phone knows nothing.
    const wrongTime = (news.receipt.problems ?? []).filter(({ key }) => key === 'observed_at');
    place(document, 'checks').append(...wrongTime.map(({ text }) => part('check', { text })));
  });
  await remember(patient.id, { id: report.id, at: report.observed_at, answers: report.answers });
  keepSending();
}

/**
 * No room on this phone: the one chance is to send it straight away.
 * @param {HTMLElement} state
 * @param {Kept} kept
 * @param {PackPatient} patient
 */
async function sendUnkept(state, kept, patient) {
  const receipt = await send(kept);
  if (!receipt) return showLost(state, patient.calls.line);
  followReport(state, kept)({ id: kept.id, state: 'received', receipt });
  await dropDraft(patient.id);
}

/**
 * The clinic may know more than this phone did. The higher level counts; nothing is taken back.
 * @param {Advice} told
 * @param {Advice} shown
 * @param {string[]} checks
 * @param {Line[]} targets
 */
function showIfWorse(told, shown, checks, targets) {
  if (!isWorse(told.level, shown.level)) return;
  const state = place(document, 'state');
  showAdvice(told, checks, targets);
  place(document, 'state').replaceWith(state);
}

/**
 * @param {Advice} advice
 * @param {string[]} checks
 * @param {Line[]} targets
 */
function showAdvice(advice, checks, targets) {
  const screen = part('result', { ...advice, word: word(advice.level, 'levels') });
  const result = find(screen, '.result', HTMLElement);
  result.classList.add(`level-${advice.level}`);
  setIcon(result, advice.level);
  place(screen, 'calls').append(...callsOf(advice));
  place(screen, 'steps').append(...advice.steps.map((text) => withCalls('li', text, targets)));
  setIcon(find(screen, '[data-show="note"]', HTMLElement), advice.isStaffed === false ? 'moon' : 'info');
  showIf(screen, 'note', Boolean(advice.note));
  place(screen, 'checks').append(...checks.map((text) => part('check', { text })));
  showIf(screen, 'aloud', isPressing(advice.level));
  showIf(screen, 'card', isPressing(advice.level));
  show(screen);
  const aloud = document.querySelector('[data-module="read-aloud"]');
  if (aloud instanceof HTMLElement) offerReading(aloud);
  document.title = advice.title;
  find(document, '#advice', HTMLElement).focus();
}
