/** Keeps what is typed on a page of the check-in, so that a closed tab or a lost signal loses nothing. */

import { begin, dropDraft, loadDraft, saveDraft, takeIn } from './draft.js';
import { inField, readAnswers } from './fields.js';
import { loadPack } from './pack.js';
import { ago, borrowTemplates, clock, part } from './screens.js';

const CHECK_IN = /^\/check-in\/([0-9a-f-]{36})\/(?:([\w-]+)\/)?$/;
const RESULT = /^\/reports\/([0-9a-f-]{36})\/$/;
const WRITE_WAITS_MS = 300;
let isOn = false;

/** On a page of a check-in, once there is a checklist to tell fields from answers by. */
export async function autosave() {
  const [, patientId, address] = CHECK_IN.exec(location.pathname) ?? [];
  const { pack } = await loadPack();
  const patient = pack?.patients.find((one) => one.id === patientId);
  if (isOn || !patient) return;
  isOn = true;
  dropWithStartOver(patientId);
  const list = pack.checklists[patient.checklist];
  const page = list.pages.find((one) => one.key === (address ?? list.pages[0].key));
  const form = document.querySelector('form:has([name="report_id"])');
  if (page && form) await follow(form, patient, page, list);
}

/** The page of a report's result: it is with the clinic, so its draft has done its work. */
export async function dropSent() {
  const [, reportId] = RESULT.exec(location.pathname) ?? [];
  if (!reportId) return;
  const { pack } = await loadPack();
  for (const patient of pack?.patients ?? []) {
    const { draft } = await loadDraft(patient.id);
    if (draft?.reportId === reportId) await dropDraft(patient.id);
  }
}

async function follow(form, patient, page, list) {
  const found = await loadDraft(patient.id);
  const isFresh = page === list.pages[0] && !document.querySelector('form[action$="/start-over/"]');
  const draft = same(found.draft, form, isFresh) ?? begin(patient, form.elements.report_id.value);
  const questions = page.questions.map((key) => list.questions[key]).filter((one) => form.elements[one.answer_keys[0]]);
  const restored = restore(form, questions, draft);
  if (restored) await tell('note-draft', { ago: ago(draft.updatedAt) });
  else if (found.droppedFrom) await tell('note-dropped', { when: clock(found.droppedFrom) });
  const keep = () => {
    takeIn(draft, questions, readAnswers(questions, new FormData(form)));
    return saveDraft(draft);
  };
  form.addEventListener('input', keep);
  form.addEventListener('submit', (event) => holdUntilKept(event, form, draft, page.key, keep));
}

/** The phone's draft, if it is the one on the page; a page with none begun goes on with the phone's. */
function same(draft, form, isFresh) {
  const field = form.elements.report_id;
  if (draft && isFresh) field.value = draft.reportId;
  return draft?.reportId === field.value ? draft : null;
}

/** Fill only what the server left open. */
function restore(form, questions, draft) {
  let count = 0;
  for (const { kind, answer_keys: [key, unitKey] } of questions) {
    const value = draft.answers[key];
    const data = new FormData(form);
    if (value === undefined || data.getAll(key).some(Boolean)) continue;
    const fields = [...form.querySelectorAll(`[name="${key}"]`)];
    if (fields[0].type === 'text') fields[0].value = value;
    else fields.forEach((one) => (one.checked = isChosen(kind, one.value, value)));
    if (unitKey && draft.answers[unitKey]) form.elements[unitKey].value = draft.answers[unitKey];
    count += kind === 'ticks' ? value.length : 1;
  }
  return count > 0;
}

function isChosen(kind, offered, value) {
  return kind === 'ticks' ? value.includes(offered) : offered === String(inField(value));
}

async function tell(name, words) {
  await borrowTemplates();
  document.querySelector('#content h1').closest('form, main > *').before(part(name, words));
}

/** The page goes out a moment later: if it never arrives, the phone goes on from exactly here. */
async function holdUntilKept(event, form, draft, pageKey, keep) {
  if (form.dataset.kept !== undefined) return;
  event.preventDefault();
  form.dataset.kept = '';
  draft.done = [...new Set([...draft.done, pageKey])];
  await Promise.race([keep(), new Promise((resolve) => setTimeout(resolve, WRITE_WAITS_MS))]);
  form.requestSubmit(event.submitter);
  delete form.dataset.kept;
}

function dropWithStartOver(patientId) {
  document.querySelector('form[action$="/start-over/"]')?.addEventListener('submit', () => dropDraft(patientId));
}
