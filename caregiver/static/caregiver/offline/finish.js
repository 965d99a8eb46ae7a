/** The end of a check-in: advice on the screen first, then keep the report, then send it. */

import { offerReading } from '../read_aloud.js';
import { isPressing, isWorse } from '../triage/levels.js';
import { dropDraft, keepInPlace } from './draft.js';
import { loadToken, remember } from './pack.js';
import { sealed } from './queue.js';
import { call, part, place, setIcon, show, showIf, withCalls, word } from './screens.js';
import { keepSending, onNews, send } from './sending.js';
import { followReport, showLost } from './states.js';

/**
 * @param {{pack: any, patient: any, report: any, advice: any, checks: string[]}} end
 */
export async function finish({ pack, patient, report, advice, checks }) {
  const targets = Object.values(patient.calls);
  showAdvice(advice, checks, targets);
  history.replaceState(null, '', `/reports/${report.id}/`);
  const kept = await sealed(report, pack.key, (await loadToken().catch(() => '')) ?? '', patient.calls.line);
  const place = document.querySelector('[data-place="state"]');
  try {
    await keepInPlace(patient.id, kept);
  } catch {
    await sendUnkept(place, kept, patient);
    return;
  }
  const follow = followReport(place, kept);
  onNews((news) => {
    if (news.id !== report.id) return;
    follow(news);
    if (news.receipt) showIfWorse(news.receipt.advice, advice, checks, targets);
  });
  await remember(patient.id, { id: report.id, at: report.observed_at, answers: report.answers });
  keepSending();
}

/** No room on this phone: the one chance is to send it straight away. */
async function sendUnkept(place, kept, patient) {
  const receipt = await send(kept);
  if (!receipt) return showLost(place, patient.calls.line);
  followReport(place, kept)({ id: kept.id, state: 'received', receipt });
  await dropDraft(patient.id);
}

/** The clinic may know more than this phone did. The higher level counts; nothing is taken back. */
function showIfWorse(told, shown, checks, targets) {
  if (!isWorse(told.level, shown.level)) return;
  const state = document.querySelector('[data-place="state"]');
  showAdvice(told, checks, targets);
  document.querySelector('[data-place="state"]').replaceWith(state);
}

function showAdvice(advice, checks, targets) {
  const screen = part('result', { ...advice, word: word(advice.level, 'levels') });
  screen.querySelector('.result').classList.add(`level-${advice.level}`);
  setIcon(screen.querySelector('.result'), advice.level);
  place(screen, 'calls').append(...advice.call.map(call));
  place(screen, 'steps').append(...advice.steps.map((text) => withCalls('li', text, targets)));
  setIcon(screen.querySelector('[data-show="note"]'), advice.isStaffed === false ? 'moon' : 'people');
  showIf(screen, 'note', Boolean(advice.note));
  place(screen, 'checks').append(...checks.map((text) => part('check', { text })));
  showIf(screen, 'aloud', isPressing(advice.level));
  show(screen);
  const aloud = document.querySelector('[data-module="read-aloud"]');
  if (aloud) offerReading(aloud);
  document.title = advice.title;
  document.getElementById('advice').focus();
}
