/** Keeps what is typed on a page of the check-in, so that a closed tab or a lost signal loses nothing. */

import { begin, dropDraft, loadDraft, saveDraft, takeIn } from './draft.js';
import { inField, readAnswers } from './fields.js';
import { loadPack } from './pack.js';
import { stampLevel } from './phone_level.js';
import { ago, borrowTemplates, clock, find, part } from './screens.js';

const CHECK_IN = /^\/check-in\/([0-9a-f-]{36})\/(?:([\w-]+)\/)?$/;
const RESULT = /^\/reports\/([0-9a-f-]{36})\/$/;
const WRITE_WAITS_MS = 300;
let isOn = false;

/** On a page of a check-in, once there is a checklist to tell fields from answers by. */
export async function autosave() {
  const [, patientId, address] = CHECK_IN.exec(location.pathname) ?? [];
  const { state, pack } = await loadPack();
  const patient = pack?.patients.find((one) => one.id === patientId);
  if (isOn || !pack || !patient) return;
  isOn = true;
  dropWithStartOver(patientId);
  const list = pack.checklists[patient.checklist];
  const page = list.pages.find((one) => one.key === (address ?? list.pages[0].key));
  const form = document.querySelector('form:has([name="report_id"])');
  if (!(form instanceof HTMLFormElement)) return;
  const questions = page ? shownOn(form, page, list) : [];
  if (page) await follow(form, patient, page, list, questions);
  // A checklist that is too old to advise has no word to say either.
  if (state === 'ready') stampLevel(form, patient, list, questions);
}

/**
 * @param {HTMLFormElement} form
 * @param {ChecklistPage} page
 * @param {Checklist} list
 */
function shownOn(form, page, list) {
  return page.questions.map((key) => list.questions[key]).filter((one) => form.elements.namedItem(one.answer_keys[0]));
}

/** The page of a report's result: it is with the clinic, so its draft has done its work. */
export async function dropSent() {
  const [, sentId] = RESULT.exec(location.pathname) ?? [];
  if (!sentId) return;
  const { pack } = await loadPack();
  for (const patient of pack?.patients ?? []) {
    const { draft } = await loadDraft(patient.id);
    if (draft?.reportId === sentId) await dropDraft(patient.id);
  }
}

/**
 * @param {HTMLFormElement} form
 * @param {PackPatient} patient
 * @param {ChecklistPage} page
 * @param {Checklist} list
 * @param {SpokenQuestion[]} questions
 */
async function follow(form, patient, page, list, questions) {
  const found = await loadDraft(patient.id);
  const isFresh = page === list.pages[0] && !document.querySelector('form[action$="/start-over/"]');
  const draft = same(found.draft, form, isFresh) ?? begin(patient, reportId(form).value);
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

/**
 * The phone's draft, if it is the one on the page; a page with none begun goes on with the phone's.
 * @param {Draft | null} draft
 * @param {HTMLFormElement} form
 * @param {boolean} isFresh
 */
function same(draft, form, isFresh) {
  const field = reportId(form);
  if (draft && isFresh) field.value = draft.reportId;
  return draft?.reportId === field.value ? draft : null;
}

/**
 * Fill only what the server left open.
 * @param {HTMLFormElement} form
 * @param {SpokenQuestion[]} questions
 * @param {Draft} draft
 */
function restore(form, questions, draft) {
  let count = 0;
  for (const { answer_keys: [key, unitKey] } of questions) {
    const value = draft.answers[key];
    const data = new FormData(form);
    if (value === undefined || data.getAll(key).some(Boolean)) continue;
    fill(form, key, value);
    if (unitKey && draft.answers[unitKey]) fill(form, unitKey, draft.answers[unitKey]);
    count += Array.isArray(value) ? value.length : 1;
  }
  return count > 0;
}

/**
 * @param {HTMLFormElement} form
 * @param {string} key
 * @param {unknown} value
 */
function fill(form, key, value) {
  /** @type {NodeListOf<HTMLInputElement>} */
  const fields = form.querySelectorAll(`input[name="${key}"]`);
  for (const field of fields) {
    if (field.type === 'text') field.value = String(value);
    else field.checked = Array.isArray(value) ? value.includes(field.value) : field.value === String(inField(value));
  }
}

/** @param {HTMLFormElement} form */
function reportId(form) {
  return find(form, '[name="report_id"]', HTMLInputElement);
}

/**
 * @param {string} name
 * @param {Record<string, string>} words
 */
async function tell(name, words) {
  await borrowTemplates();
  const title = find(document, '#content h1', HTMLElement);
  (title.closest('form, main > *') ?? title).before(part(name, words));
}

/**
 * The page goes out a moment later: if it never arrives, the phone goes on from exactly here.
 * @param {SubmitEvent} event
 * @param {HTMLFormElement} form
 * @param {Draft} draft
 * @param {string} pageKey
 * @param {() => Promise<boolean>} keep
 */
async function holdUntilKept(event, form, draft, pageKey, keep) {
  if (form.dataset.kept !== undefined) return;
  event.preventDefault();
  form.dataset.kept = '';
  draft.done = [...new Set([...draft.done, pageKey])];
  await Promise.race([keep(), new Promise((resolve) => setTimeout(resolve, WRITE_WAITS_MS))]);
  form.requestSubmit(event.submitter);
  delete form.dataset.kept;
}

/** @param {string} patientId */
function dropWithStartOver(patientId) {
  document.querySelector('form[action$="/start-over/"]')?.addEventListener('submit', () => dropDraft(patientId));
}
