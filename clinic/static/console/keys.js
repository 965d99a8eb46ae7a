/** Keys for people who never touch the mouse. They can be switched off, as speech input needs. */

const STORE = 'kinwatch.keys';

export function listenForKeys() {
  const dialog = document.getElementById('keys');
  const toggle = document.getElementById('keys-on');
  toggle.checked = localStorage.getItem(STORE) !== 'off';
  toggle.addEventListener('change', () => localStorage.setItem(STORE, toggle.checked ? 'on' : 'off'));
  document.getElementById('help-button').addEventListener('click', () => dialog.showModal());
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || dialog.open || isTyping(event.target)) return;
    if (!toggle.checked && event.key.length === 1) return;
    const act = ACTS[event.key];
    if (act && act(dialog) !== false) event.preventDefault();
  });
}

const ACTS = {
  j: () => move(1),
  k: () => move(-1),
  ArrowDown: () => isOnRow() && move(1),
  ArrowUp: () => isOnRow() && move(-1),
  a: () => take(),
  '?': (dialog) => dialog.showModal(),
};

function isTyping(target) {
  return target instanceof Element && target.closest('input, textarea, select, [contenteditable]') !== null;
}

function isOnRow() {
  return document.activeElement?.closest('[data-row]') !== null;
}

function move(step) {
  const links = [...document.querySelectorAll('[data-row] .work-link')];
  const here = links.indexOf(document.activeElement?.closest('[data-row]')?.querySelector('.work-link'));
  const next = here === -1 ? 0 : Math.min(links.length - 1, Math.max(0, here + step));
  links[next]?.focus();
  links[next]?.closest('[data-row]').scrollIntoView({ block: 'nearest' });
}

/** Takes only what the focus is in: a stray key elsewhere must not answer for anybody. */
function take() {
  const place = document.activeElement?.closest('[data-row], #panel');
  const form = place?.querySelector('form[data-take]');
  if (!form) return false;
  form.requestSubmit();
  return true;
}
