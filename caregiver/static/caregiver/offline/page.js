/** On every page of the server: send what is kept, take the checklist along, keep what is being typed. */

import { autosave, dropSent } from './autosave.js';
import { refreshPack } from './pack.js';
import { waiting } from './queue.js';
import { borrowTemplates, find } from './screens.js';
import { keepSending } from './sending.js';
import { followAll } from './states.js';

const AGAIN_MS = 10_000;
const TRIES = 6;

export async function attend() {
  await showWaiting();
  keepSending();
  await dropSent();
  await autosave();
  const field = document.querySelector('[name="csrfmiddlewaretoken"]');
  await takeAlong(field instanceof HTMLInputElement ? field.value : '', TRIES);
}

/**
 * A slow network is asked again while this page stays open; the next page begins anew.
 * @param {string} csrfToken
 * @param {number} tries
 */
async function takeAlong(csrfToken, tries) {
  const isSignedIn = await refreshPack(csrfToken);
  if (isSignedIn === null && tries > 1) setTimeout(takeAlong, AGAIN_MS, csrfToken, tries - 1);
  if (!isSignedIn) return;
  // Also one that took over while this page was loading.
  (await navigator.serviceWorker.getRegistration())?.active?.postMessage('refresh-shell');
  // A first sign-in on this phone: only now is there a checklist to tell fields from answers by.
  await autosave();
}

/** What is still on this phone stands above everything else. */
async function showWaiting() {
  const kept = await waiting().catch(() => []);
  if (!kept.length) return;
  await borrowTemplates();
  const list = Object.assign(document.createElement('div'), { className: 'stack', id: 'waiting-reports' });
  find(document, '#content', HTMLElement).prepend(list);
  await followAll(list);
}
