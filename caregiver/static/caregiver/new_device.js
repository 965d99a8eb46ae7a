/** A phone that waits: opens by itself once somebody has said that it is theirs. A plain reload does the same. */

const EVERY_MS = 10_000;

/**
 * @param {Element} place
 * @param {() => void} open
 */
export function watchNewDevice(place, open = () => location.assign('/')) {
  const url = place.getAttribute('data-url');
  if (!url) throw new Error('new-device: data-url is missing');
  setInterval(() => ask(url, open), EVERY_MS);
  document.addEventListener('visibilitychange', () => ask(url, open));
}

/**
 * @param {string} url
 * @param {() => void} open
 */
async function ask(url, open) {
  if (document.hidden) return;
  try {
    const answer = await fetch(url, { redirect: 'error', headers: { 'X-Requested-With': 'fetch' } });
    // Signed out meanwhile: the next page asks to sign in.
    if (answer.status === 401 || (answer.ok && (await answer.json()).waits === false)) open();
  } catch {
    // No signal: the next try comes by itself.
  }
}

document.querySelectorAll('[data-module="new-device"]').forEach((place) => watchNewDevice(place));
