/** Moves focus to the error summary, so that a screen reader starts there. */

/** @param {HTMLElement} summary */
export function focusSummary(summary) {
  summary.focus({ preventScroll: false });
}

document.querySelectorAll('[data-module="error-summary"]').forEach(focusSummary);
