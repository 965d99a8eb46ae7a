/** Puts rows that have changed where they belong on the list, without touching the rest. */

import { all, find } from './markup.js';

/** By how serious they are, the worst first. */
const LEVELS = ['emergency', 'urgent', 'same_day', 'watch'];
/** What the top of the list counts. */
const PARTS = ['work-head', 'waiting-count', 'handled-count', 'aside-count'];
const COPIED = ['version', 'versions', 'at', 'waiting', 'loudest', 'urgentElsewhere', 'unscored'];

/**
 * @typedef {object} Put
 * @property {boolean} isWhole whether the list needs to be asked for as a whole: a section begins or ends
 * @property {HTMLElement[]} unshown new rows that are not on the page: below its end, or left out by its filter
 */

/**
 * @param {HTMLElement} list
 * @param {HTMLElement} answer rows and counts as the server has just drawn them
 * @param {Iterable<string>} ids of the rows that were asked for
 * @returns {Put}
 */
export function putRows(list, answer, ids) {
  const fresh = new Map(all(answer, '[data-row]').map((row) => [row.dataset.id, row]));
  const focused = document.activeElement?.closest('[data-row]');
  /** @type {HTMLElement[]} */
  const unshown = [];
  let isWhole = list.dataset.locked !== answer.dataset.locked || list.dataset.unscored !== answer.dataset.unscored;
  for (const id of ids) {
    const row = fresh.get(id);
    const old = rowOf(list, id);
    const from = old?.parentElement;
    const into = row ? sectionOf(list, row) : null;
    if (row && !into) isWhole = true;
    // The last one of a section takes its title along.
    if (old && from !== into && from?.children.length === 1) isWhole = true;
    if (!row || 'leftOut' in row.dataset || !into || !hasRoom(into, row, old)) {
      if (row) unshown.push(row);
      if (row && 'waitingRow' in row.dataset) noteBelow(list, row);
      old?.remove();
      continue;
    }
    const hadFocus = focused !== null && focused === old;
    const target = hadFocus ? document.activeElement?.className : '';
    place(into, row, old);
    window.htmx.process(row);
    if (hadFocus) refocus(row, target ?? '');
  }
  for (const name of COPIED) if (answer.dataset[name] !== undefined) list.dataset[name] = answer.dataset[name];
  for (const id of PARTS) replacePart(list, answer, id);
  return { isWhole, unshown };
}

/**
 * It waits, though not on the page: named as the server names such rows, so that it is new only once.
 * @param {HTMLElement} list
 * @param {HTMLElement} row
 */
function noteBelow(list, { dataset: { id = '', level = '', since = '' } }) {
  const rank = LEVELS.length - LEVELS.indexOf(level);
  list.dataset.below = `${list.dataset.below ?? ''}${id.slice(0, 8)}${rank}${Date.parse(since).toString(32)} `;
}

/**
 * Which of the waiting rows it is, counted from 1; 0 where it is not among them.
 * @param {HTMLElement} list
 * @param {string} id
 */
export function placeOf(list, id) {
  return all(list, '[data-waiting-row]').findIndex((row) => row.dataset.id === id) + 1;
}

/**
 * @param {HTMLElement} list
 * @param {string} id
 */
export function rowOf(list, id) {
  return all(list, '[data-row]').find((row) => row.dataset.id === id) ?? null;
}

/**
 * @param {HTMLElement} list
 * @param {HTMLElement} row
 */
function sectionOf(list, row) {
  let name = 'aside' in row.dataset ? 'aside' : 'handled';
  if ('waitingRow' in row.dataset) name = 'waiting';
  return list.querySelector(`[data-rows="${name}"]`);
}

/**
 * Where the most serious waiting rows are shown only, no row goes below them. What somebody has just taken is shown.
 * @param {Element} into
 * @param {HTMLElement} row
 * @param {HTMLElement | null} old
 */
function hasRoom(into, row, old) {
  const isWaiting = into.getAttribute('data-rows') === 'waiting';
  const isCut = isWaiting && into.closest('.worklist')?.querySelector('[data-more="waiting"]');
  return !isCut || old?.parentElement === into || after(into, row) !== null;
}

/**
 * @param {Element} into
 * @param {HTMLElement} row
 * @param {HTMLElement | null} old
 */
function place(into, row, old) {
  old?.remove();
  into.insertBefore(row, after(into, row));
}

/**
 * The row before which this one stands.
 * @param {Element} into
 * @param {HTMLElement} row
 */
function after(into, row) {
  return all(into, '[data-row]').find((one) => one.dataset.id !== row.dataset.id && isBefore(row, one)) ?? null;
}

/**
 * The order of the server (clinic/queries/desk/worklist.py): the worst first, then since when.
 * @param {HTMLElement} one
 * @param {HTMLElement} other
 */
function isBefore(one, other) {
  const ranks = [one, other].map((row) => LEVELS.indexOf(row.dataset.level ?? ''));
  if (ranks[0] !== ranks[1]) return (ranks[0] ?? 0) < (ranks[1] ?? 0);
  const [a, b] = [one, other].map((row) => `${row.dataset.taken ?? row.dataset.since} ${row.dataset.id}`);
  return (a ?? '') < (b ?? '');
}

/**
 * @param {HTMLElement} row
 * @param {string} className of what had the focus in the row before
 */
function refocus(row, className) {
  const [same] = className ? all(row, `.${className.split(' ').join('.')}`) : [];
  (same ?? find(row, '.work-link', HTMLElement)).focus({ preventScroll: true });
}

/**
 * @param {HTMLElement} list
 * @param {HTMLElement} answer
 * @param {string} id
 */
function replacePart(list, answer, id) {
  const old = list.querySelector(`#${id}`);
  const fresh = answer.querySelector(`#${id}`);
  if (!old || !fresh || old.outerHTML === fresh.outerHTML) return;
  const focus = old.contains(document.activeElement) ? document.activeElement?.id : '';
  old.replaceWith(fresh);
  window.htmx.process(fresh);
  if (focus) document.getElementById(focus)?.focus({ preventScroll: true });
}
