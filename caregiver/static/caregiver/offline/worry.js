/** "I am worried" with no signal: whom to call first, then the tap is kept and sent like a report. */

import { loadToken } from './pack.js';
import { hours } from './person.js';
import { describe, keep, sealed } from './queue.js';
import { call, find, part, place, show } from './screens.js';
import { keepSending, onNews, send } from './sending.js';
import { followReport, showLost } from './states.js';

/**
 * The id is in the address: the same tap twice stays one.
 * @param {Pack} pack
 * @param {PackPatient} patient
 * @param {string} id
 */
export async function tellWorry(pack, patient, id) {
  const screen = part('worry');
  place(screen, 'calls').append(call(patient.calls.line), call(patient.calls.emergency));
  const { isStaffed, opens } = hours(patient, new Date());
  if (!isStaffed) place(screen, 'calls').after(part('note-closed', { when: opens }));
  find(screen, '[data-link="start"]', HTMLAnchorElement).href = `/check-in/${patient.id}/`;
  show(screen);
  const told = { id, patient: patient.id, observed_at: new Date().toISOString(), language: pack.language };
  const token = (await loadToken().catch(() => '')) ?? '';
  const kept = await sealed(told, pack.key, token, patient.calls.line, 'worries');
  await describe(kept, { person: pack.person, patient: patient.id });
  const state = place(document, 'state');
  try {
    await keep(kept);
  } catch {
    const receipt = await send(kept);
    if (receipt) followReport(state, kept)({ id, state: 'received', receipt });
    else showLost(state, patient.calls.line);
    return;
  }
  const follow = followReport(state, kept);
  onNews((news) => {
    if (news.id === id) follow(news);
  });
  keepSending();
}
