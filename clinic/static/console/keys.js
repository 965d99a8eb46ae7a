/** Keys for people who never touch the mouse. They can be switched off, as speech input needs. */

import { all, find } from './markup.js';

const STORE = 'kinwatch.keys';

export function listenForKeys() {
  const dialog = find(document, '#keys', HTMLDialogElement);
  const toggle = find(document, '#keys-on', HTMLInputElement);
  toggle.checked = localStorage.getItem(STORE) !== 'off';
  toggle.addEventListener('change', () => localStorage.setItem(STORE, toggle.checked ? 'on' : 'off'));
  find(document, '#help-button', HTMLElement).addEventListener('click', () => dialog.showModal());
  document.addEventListener('keydown', (event) => {
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
  '?': (dialog) => {
    dialog.showModal();
    return true;
  },
};

/** @param {EventTarget | null} target */
function isTyping(target) {
  return target instanceof Element && target.closest('input, textarea, select, [contenteditable]') !== null;
}

function isOnRow() {
  return Boolean(document.activeElement?.closest('[data-row]'));
}

/** @param {number} step */
function move(step) {
  const links = all(document, '[data-row] .work-link');
  const row = document.activeElement?.closest('[data-row]');
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
