/** Keeps "received / seen / closed" fresh while the page is looked at. A plain reload shows the same. */

const EVERY_MS = 5000;

/** @param {Element} place */
export function watchStatus(place) {
  const url = place.getAttribute('data-url');
  if (!url) throw new Error('report-status: data-url is missing');
  setInterval(() => refresh(place, url), EVERY_MS);
  document.addEventListener('visibilitychange', () => refresh(place, url));
}

/**
 * @param {Element} place
 * @param {string} url
 */
async function refresh(place, url) {
  if (document.hidden) return;
  try {
    // The header: without a session this is answered 401, not with a page to sign in.
    const answer = await fetch(url, { redirect: 'error', headers: { 'X-Requested-With': 'fetch' } });
    if (answer.ok) showIfNew(place, await answer.text());
  } catch {
    // No signal: what is shown stays, and the next try comes by itself.
  }
}

/**
 * Changed only when the words differ: a screen reader speaks each change.
 * @param {Element} place
 * @param {string} html
 */
function showIfNew(place, html) {
  const fresh = new DOMParser().parseFromString(html, 'text/html').body;
  if (fresh.querySelector('.track') && words(fresh) !== words(place)) place.replaceChildren(...fresh.childNodes);
  // That no one reads is not said beside "seen".
  if (place.querySelector('[data-seen]')) document.querySelector('[data-until-seen]')?.remove();
}

/** @param {Element} element */
function words(element) {
  return String(element.textContent).replace(/\s+/g, ' ').trim();
}

document.querySelectorAll('[data-module="report-status"]').forEach(watchStatus);
