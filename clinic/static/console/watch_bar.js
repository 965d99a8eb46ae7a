/** The bar above the list: is it live, is there sound, and the loud banner when it is not live. */

import { wallClock } from './clock.js';
import { find, text } from './markup.js';

/** @type {Record<LiveState, string>} */
const WORDS = {
  connecting: 'textConnecting',
  live: 'textLive',
  stale: 'textNotLive',
  'cut-off': 'textNotLive',
  'signed-out': 'textNotLive',
};
/** @type {Partial<Record<LiveState, string>>} */
const TEXTS = { stale: 'textStale', 'cut-off': 'textCutOff', 'signed-out': 'textSignedOut' };

export class WatchBar {
  #words;

  /** @param {HTMLElement} bar */
  constructor(bar) {
    this.#words = bar.dataset;
    document.documentElement.dataset.scripts = 'on';
  }

  /** @param {import('./live.js').Live} live */
  showLive(live) {
    const lost = TEXTS[live.state];
    const zone = text(this.#words, 'zone');
    document.documentElement.dataset.live = live.state;
    this.#write('live-word', text(this.#words, WORDS[live.state]));
    const checked = wallClock(live.checkedAt, zone, true);
    this.#write('checked-at', checked);
    document.querySelectorAll('[data-checked]').forEach((element) => {
      if (element.textContent !== checked) element.textContent = checked;
    });
    const time = wallClock(live.since, zone);
    if (lost) this.#write('stale-text', text(this.#words, lost, { time, checked }));
    this.#find('stale').hidden = !lost;
    this.#find('stale-sign-in').hidden = live.state !== 'signed-out';
  }

  /** @param {import('./sound.js').Sound} sound */
  showSound(sound) {
    const left = Math.ceil(sound.mutedFor / 1000);
    const time = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, '0')}`;
    this.#write('sound-word', left ? text(this.#words, 'textMuted', { time }) : text(this.#words, 'textSoundOn'));
    this.#find('sound-off').hidden = sound.isOn;
    this.#find('start-watching').hidden = sound.isOn;
    this.#find('sound-on').hidden = !sound.isOn;
    this.#find('mute').hidden = !sound.isOn || left > 0;
    this.#find('unmute').hidden = !sound.isOn || left === 0;
  }

  /** @param {string} id */
  #find(id) {
    return find(document, `#${id}`, HTMLElement);
  }

  /**
   * @param {string} id
   * @param {string} words
   */
  #write(id, words) {
    const element = this.#find(id);
    if (element.textContent !== words) element.textContent = words;
  }
}
