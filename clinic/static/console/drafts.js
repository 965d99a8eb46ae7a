/** What somebody is typing about an escalation, kept in memory while the page around it is renewed. */

import { all } from './markup.js';

/** @type {Map<string, Map<string, string>>} escalation → field name → value; never stored: it is health data */
const drafts = new Map();

export function keepDrafts() {
  document.addEventListener('input', (event) => remember(event.target));
  // Before the answer is shown: what was saved must not come back as a draft.
  document.body.addEventListener('htmx:beforeOnLoad', (event) => {
    const { elt, xhr } = event.detail;
    if (xhr.status < 300 && elt instanceof HTMLFormElement) forget(elt);
  });
}

/** Puts drafts back into the fields that have just arrived. */
export function restoreDrafts() {
  const panel = document.querySelector('[data-escalation]');
  const mine = panel && drafts.get(escalation(panel));
  if (!mine) return;
  for (const [name, value] of mine) {
    for (const field of all(panel, `[name="${CSS.escape(name)}"]`).filter(isField)) {
      if (field.type === 'radio' && 'checked' in field) field.checked = field.value === value;
      else if (!field.value) field.value = value;
      // Words behind a closed fold would look lost.
      if (value.trim()) field.closest('details')?.setAttribute('open', '');
    }
  }
}

/** @returns {boolean} whether unsaved words belong to the open panel */
export function hasDraft() {
  const panel = document.querySelector('[data-escalation]');
  return panel !== null && [...(drafts.get(escalation(panel))?.values() ?? [])].some((value) => value.trim() !== '');
}

/** @param {EventTarget | null} field */
function remember(field) {
  if (!isField(field) || !field.name) return;
  const panel = field.closest('[data-escalation]');
  if (!panel) return;
  const mine = drafts.get(escalation(panel)) ?? new Map();
  mine.set(field.name, field.value);
  drafts.set(escalation(panel), mine);
}

/** @param {HTMLFormElement} form */
function forget(form) {
  const mine = drafts.get(form.action.match(/escalations\/([^/]+)\//)?.[1] ?? '');
  for (const name of new FormData(form).keys()) mine?.delete(name);
}

/** @param {Element} panel */
function escalation(panel) {
  return panel.getAttribute('data-escalation') ?? '';
}

/**
 * @param {unknown} target
 * @returns {target is HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement}
 */
function isField(target) {
  return [HTMLInputElement, HTMLTextAreaElement, HTMLSelectElement].some((kind) => target instanceof kind);
}
