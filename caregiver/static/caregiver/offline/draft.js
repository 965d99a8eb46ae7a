/** An unfinished check-in on this phone, locked. Twelve hours later its answers may no longer be true. */

import { exchange, get, put, remove } from './store.js';
import { lock, unlock } from './vault.js';

const LASTS_MS = 12 * 3600 * 1000;
/** @type {Promise<unknown>} */
let last = Promise.resolve();

/**
 * A new check-in on what the phone took along.
 * @param {PackPatient} patient
 * @param {string} reportId
 * @returns {Draft}
 */
export function begin(patient, reportId) {
  const now = new Date().toISOString();
  return {
    patient: patient.id,
    reportId,
    checklist: patient.checklist,
    version: patient.protocol_version,
    answers: {},
    unsure: [],
    done: [],
    confirmed: [],
    startedAt: now,
    updatedAt: now,
  };
}

/**
 * The draft, unless it is too old to be true; then `droppedFrom` says from when it was.
 * @param {string} patientId
 * @returns {Promise<{draft: Draft | null, droppedFrom: string}>}
 */
export async function loadDraft(patientId) {
  const draft = await unlock(await get('drafts', patientId));
  if (!draft || Date.now() - Date.parse(draft.updatedAt) < LASTS_MS) return { draft, droppedFrom: '' };
  await dropDraft(patientId);
  return { draft: null, droppedFrom: draft.updatedAt };
}

/**
 * A phone that cannot store goes on without; what is on the screen is still there.
 * @param {Draft} draft
 */
export async function saveDraft(draft) {
  draft.updatedAt = new Date().toISOString();
  return inOrder(async () => put('drafts', draft.patient, await lock(draft))).then(
    () => true,
    () => false,
  );
}

/** @param {string} patientId */
export async function dropDraft(patientId) {
  try {
    await inOrder(() => remove('drafts', patientId));
  } catch {
    // A phone that stores nothing holds no draft, and one that fails now drops it by its age.
  }
}

/**
 * The check-in is over: its sealed report takes the place of its draft. On the disk when this resolves;
 * rejects where the phone is full or stores nothing, and then the draft is still there.
 * @param {string} patientId
 * @param {Kept} kept
 */
export async function keepInPlace(patientId, kept) {
  await inOrder(() => exchange(kept.id, kept, patientId));
  void askToStay();
}

/** Only now is there something to lose. Nobody waits for it: a browser may ask the person first. */
async function askToStay() {
  try {
    await navigator.storage?.persist?.();
  } catch {
    // Refused: the report stays all the same, unless the phone runs out of room.
  }
}

/**
 * A write that takes longer must not bring back a draft that was dropped after it.
 * @param {() => Promise<unknown>} act
 */
function inOrder(act) {
  last = last.then(act, act);
  return last;
}

/**
 * Answers of one page take the place of what was answered there before.
 * @param {Draft} draft
 * @param {SpokenQuestion[]} questions the questions that were shown
 * @param {ReadAnswers} read
 */
export function takeIn(draft, questions, read) {
  const shown = new Set(questions.flatMap((question) => question.answer_keys));
  const kept = Object.entries(draft.answers).filter(([key]) => !shown.has(key));
  draft.answers = { ...Object.fromEntries(kept), ...read.answers };
  draft.unsure = [...draft.unsure.filter((key) => !shown.has(key)), ...read.unsure];
}
