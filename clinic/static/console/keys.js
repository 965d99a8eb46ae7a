/** Keys for people who never touch the mouse. They can be switched off, as speech input needs. */

import { all, find } from './markup.js';

const STORE = 'kinwatch.keys';
// A choice takes arrows and space, no letters.
const TYPED = 'input:not([type="radio"], [type="checkbox"]), textarea, select, [contenteditable]';

export function listenForKeys() {
  const dialog = find(document, '#keys', HTMLDialogElement);
  const toggle = find(document, '#keys-on', HTMLInputElement);
  toggle.checked = localStorage.getItem(STORE) !== 'off';
  toggle.addEventListener('change', () => localStorage.setItem(STORE, toggle.checked ? 'on' : 'off'));
  find(document, '#help-button', HTMLElement).addEventListener('click', () => dialog.showModal());
  document.addEventListener('keydown', (event) => {
    if (!dialog.open && (send(event) || leaveField(event))) {
      event.preventDefault();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || dialog.open || isTyping(event.target)) return;
    if (!toggle.checked && event.key.length === 1) return;
    const act = ACTS[event.key];
    if (act?.(dialog)) event.preventDefault();
  });
}

/**
 * What a key does. False: nothing, and the browser does what it always does.
 * @type {Record<string, (dialog: HTMLDialogElement) => boolean>}
 */
const ACTS = {
  j: () => move(1),
  k: () => move(-1),
  ArrowDown: () => isOnRow() && move(1),
  ArrowUp: () => isOnRow() && move(-1),
  a: () => take(),
  b: () => press('.panel-back'),
  c: () => focusOn('#panel-first .call[href]'),
  n: () => focusOn('#id_note-text'),
  x: () => focusOn('.panel-resolve [type="radio"]'),
  g: () => {
    window.htmx.trigger(document.body, 'console:arrival');
    return true;
  },
  m: () => press('#mute:not([hidden]), #unmute:not([hidden]), #start-watching:not([hidden])'),
  p: () => press('#patient-page, .topbar-nav [href$="/patients/"]'),
  w: () => press('#level-all'),
  '/': () => focusOn('#work-search'),
  '?': (dialog) => {
    dialog.showModal();
    return true;
  },
};

/**
 * Out of a field, with what is typed left where it is; from there single keys work again.
 * @param {KeyboardEvent} event
 */
function leaveField(event) {
  const { target } = event;
  if (event.key !== 'Escape' || !(target instanceof HTMLElement) || !isTyping(target)) return false;
  const [title] = all(document, '#panel-title');
  if (target.closest('#panel') && title) title.focus({ preventScroll: true });
  else target.blur();
  return true;
}

/**
 * Ctrl or Cmd with Enter sends the form in which somebody is, from any field of it.
 * @param {KeyboardEvent} event
 */
function send(event) {
  if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return false;
  const form = event.target instanceof Element ? event.target.closest('#panel form') : null;
  if (!(form instanceof HTMLFormElement)) return false;
  form.requestSubmit();
  return true;
}

/** @param {string} selector of the first of these that is on the screen */
function seen(selector) {
  return all(document, selector).find((one) => one.getClientRects().length > 0);
}

/** @param {string} selector */
function press(selector) {
  const found = seen(selector);
  found?.click();
  return found !== undefined;
}

/** @param {string} selector */
function focusOn(selector) {
  const found = seen(selector);
  found?.focus();
  return found !== undefined;
}

/** @param {EventTarget | null} target */
function isTyping(target) {
  return target instanceof Element && target.closest(TYPED) !== null;
}

function isOnRow() {
  return Boolean(document.activeElement?.closest('[data-row]'));
}

/** @param {number} step */
function move(step) {
  const links = all(document, '[data-row] .work-link');
  const open = document.querySelector('[data-row]:has([aria-current])');
  const row = document.activeElement?.closest('[data-row]') ?? (document.activeElement?.closest('#panel') ? open : null);
  const here = links.findIndex((link) => link.closest('[data-row]') === row);
  const next = links[here === -1 ? 0 : Math.min(links.length - 1, Math.max(0, here + step))];
  next?.focus();
  next?.closest('[data-row]')?.scrollIntoView({ block: 'nearest' });
  return true;
}

/** Takes only what the focus is in: a stray key elsewhere must not answer for anybody. */
function take() {
  const place = document.activeElement?.closest('[data-row], #panel');
  const form = place?.querySelector('form[data-take]');
  if (!(form instanceof HTMLFormElement)) return false;
  form.requestSubmit();
  return true;
}
