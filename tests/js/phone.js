/** What a phone brings besides the page: storage, locks between tabs, channels between tabs, encryption. */

import { webcrypto } from 'node:crypto';
import { BroadcastChannel } from 'node:worker_threads';
import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { setGlobal } from './page.js';

/** An empty phone; whatever the one before stored is gone. */
export function freshPhone() {
  setGlobal('indexedDB', new IDBFactory());
  navigator.locks = new Locks();
  setGlobal('crypto', webcrypto);
  setGlobal('BroadcastChannel', Channel);
}

/** A disk that fills up: the write succeeds, and what should put it on the disk does not. */
export function fillDisk(t) {
  const { add, put } = IDBObjectStore.prototype;
  const failing = (write) =>
    function writeAndFail(...row) {
      const request = write.apply(this, row);
      request.addEventListener('success', () => this.transaction.abort());
      return request;
    };
  Object.assign(IDBObjectStore.prototype, { add: failing(add), put: failing(put) });
  const makeRoom = () => {
    Object.assign(IDBObjectStore.prototype, { add, put });
  };
  t.after(makeRoom);
  return makeRoom;
}

/** Holds up no test file at its end. */
class Channel extends BroadcastChannel {
  constructor(name) {
    super(name);
    this.unref();
  }
}

/** The Web Locks of one browser: exclusive, with `ifAvailable`, `steal` and `signal`. */
class Locks {
  #held = new Map();

  request(name, ...rest) {
    const act = rest.pop();
    const { ifAvailable = false, steal = false, signal } = rest[0] ?? {};
    const before = this.#held.get(name);
    if (ifAvailable && before) return Promise.resolve(act(null));
    if (steal) before?.stolen(new DOMException('stolen', 'AbortError'));
    const waits = steal || !before ? Promise.resolve() : untilFree(before.free, signal);
    return this.#hold(name, waits, act);
  }

  #hold(name, waits, act) {
    let stolen;
    const taken = new Promise((_, reject) => {
      stolen = reject;
    });
    const entry = { stolen };
    const answer = waits
      .then(() => Promise.race([taken, act({ name })]))
      .finally(() => this.#held.get(name) === entry && this.#held.delete(name));
    entry.free = answer.catch(() => 'free all the same');
    this.#held.set(name, entry);
    return answer;
  }
}

function untilFree(free, signal) {
  const given = new Promise((_, reject) => {
    signal?.addEventListener('abort', () => reject(signal.reason));
  });
  return Promise.race([free, given]);
}
