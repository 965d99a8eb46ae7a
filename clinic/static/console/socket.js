/** One WebSocket that comes back by itself. Frames only say that something changed. */

const FIRST_WAIT = 500;
const LONGEST_WAIT = 10000;

export class Socket {
  /** @type {number | null} when the line went down, by performance.now(); null while it is up */
  downSince = performance.now();
  #url;
  #onFrame;
  #onRefused;
  /** @type {WebSocket | null} */
  #socket = null;
  #wait = FIRST_WAIT;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /**
   * @param {string} path
   * @param {(frame: Frame) => void} onFrame
   * @param {() => void} onRefused called when the server ends the line for good: signed out, role ended
   */
  constructor(path, onFrame, onRefused) {
    this.#url = `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}${path}`;
    this.#onFrame = onFrame;
    this.#onRefused = onRefused;
    addEventListener('online', () => this.restart());
    this.#open();
  }

  /** Drop a line that may be half dead, and try at once. */
  restart() {
    this.#wait = FIRST_WAIT;
    this.#open();
  }

  #open() {
    clearTimeout(this.#timer);
    this.#drop();
    const socket = new WebSocket(this.#url);
    this.#socket = socket;
    socket.onopen = () => {
      this.downSince = null;
      this.#wait = FIRST_WAIT;
    };
    socket.onmessage = (event) => this.#onFrame(JSON.parse(event.data));
    socket.onclose = (event) => {
      this.#lost();
      if (event.code >= 4400) this.#onRefused();
    };
  }

  #drop() {
    if (!this.#socket) return;
    this.#socket.onopen = this.#socket.onmessage = this.#socket.onclose = null;
    this.#socket.close();
    this.#socket = null;
    this.downSince ??= performance.now();
  }

  /** Waits are jittered, so that a restarted server is not met by every desk in one moment. */
  #lost() {
    this.#socket = null;
    this.downSince ??= performance.now();
    this.#timer = setTimeout(() => this.#open(), this.#wait * (0.5 + Math.random()));
    this.#wait = Math.min(LONGEST_WAIT, this.#wait * 2);
  }
}
