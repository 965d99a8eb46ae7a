/** Opens the page that stands in when there is no signal, at whatever address was wanted. */

import { showCards } from './card.js';
import { CheckIn } from './check_in.js';
import { loadPack } from './pack.js';
import { contextOf } from './person.js';
import { call, part, place, show, word } from './screens.js';
import { keepSending } from './sending.js';
import { followAll } from './states.js';
import { tellWorry } from './worry.js';

const WORRIED = /^\/worried\/([0-9a-f-]{36})\/([0-9a-f-]{36})\//;
const CHECK_IN = /^\/check-in\/([0-9a-f-]{36})\/(?:([\w-]+)\/)?/;

/** Whatever goes wrong, the numbers to call stay on the page: they are in its HTML. */
export async function openShell() {
  const { state, pack } = await loadPack().catch(() => ({ state: 'none', pack: null }));
  const [, worriedAbout, worryId] = WORRIED.exec(location.pathname) ?? [];
  const [, patientId = worriedAbout, pageKey = ''] = CHECK_IN.exec(location.pathname) ?? [];
  const patient = pack?.patients.find((one) => one.id === patientId);
  if (pack?.patients.length) showCalls(pack.patients);
  // No rule is asked, so questions that are too old are no reason to refuse.
  if (worryId && patient) {
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
  const isOpen = state === 'ready' && pack.patients.length > 0;
  return showHome(isOpen ? 'home' : state === 'expired' ? 'expired' : 'none', isOpen ? pack.patients : []);
}

async function showHome(name, patients) {
  const screen = part(name);
  const list = place(screen, 'waiting');
  place(screen, 'people')?.append(...patients.map(person));
  screen.querySelector('[data-action="reload"]').addEventListener('click', () => location.reload());
  show(screen);
  await followAll(list);
  keepSending();
}

function person(patient) {
  const made = part('person', { name: patient.name, day: dayOf(patient) });
  made.querySelector('[data-link="start"]').href = `/check-in/${patient.id}/`;
  made.querySelector('[data-link="worried"]').href = `/worried/${patient.id}/${crypto.randomUUID()}/`;
  return made;
}

function showWho(patient) {
  const who = document.querySelector('.who');
  who.querySelector('.initials').textContent = patient.initials;
  who.querySelector('strong').textContent = patient.name;
  who.querySelector('.small').textContent = `${dayOf(patient)} · ${patient.product}`;
  who.hidden = false;
}

function dayOf(patient) {
  const { day } = contextOf(patient, new Date());
  return day < 0 ? '' : word('day').replace('{day}', day);
}

/** The numbers of this person's clinics in place of those that the shell was kept with. */
function showCalls(patients) {
  const clinics = new Map(patients.map((patient) => [patient.clinic, patient.calls]));
  const lists = [...clinics.values()].map((calls) => {
    const list = Object.assign(document.createElement('div'), { className: 'calls' });
    list.append(...Object.values(calls).map(call));
    return list;
  });
  const section = document.getElementById('calls');
  section.replaceChildren(section.querySelector('h2'), ...lists);
}
