/**
 * A part that is asked for again while its answer is on the way waits for that answer. The answer takes the part's
 * place, and htmx then drops what waited with the old part: so the new one is asked for here.
 *
 * Of the list nothing waits in htmx itself (`hx-sync="this:drop"`). An act replaces the answer on its way; what waited
 * would then begin in its stead, and the act, put behind it, would be lost with the old list.
 */

/** The answer to a list that shows what stands. */
export const STILL_STANDS = 204;

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
    if (waiting.has(elt.id)) askAgain();
  });
  // Nothing takes the place of what still stands.
  document.body.addEventListener('htmx:afterRequest', ({ detail: { elt, xhr } }) => {
    if (xhr?.status === STILL_STANDS && waiting.has(elt.id)) askAgain();
  });
}

/** The list tells with its question what it shows; where that still stands, no list comes. */
export function tellWhatIsShown() {
  document.body.addEventListener('htmx:configRequest', ({ detail: { elt, parameters } }) => {
    const { mark, version } = elt.dataset;
    if (elt.id === 'worklist' && mark) parameters.have = `${version}.${mark}`;
  });
}

function askAgain() {
  window.htmx.trigger(document.body, 'console:refetch');
}
