/** Fetches rows that frames have named, one request at a time. Whatever goes wrong, the whole list is asked for. */

import { Changes } from './changes.js';
import { all } from './markup.js';
import { putRows } from './rows.js';

/** What is named within this time is fetched together. */
const GATHER_MS = 60;
const TIMEOUT_MS = 8000;

export class RowFetch {
  #changes = new Changes();
  #askWhole;
  #arrived;
  #isFetching = false;
  #isWholeOnItsWay = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /**
   * @param {() => void} askWhole asks for the whole list
   * @param {(list: HTMLElement, unshown: HTMLElement[]) => void} arrived rows of the list are new
   */
  constructor(askWhole, arrived) {
    this.#askWhole = () => {
      // Whatever stands on the page now, the list that comes takes its place.
      document.getElementById('worklist')?.removeAttribute('data-mark');
      askWhole();
    };
    this.#arrived = arrived;
    document.body.addEventListener('htmx:beforeRequest', ({ detail: { elt } }) => {
      if (elt.id === 'worklist') this.#isWholeOnItsWay = true;
    });
    document.body.addEventListener('htmx:afterRequest', ({ detail: { elt } }) => {
      if (elt.id === 'worklist') this.#isWholeOnItsWay = false;
    });
  }

  /** @param {HTMLElement} list that has just arrived as a whole */
  listArrived(list) {
    this.#isWholeOnItsWay = false;
    this.#changes.listArrived(list.dataset);
    if (this.#changes.wanted.size) this.#soon();
  }

  /** @param {Frame} frame that says that something changed */
  hears(frame) {
    // The list on its way may be older than this change: it is asked for once more when it is there.
    const isEnough = this.#changes.hears(frame) && !this.#isWholeOnItsWay;
    if (isEnough) this.#soon();
    else this.#askWhole();
  }

  /** Once a second: what was lost on the way. */
  tick() {
    const list = document.getElementById('worklist');
    if (list && !this.#isFetching && this.#changes.misses(Number(list.dataset.version))) this.#askWhole();
  }

  #soon() {
    if (this.#timer || this.#isFetching) return;
    this.#timer = setTimeout(() => void this.#fetch(), GATHER_MS);
  }

  async #fetch() {
    this.#timer = undefined;
    const list = document.getElementById('worklist');
    const rows = this.#changes.wanted;
    if (!list || rows.size === 0) return;
    this.#isFetching = true;
    const address = addressOf(list);
    try {
      const answer = await ask(address, [...rows.keys()]);
      if (answer) this.#show(rows, answer, address);
      else this.#askWhole();
    } catch {
      // No answer: the list, which says so itself where it does not come either.
      this.#askWhole();
    } finally {
      this.#isFetching = false;
    }
    if (this.#changes.wanted.size) this.#soon();
  }

  /**
   * @param {Map<string, string[]>} rows
   * @param {HTMLElement} answer
   * @param {string} address of the list for which it was asked
   */
  #show(rows, answer, address) {
    // The list may have been renewed meanwhile, by something newer than this, or by another level or search: what
    // this answer leaves out would be gone from there too.
    const list = document.getElementById('worklist');
    const isLocked = document.documentElement.dataset.desk === 'locked';
    const fits = list && addressOf(list) === address && this.#changes.fits(answer.dataset);
    if (!fits || isLocked !== (answer.dataset.locked === 'yes')) {
      this.#askWhole();
      return;
    }
    const { isWhole, unshown } = putRows(list, answer, rows.keys());
    list.dataset.version = String(this.#changes.fetched(rows));
    this.#arrived(list, unshown);
    if (isWhole) this.#askWhole();
  }
}

/** @param {HTMLElement} list */
function addressOf(list) {
  return list.getAttribute('hx-get') ?? '';
}

/**
 * @param {string} path
 * @param {string[]} ids
 */
async function ask(path, ids) {
  const address = new URL(path, location.href);
  address.searchParams.set('rows', ids.join(','));
  const answer = await fetch(address, { headers: { 'HX-Request': 'true' }, signal: AbortSignal.timeout(TIMEOUT_MS) });
  if (!answer.ok || answer.redirected) return null;
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
  return all(page, '[data-version]')[0] ?? null;
}
