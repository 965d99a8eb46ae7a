/** A clock that stands until a test moves it. */

import FakeTimers from '@sinonjs/fake-timers';

const FAKED = ['Date', 'performance', 'setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'];

/**
 * @param {string} at such as 2026-11-22T08:00:00Z
 * @returns {import('@sinonjs/fake-timers').InstalledClock}
 */
export function stopClock(at = '2026-11-22T08:00:00Z') {
  return FakeTimers.install({ now: new Date(at), toFake: FAKED });
}

/** Storage and encryption take turns of Node's own loop, which the stopped clock does not hold up. */
export async function settle() {
  for (let turn = 0; turn < 50; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
