/** The newest arrival in words at the foot of the screen, with its place: its row may be out of sight. */

import { find, text } from './markup.js';
import { placeOf, rowOf } from './rows.js';

const SHOWN_MS = 60000;
const NOBODY = '00000000-0000-0000-0000-000000000000';

export class Arrivals {
  #words;
  #id = '';
  #level = '';
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** @param {DOMStringMap} words */
  constructor(words) {
    this.#words = words;
    const bar = document.getElementById('arrival');
    bar?.querySelector('[data-arrival-show]')?.addEventListener('click', () => this.go());
    bar?.querySelector('[data-arrival-close]')?.addEventListener('click', () => this.#hide());
    document.body.addEventListener('console:arrival', () => this.go());
  }

  /**
   * @param {HTMLElement | undefined} row
   * @param {string} words
   * @param {number} others how many came with it
   */
  show(row, words, others) {
    const bar = document.getElementById('arrival');
    if (!bar || !row) return;
    this.#id = row.dataset.id ?? '';
    this.#level = row.dataset.level ?? '';
    const list = find(document, '#worklist', HTMLElement);
    const place = placeOf(list, this.#id);
    const where = place
      ? text(this.#words, 'textPlace', { place, total: list.dataset.waiting ?? '' })
      : text(this.#words, 'leftOut' in row.dataset ? 'textLeftOut' : 'textBelow');
    const more = others ? ` ${text(this.#words, 'textMoreNew', { n: others })}` : '';
    find(bar, '[data-arrival-words]', HTMLElement).textContent = `${words}.${more}`;
    find(bar, '[data-arrival-place]', HTMLElement).textContent = where;
    bar.className = `arrival level-${row.dataset.level}`;
    // A row that is on the screen says it itself: nothing covers what somebody is about to press.
    bar.hidden = isOnScreen(rowOf(list, this.#id));
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#hide(), SHOWN_MS);
  }

  /**
   * What somebody has taken, or nobody may read any more, is no arrival.
   * @param {HTMLElement} list
   */
  check(list) {
    const row = rowOf(list, this.#id);
    const isTaken = row !== null && !('waitingRow' in row.dataset);
    if (isTaken || list.dataset.locked === 'yes') this.#hide();
  }

  /** To its row; where it has none on the page, its patient is opened. */
  go() {
    const list = find(document, '#worklist', HTMLElement);
    const bar = document.getElementById('arrival');
    if (!bar || !this.#id) return;
    const link = rowOf(list, this.#id)?.querySelector('.work-link');
    if (link instanceof HTMLElement && link.getClientRects().length) {
      link.scrollIntoView({ block: 'center' });
      link.focus({ preventScroll: true });
    } else {
      // What came while nobody heard is known by its level alone.
      const level = document.getElementById(`level-${this.#level}`)?.getAttribute('href') ?? '';
      const isWhole = this.#id.length > 8;
      location.assign(isWhole ? text(bar.dataset, 'address').replace(NOBODY, this.#id) : level);
    }
    this.#hide();
  }

  #hide() {
    const bar = document.getElementById('arrival');
    if (bar) bar.hidden = true;
    this.#id = '';
  }
}

/** @param {HTMLElement | null} row */
function isOnScreen(row) {
  const box = row?.getBoundingClientRect();
  if (!row || !box || box.height === 0) return false;
  const place = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
  return place !== null && row.contains(place);
}
