/** Whether the list can be trusted: it is asked for again on every change, and says so when it is not live. */

import { serverNow, setServerTime } from './clock.js';
import { text } from './markup.js';
import { Socket } from './socket.js';

// Heartbeats come every 10 seconds; two lost ones and a little more mean that the line is dead.
const SILENT_MS = 25000;
const DOWN_MS = 10000;
const POLL_MS = 5000;
const REFRESH_MS = 30000;
const RESTART_MS = 15000;

export class Live {
  /** @type {LiveState} */
  state = 'connecting';
  /** Server time of the last moment at which the list was known to be right. */
  checkedAt = serverNow();
  /** Server time since when nothing was heard. */
  since = serverNow();
  #socket;
  #refetch;
  #named;
  #lastFrame = performance.now();
  #lastFetch = performance.now();
  #lastRestart = performance.now();
  #fetchFailed = false;
  #signedOut = false;

  /**
   * @param {string} path of the socket
   * @param {() => void} refetch asks for the list again
   * @param {(frame: Frame) => void} named a frame that names the change it is about
   */
  constructor(path, refetch, named) {
    this.#refetch = refetch;
    this.#named = named;
    this.#socket = new Socket(path, (frame) => this.#heard(frame), () => this.#ask());
  }

  /** @param {HTMLElement} list the fragment that has just arrived, or has rows that have */
  listArrived(list) {
    setServerTime(text(list.dataset, 'at'));
    this.listStands();
  }

  /** The list on the page was asked about, and still stands. */
  listStands() {
    this.checkedAt = serverNow();
    this.#fetchFailed = this.#signedOut = false;
  }

  /** @param {number} status of the answer; 0 where there was none */
  listFailed(status) {
    this.#fetchFailed = true;
    this.#signedOut = status === 401 || status === 403;
  }

  /** Once a second. */
  tick() {
    const now = performance.now();
    const silent = now - this.#lastFrame;
    const down = this.#socket.downSince === null ? 0 : now - this.#socket.downSince;
    const stale = silent > SILENT_MS || down > DOWN_MS;
    if (now - this.#lastFetch >= (stale ? POLL_MS : REFRESH_MS)) this.#ask();
    if (silent > SILENT_MS && down === 0 && now - this.#lastRestart > RESTART_MS) this.#restart();
    this.#become(this.#judge(stale, down));
  }

  /**
   * A hello proves the line; only frames from the engine prove that changes would be heard of.
   * @param {Frame} frame
   */
  #heard(frame) {
    if (frame.type === 'hello') setServerTime(frame.at);
    else this.#lastFrame = performance.now();
    const list = document.getElementById('worklist');
    const isCurrent = Number(list?.dataset.version) === frame.version;
    if (frame.change && list) this.#named(frame);
    else if (!isCurrent || list?.dataset.engineLate === 'yes') this.#ask();
    else this.checkedAt = serverNow();
    this.tick();
  }

  /**
   * @param {boolean} stale
   * @param {number} down
   * @returns {LiveState}
   */
  #judge(stale, down) {
    if (this.#signedOut) return 'signed-out';
    if (stale) return this.#fetchFailed ? 'cut-off' : 'stale';
    return down > 0 ? 'connecting' : 'live';
  }

  /** @param {LiveState} state */
  #become(state) {
    const wasTrusted = this.state === 'live' || this.state === 'connecting';
    if (wasTrusted && state !== this.state) this.since = serverNow() - (performance.now() - this.#lastFrame);
    this.state = state;
  }

  #ask() {
    this.#lastFetch = performance.now();
    this.#refetch();
  }

  #restart() {
    this.#lastRestart = performance.now();
    this.#socket.restart();
  }
}
