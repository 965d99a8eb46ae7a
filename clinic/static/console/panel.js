/** The open patient beside the list: marked in the list, renewed without touching what is typed. */

import { hasDraft, restoreDrafts } from './drafts.js';

/** Where the focus was in the list, should the row under it go. */
let lastIndex = -1;

export function tendPanel() {
  document.body.addEventListener('htmx:beforeSwap', rememberIndex);
  document.body.addEventListener('htmx:afterSwap', (event) => {
    if (event.detail.target?.id === 'panel') opened();
  });
  document.body.addEventListener('htmx:load', (event) => {
    if (event.detail.elt.id === 'panel-forms') restoreDrafts();
    if (event.detail.elt.id === 'panel-head') renewForms();
  });
}

/** Marks the open patient's row, which the server cannot know. */
export function markOpenRow() {
  const id = document.querySelector('[data-escalation]')?.dataset.escalation;
  document.querySelectorAll('[data-row]').forEach((row) => {
    const link = row.querySelector('.work-link');
    if (row.dataset.id === id) link.setAttribute('aria-current', 'true');
    else link.removeAttribute('aria-current');
  });
}

/** Keeps the focus in the list when the row that had it was closed by somebody else. */
export function keepFocusInList() {
  if (lastIndex === -1 || document.activeElement !== document.body) return;
  const links = [...document.querySelectorAll('[data-row] .work-link')];
  links[Math.min(lastIndex, links.length - 1)]?.focus({ preventScroll: true });
}

function opened() {
  restoreDrafts();
  markOpenRow();
  const panel = document.getElementById('panel');
  panel.scrollTo({ top: 0 });
  const problem = panel.querySelector('.error-summary, #taken, #refused, #said-here');
  if (problem) problem.focus();
  else panel.querySelector('#panel-title')?.focus({ preventScroll: true });
}

/** Fresh forms only where they differ; words that have no form any more stay where they are. */
function renewForms() {
  const head = document.getElementById('panel-head');
  const forms = document.getElementById('panel-forms');
  if (head.dataset.formKey === forms?.dataset.formKey) return;
  const isClosed = head.dataset.formKey.startsWith('resolved');
  if (!isClosed || !hasDraft()) window.htmx.trigger(forms, 'console:forms-changed');
}

function rememberIndex() {
  const row = document.activeElement?.closest('[data-row]');
  lastIndex = row ? [...document.querySelectorAll('[data-row]')].indexOf(row) : -1;
}
