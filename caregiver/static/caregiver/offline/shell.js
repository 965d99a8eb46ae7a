/** Opens the page that stands in when there is no signal, at whatever address was wanted. */

import { showCards } from './card.js';
import { CheckIn } from './check_in.js';
import { loadPack } from './pack.js';
import { contextOf, hours } from './person.js';
import { call, find, part, place, show, showIf, word } from './screens.js';
import { keepSending } from './sending.js';
import { followAll } from './states.js';
import { tellWorry } from './worry.js';

const WORRIED = /^\/worried\/([0-9a-f-]{36})\/([0-9a-f-]{36})\//;
const CHECK_IN = /^\/check-in\/([0-9a-f-]{36})\/(?:([\w-]+)\/)?/;

/** Whatever goes wrong, the numbers to call stay on the page: they are in its HTML. */
export async function openShell() {
  const { state, pack } = await loadPack().catch(nothing);
  const [, worriedAbout, worryId] = WORRIED.exec(location.pathname) ?? [];
  const [, patientId = worriedAbout, pageKey = ''] = CHECK_IN.exec(location.pathname) ?? [];
  const patient = pack?.patients.find((one) => one.id === patientId);
  if (pack?.patients.length) showCalls(pack.patients);
  // No rule is asked, so questions that are too old are no reason to refuse.
  if (worryId && pack && patient) {
    showWho(patient);
    return tellWorry(pack, patient, worryId);
  }
  if (location.pathname === '/card/' && pack?.patients.some((one) => one.card)) {
    showCards(pack);
    keepSending();
    return;
  }
  if (state === 'ready' && patient) {
    showWho(patient);
    keepSending();
    return new CheckIn(pack, patient).start(pageKey);
  }
  if (state === 'ready' && pack.patients.length) return showHome('home', pack.patients);
  return showHome(state === 'expired' ? 'expired' : 'none', []);
}

/** @returns {Awaited<ReturnType<typeof loadPack>>} what a phone that stores nothing has with it */
function nothing() {
  return { state: 'none', pack: null };
}

/**
 * @param {string} name
 * @param {PackPatient[]} patients
 */
async function showHome(name, patients) {
  const screen = part(name);
  const list = place(screen, 'waiting');
  if (name === 'home') showIf(screen, 'needs', location.pathname !== '/');
  if (patients.length) place(screen, 'people').append(...patients.map(person));
  find(screen, '[data-action="reload"]', HTMLElement).addEventListener('click', () => location.reload());
  show(screen);
  await followAll(list);
  keepSending();
}

/** @param {PackPatient} patient */
function person(patient) {
  const made = part('person', { name: patient.name, day: dayOf(patient) });
  const { isStaffed, opens } = hours(patient, new Date());
  if (!isStaffed) find(made, 'section', HTMLElement).append(part('note-closed', { when: opens }));
  find(made, '[data-link="start"]', HTMLAnchorElement).href = `/check-in/${patient.id}/`;
  find(made, '[data-link="worried"]', HTMLAnchorElement).href = `/worried/${patient.id}/${crypto.randomUUID()}/`;
  return made;
}

/** @param {PackPatient} patient */
function showWho(patient) {
  const who = find(document, '.who', HTMLElement);
  find(who, '.initials', HTMLElement).textContent = patient.initials;
  find(who, 'strong', HTMLElement).textContent = patient.name;
  find(who, '.small', HTMLElement).textContent = `${dayOf(patient)} · ${patient.product}`;
  who.hidden = false;
}

/** @param {PackPatient} patient */
function dayOf(patient) {
  const { day } = contextOf(patient, new Date());
  return day < 0 ? '' : word('day').replace('{day}', String(day));
}

/**
 * The numbers of this person's clinics in place of those that the shell was kept with.
 * @param {PackPatient[]} patients
 */
function showCalls(patients) {
  const clinics = new Map(patients.map((patient) => [patient.clinic, patient.calls]));
  const lists = [...clinics.values()].map((calls) => {
    const list = Object.assign(document.createElement('div'), { className: 'calls' });
    list.append(...Object.values(calls).map(call));
    return list;
  });
  const section = find(document, '#calls', HTMLElement);
  section.replaceChildren(find(section, 'h2', HTMLElement), ...lists);
}
