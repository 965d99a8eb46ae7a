/** The bar above the list: is it live, is there sound, and the loud banner when it is not live. */

import { wallClock } from './clock.js';

const TEXTS = { stale: 'textStale', 'cut-off': 'textCutOff', 'signed-out': 'textSignedOut' };

export class WatchBar {
  #bar;
  #words;

  /** @param {HTMLElement} bar */
  constructor(bar) {
    this.#bar = bar;
    this.#words = bar.dataset;
    this.#find('watch-row').hidden = false;
    document.documentElement.dataset.scripts = 'on';
  }

  /** @param {import('./live.js').Live} live */
  showLive(live) {
    const isLost = live.state in TEXTS;
    const isLive = live.state === 'live';
    document.documentElement.dataset.live = live.state;
    this.#text('live-word', isLost ? this.#words.textNotLive : isLive ? this.#words.textLive : this.#words.textConnecting);
    const checked = wallClock(live.checkedAt, this.#words.zone, true);
    this.#text('checked-at', checked);
    document.querySelectorAll('[data-checked]').forEach((element) => {
      if (element.textContent !== checked) element.textContent = checked;
    });
    const since = wallClock(live.since, this.#words.zone);
    if (isLost) this.#text('stale-text', this.#words[TEXTS[live.state]].replace('{time}', since).replace('{checked}', checked));
    this.#find('stale').hidden = !isLost;
    this.#find('stale-sign-in').hidden = live.state !== 'signed-out';
  }

  /** @param {import('./sound.js').Sound} sound */
  showSound(sound) {
    const left = Math.ceil(sound.mutedFor / 1000);
    const time = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, '0')}`;
    this.#text('sound-word', left ? this.#words.textMuted.replace('{time}', time) : this.#words.textSoundOn);
    this.#find('sound-off').hidden = sound.isOn;
    this.#find('start-watching').hidden = sound.isOn;
    this.#find('sound-on').hidden = !sound.isOn;
    this.#find('mute').hidden = !sound.isOn || left > 0;
    this.#find('unmute').hidden = !sound.isOn || left === 0;
  }

  #find(id) {
    const element = document.getElementById(id);
    if (!element) throw new Error(`The watch bar needs #${id}.`);
    return element;
  }

  #text(id, text) {
    const element = this.#find(id);
    if (element.textContent !== text) element.textContent = text;
  }
}
