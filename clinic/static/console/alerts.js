/** What is new on the list, told once: in words, in the tab's title and icon, by a notification. */

import { Arrivals } from './arrivals.js';
import { all, find, soundKey, text } from './markup.js';

const STORE = 'kinwatch.sounded';
const RANKS = ['none', 'watch', 'same_day', 'urgent', 'emergency'];

export class Alerts {
  waiting = 0;
  /** @type {string | null} the worst level that must sound */
  loudest = null;
  #words;
  #sound;
  #title = document.title;
  #arrivals;

  /**
   * @param {DOMStringMap} words
   * @param {import('./sound.js').Sound} sound
   */
  constructor(words, sound) {
    this.#words = words;
    this.#sound = sound;
    this.#arrivals = new Arrivals(words);
  }

  /**
   * @param {HTMLElement} list that has just arrived, as a whole or in parts
   * @param {HTMLElement[]} [unshown] rows that are new and not on the page
   */
  read(list, unshown = []) {
    const before = this.waiting;
    this.waiting = Number(list.dataset.waiting);
    // A clinic that the switcher leaves out still calls out.
    const elsewhere = list.dataset.urgentElsewhere === 'yes' ? 'urgent' : null;
    this.loudest = list.dataset.loudest || elsewhere;
    const isFirst = sessionStorage.getItem(STORE) === null;
    const fresh = this.#fresh([...all(list, '[data-sound-key], [data-row]'), ...unshown, ...below(list)]);
    this.#arrivals.check(list);
    if (fresh.length && !isFirst) this.#tell(fresh);
    else if (before !== this.waiting && !isFirst) this.#say('said', text(this.#words, 'textChanged', { n: this.waiting }));
    this.show(false, false);
  }

  /**
   * The tab: how many wait, and by turns that the list is not live.
   * @param {boolean} isLost
   * @param {boolean} isOddSecond
   */
  show(isLost, isOddSecond) {
    const count = this.waiting ? `(${this.waiting}) ` : '';
    const title = isLost && isOddSecond ? `${text(this.#words, 'textNotLive')} · ${this.#title}` : `${count}${this.#title}`;
    if (document.title !== title) document.title = title;
    const icon = document.querySelector('link[rel="icon"]');
    const href = text(this.#words, this.waiting || isLost ? 'iconWaiting' : 'icon');
    if (icon && icon.getAttribute('href') !== href) icon.setAttribute('href', href);
  }

  /**
   * Each escalation, and each rise of it, is new once, however often the page is loaded.
   * @param {HTMLElement[]} elements
   */
  #fresh(elements) {
    const known = new Set(JSON.parse(sessionStorage.getItem(STORE) ?? '[]'));
    const keys = elements.map(soundKey);
    const fresh = elements.filter((element, place) => !known.has(keys[place]) && keys.indexOf(keys[place]) === place);
    sessionStorage.setItem(STORE, JSON.stringify([...new Set(keys)]));
    return fresh.filter((element) => !element.classList.contains('work-row-taken'));
  }

  /** @param {HTMLElement[]} fresh */
  #tell(fresh) {
    const rows = fresh.filter((element) => 'row' in element.dataset);
    const loud = rows.filter((row) => 'sounds' in row.dataset);
    if (loud.length) this.#sound.unmute();
    else if (fresh.some((element) => element.dataset.level !== 'watch')) this.#sound.once('new');
    if (rows.length) {
      this.#say(loud.length ? 'shouted' : 'said', rows.map((row) => this.#inWords(row)).join('. '));
      this.#arrivals.show(loud[0] ?? rows[0], this.#inWords(loud[0] ?? rows[0]), rows.length - 1);
    }
    this.#notify();
  }

  /** @param {HTMLElement | undefined} row */
  #inWords(row) {
    const words = (/** @type {string} */ selector) => row?.querySelector(selector)?.textContent?.trim() ?? '';
    const level = words('.work-level');
    // Known by its level alone: it came while nobody heard, and stands below what is shown.
    if (!words('.work-link')) return text(this.#words, 'textNewBelow', { level: levelWord(row?.dataset.level) });
    return text(this.#words, 'textNew', { level, name: words('.work-link'), day: words('.work-day') });
  }

  /**
   * @param {'said' | 'shouted'} id
   * @param {string} words
   */
  #say(id, words) {
    find(document, `#${id}`, HTMLElement).textContent = words;
  }

  /** No name and no health word leaves the page: the desktop may be seen by anybody. */
  #notify() {
    if (!document.hidden || !('Notification' in window) || Notification.permission !== 'granted') return;
    new Notification(text(this.#words, 'textNotify'), { tag: 'kinwatch', requireInteraction: true });
  }
}

/**
 * Waiting rows that are not on the page, as the list names them: who they are stands nowhere here.
 * @param {HTMLElement} list
 */
function below(list) {
  const named = (list.dataset.below ?? '').split(' ').filter(Boolean);
  return named.map((one) => {
    const [id, rank, since] = [one.slice(0, 8), one.slice(8, 9), one.slice(9)];
    const level = RANKS[Number(rank)] ?? '';
    const row = document.createElement('li');
    Object.assign(row.dataset, { row: '', id, level, since: new Date(parseInt(since, 32)).toISOString() });
    if (level === 'emergency' || level === 'urgent') row.dataset.sounds = '';
    return row;
  });
}

/** @param {string | undefined} level */
function levelWord(level) {
  const link = document.getElementById(`level-${level}`);
  return link?.firstElementChild?.nextSibling?.textContent?.trim() ?? '';
}
