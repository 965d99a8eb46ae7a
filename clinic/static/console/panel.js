/** The open patient beside the list: marked in the list, renewed without touching what is typed. */

import { hasDraft, restoreDrafts } from './drafts.js';
import { all, find } from './markup.js';

/** Where the focus was in the list: the row by its name, its place should it go, and whether on its button. */
let lastId = '';
let lastIndex = -1;
let wasOnButton = false;
/** What somebody has unfolded in forms and reports, by its name. */
/** @type {(string | undefined)[]} */
let unfolded = [];

export function tendPanel() {
  document.body.addEventListener('htmx:beforeSwap', (event) => {
    rememberIndex();
    if (['panel-forms', 'panel-head'].includes(event.detail.target?.id ?? '')) unfolded = folds().filter((one) => one.open).map(nameOf);
  });
  document.body.addEventListener('htmx:afterSwap', (event) => {
    if (event.detail.target?.id === 'panel') opened();
  });
  document.body.addEventListener('htmx:load', (event) => {
    const { id } = event.detail.elt;
    if (['panel-forms', 'panel-reports', 'panel-body'].includes(id)) {
      folds(`#${id}`).filter((one) => unfolded.includes(nameOf(one))).forEach((one) => one.setAttribute('open', ''));
    }
    if (id === 'panel-forms') restoreDrafts();
    if (id === 'panel-head') renewForms();
  });
}

/** Marks the open patient's row, which the server cannot know. */
export function markOpenRow() {
  const id = document.querySelector('[data-escalation]')?.getAttribute('data-escalation');
  all(document, '[data-row]').forEach((row) => {
    const link = find(row, '.work-link', HTMLElement);
    if (row.dataset.id === id) link.setAttribute('aria-current', 'true');
    else link.removeAttribute('aria-current');
  });
}

/** Keeps the focus in the list when that is drawn anew, also where somebody else has closed the row that had it. */
export function keepFocusInList() {
  if (lastIndex === -1 || document.activeElement !== document.body) return;
  const rows = all(document, '[data-row]');
  const same = rows.find((row) => row.dataset.id === lastId);
  const row = same ?? rows[Math.min(lastIndex, rows.length - 1)];
  const button = same && wasOnButton ? same.querySelector('button') : null;
  /** @type {HTMLElement | null | undefined} */ (button ?? row?.querySelector('.work-link'))?.focus({ preventScroll: true });
}

function opened() {
  restoreDrafts();
  markOpenRow();
  const panel = find(document, '#panel', HTMLElement);
  panel.scrollTo({ top: 0 });
  const [problem] = all(panel, '.error-summary, #taken, #refused, #said-here');
  const [title] = all(panel, '#panel-title');
  if (problem) problem.focus();
  else title?.focus({ preventScroll: true });
}

/** Fresh forms only where they differ; words that have no form any more stay where they are. */
function renewForms() {
  const formKey = find(document, '#panel-head', HTMLElement).dataset.formKey ?? '';
  const forms = document.getElementById('panel-forms');
  if (!forms || formKey === forms.dataset.formKey) return;
  const isClosed = formKey.startsWith('resolved');
  if (!isClosed || !hasDraft()) window.htmx.trigger(forms, 'console:forms-changed');
}

/** @returns {HTMLDetailsElement[]} */
function folds(within = ':is(#panel-forms, #panel-reports, #panel-body)') {
  return [...document.querySelectorAll(`${within} details`)].filter((one) => one instanceof HTMLDetailsElement);
}

/**
 * The answers of several reports have one title, so each has a name of its own.
 * @param {HTMLDetailsElement} fold
 */
function nameOf(fold) {
  return fold.dataset.fold ?? fold.querySelector('summary')?.textContent?.trim();
}

function rememberIndex() {
  const row = document.activeElement?.closest('[data-row]');
  const rows = all(document, '[data-row]');
  lastIndex = rows.findIndex((one) => one === row);
  lastId = rows[lastIndex]?.dataset.id ?? '';
  wasOnButton = document.activeElement instanceof HTMLButtonElement;
}
