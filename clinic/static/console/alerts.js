/** What is new on the list, told once: in words, in the tab's title and icon, by a notification. */

import { all, find, text } from './markup.js';

const STORE = 'kinwatch.sounded';

export class Alerts {
  waiting = 0;
  /** @type {string | null} the worst level that must sound */
  loudest = null;
  #words;
  #sound;
  #title = document.title;

  /**
   * @param {DOMStringMap} words
   * @param {import('./sound.js').Sound} sound
   */
  constructor(words, sound) {
    this.#words = words;
    this.#sound = sound;
  }

  /** @param {HTMLElement} list the fragment that has just arrived */
  read(list) {
    const rows = all(list, '[data-waiting-row]');
    const before = this.waiting;
    this.waiting = Number(list.dataset.waiting);
    // A clinic that the switcher leaves out still calls out.
    const elsewhere = list.dataset.urgentElsewhere === 'yes' ? 'urgent' : null;
    this.loudest = rows.find((row) => 'sounds' in row.dataset)?.dataset.level ?? elsewhere;
    const isFirst = sessionStorage.getItem(STORE) === null;
    const fresh = this.#fresh(all(list, '[data-sound-key]'));
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
    const fresh = elements.filter((element) => !known.has(element.dataset.soundKey));
    sessionStorage.setItem(STORE, JSON.stringify(elements.map((element) => element.dataset.soundKey)));
    return fresh.filter((element) => !element.classList.contains('work-row-taken'));
  }

  /** @param {HTMLElement[]} fresh */
  #tell(fresh) {
    const rows = fresh.filter((element) => 'row' in element.dataset);
    const loud = rows.filter((row) => 'sounds' in row.dataset);
    if (loud.length) this.#sound.unmute();
    else if (fresh.some((element) => element.dataset.level !== 'watch')) this.#sound.once('new');
    if (rows.length) this.#say(loud.length ? 'shouted' : 'said', rows.map((row) => this.#inWords(row)).join('. '));
    this.#notify();
  }

  /** @param {HTMLElement} row */
  #inWords(row) {
    const { levelWord = '', name = '', day = '' } = row.dataset;
    return text(this.#words, 'textNew', { level: levelWord, name, day });
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
