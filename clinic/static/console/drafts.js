/** What somebody is typing about an escalation, kept in memory while the page around it is renewed. */

/** @type {Map<string, Map<string, string>>} escalation → field name → value; never stored: it is health data */
const drafts = new Map();

export function keepDrafts() {
  document.addEventListener('input', (event) => remember(event.target));
  // Before the answer is shown: what was saved must not come back as a draft.
  document.body.addEventListener('htmx:beforeOnLoad', (event) => {
    if (event.detail.xhr.status < 300 && event.detail.elt.matches('form')) forget(event.detail.elt);
  });
}

/** Puts drafts back into the fields that have just arrived. */
export function restoreDrafts() {
  const panel = document.querySelector('[data-escalation]');
  const mine = panel && drafts.get(panel.dataset.escalation);
  if (!mine) return;
  for (const [name, value] of mine) {
    const fields = [...panel.querySelectorAll(`[name="${CSS.escape(name)}"]`)];
    for (const field of fields) {
      if (field.type === 'radio') field.checked = field.value === value;
      else if (!field.value) field.value = value;
      // Words behind a closed fold would look lost.
      if (value.trim()) field.closest('details')?.setAttribute('open', '');
    }
  }
}

/** @returns {boolean} whether unsaved words belong to the open panel */
export function hasDraft() {
  const id = document.querySelector('[data-escalation]')?.dataset.escalation;
  return id !== undefined && [...(drafts.get(id)?.values() ?? [])].some((value) => value.trim() !== '');
}

function remember(field) {
  const panel = field.closest?.('[data-escalation]');
  if (!panel || !field.name) return;
  const mine = drafts.get(panel.dataset.escalation) ?? new Map();
  mine.set(field.name, field.value);
  drafts.set(panel.dataset.escalation, mine);
}

function forget(form) {
  const id = form.action.match(/escalations\/([^/]+)\//)?.[1];
  for (const name of new FormData(form).keys()) drafts.get(id)?.delete(name);
}
