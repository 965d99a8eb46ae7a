/** The button "Notify this device" of the account page. */

import { find, text } from './markup.js';

const card = find(document, '#devices', HTMLElement);
const button = find(card, 'button[data-notify]', HTMLButtonElement);
const said = find(card, '[role="status"]', HTMLElement);

if ('serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window) {
  button.hidden = false;
  button.addEventListener('click', () => notifyHere().catch(() => say('failed')));
} else {
  say('unsupported');
}

async function notifyHere() {
  if ((await Notification.requestPermission()) !== 'granted') return say('denied');
  const registration = await navigator.serviceWorker.register(text(card.dataset, 'worker'), { scope: text(card.dataset, 'scope') });
  await active(registration);
  const subscription = await registration.pushManager.subscribe({
    userVisibleOnly: true,
    applicationServerKey: bytes(text(card.dataset, 'key')),
  });
  const answer = await fetch(text(card.dataset, 'add'), { method: 'POST', body: form(subscription) });
  if (!answer.ok) throw new Error('not stored');
  return window.location.reload();
}

/**
 * `ready` waits for a worker of this page; ours stands before the console.
 * @param {ServiceWorkerRegistration} registration
 * @returns {Promise<void>}
 */
function active(registration) {
  const coming = registration.installing ?? registration.waiting;
  if (!coming) return Promise.resolve();
  return new Promise((resolve) => {
    coming.addEventListener('statechange', () => {
      if (coming.state === 'activated') resolve();
    });
  });
}

/** @param {PushSubscription} subscription */
function form(subscription) {
  const { endpoint = '', keys } = subscription.toJSON();
  const fields = new FormData();
  fields.set('csrfmiddlewaretoken', find(card, '[name=csrfmiddlewaretoken]', HTMLInputElement).value);
  for (const [name, value] of Object.entries({ endpoint, ...keys, label: label() })) fields.set(name, value);
  return fields;
}

/** Enough to recognise the device in the list. */
function label() {
  const agent = navigator.userAgent;
  const browser = ['Firefox', 'Edg', 'Chrome', 'Safari'].find((one) => agent.includes(one)) ?? 'Browser';
  const system = ['Android', 'iPhone', 'iPad', 'Windows', 'Mac', 'Linux'].find((one) => agent.includes(one));
  return [browser === 'Edg' ? 'Edge' : browser, system].filter(Boolean).join(', ');
}

/** @param {string} encoded */
function bytes(encoded) {
  const padded = encoded.replaceAll('-', '+').replaceAll('_', '/').padEnd(Math.ceil(encoded.length / 4) * 4, '=');
  return Uint8Array.from(atob(padded), (letter) => letter.charCodeAt(0));
}

/** @param {'failed' | 'unsupported' | 'denied'} which */
function say(which) {
  said.textContent = text(card.dataset, which);
}
