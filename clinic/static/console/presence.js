/** How long nobody has touched this desk, over all tabs of the browser, and words between them. */

const SIGNS = ['pointerdown', 'pointermove', 'keydown', 'wheel', 'touchstart'];
const TELL_EVERY_MS = 1000;

export class Presence {
  #last = Date.now();
  #told = 0;
  #place = '';
  #channel = new BroadcastChannel('kinwatch.desk');

  /** @param {(word: DeskWord) => void} onWord what another tab says */
  constructor(onWord) {
    SIGNS.forEach((sign) => document.addEventListener(sign, (event) => this.#sign(event), { passive: true, capture: true }));
    this.#channel.onmessage = ({ data }) => {
      if (data.kind === 'active') this.#last = Date.now();
      else onWord(data);
    };
  }

  /** By the wall clock: a computer that slept was idle. */
  get idleMs() {
    return Date.now() - this.#last;
  }

  /**
   * @param {DeskWord['kind']} kind
   * @param {number} [at] ms since 1970, by the server
   */
  say(kind, at = 0) {
    this.#channel.postMessage({ kind, at });
  }

  /** Counts from now. */
  start() {
    this.#last = Date.now();
  }

  /**
   * A list that is renewed under a resting pointer makes the browser report a move that nobody made.
   * @param {Event} event
   */
  #sign(event) {
    if (event instanceof MouseEvent && event.type === 'pointermove') {
      const place = `${event.screenX} ${event.screenY}`;
      if (place === this.#place) return;
      this.#place = place;
    }
    this.#seen();
  }

  #seen() {
    this.#last = Date.now();
    if (this.#last - this.#told < TELL_EVERY_MS) return;
    this.#told = this.#last;
    this.say('active');
  }
}
