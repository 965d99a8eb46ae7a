/** Moves focus to the error summary, so that a screen reader starts there. */

/** @param {Element} summary */
export function focusSummary(summary) {
  if (summary instanceof HTMLElement) summary.focus({ preventScroll: false });
}

document.querySelectorAll('[data-module="error-summary"]').forEach(focusSummary);
