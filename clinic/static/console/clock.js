/** The server's time. A desk computer's own clock may be hours off, and may jump. */

/** @type {number | null} server time at the page's time origin, in ms */
let origin = null;

/** @param {string} iso a moment that the server has just named */
export function setServerTime(iso) {
  const at = Date.parse(iso);
  if (!Number.isNaN(at)) origin = at - performance.now();
}

/** @returns {number} ms since 1970, by the server */
export function serverNow() {
  return origin === null ? Date.now() : origin + performance.now();
}

/**
 * @param {number} at ms since 1970
 * @param {string} zone such as America/New_York
 * @param {boolean} [seconds]
 */
export function wallClock(at, zone, seconds = false) {
  /** @type {Intl.DateTimeFormatOptions} */
  const parts = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', timeZone: zone };
  return new Intl.DateTimeFormat('en', seconds ? { ...parts, second: '2-digit' } : parts).format(at);
}
