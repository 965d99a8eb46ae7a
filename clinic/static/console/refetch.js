/**
 * A part that is asked for again while its answer is on the way waits for that answer. The answer takes the part's
 * place, and htmx then drops what waited with the old part: so the new one is asked for here.
 *
 * Of the list nothing waits in htmx itself (`hx-sync="this:drop"`). An act replaces the answer on its way; what waited
 * would then begin in its stead, and the act, put behind it, would be lost with the old list.
 */

/** All parts, or those of the open escalation alone. */
const EVENTS = ['console:refetch', 'console:escalation'];

/** The ids of parts that were asked for and for which no request has left since. */
const waiting = new Set();

export function keepRefetches() {
  // Before htmx hears of it, which begins the request at once where none is on the way.
  EVENTS.forEach((event) => {
    const ask = () => document.querySelectorAll(`[hx-trigger*="${event}"]`).forEach(({ id }) => waiting.add(id));
    document.addEventListener(event, ask, { capture: true });
  });
  document.body.addEventListener('htmx:beforeRequest', ({ detail: { elt } }) => waiting.delete(elt.id));
  document.body.addEventListener('htmx:load', ({ detail: { elt } }) => {
    if (waiting.has(elt.id)) window.htmx.trigger(document.body, 'console:refetch');
  });
}
