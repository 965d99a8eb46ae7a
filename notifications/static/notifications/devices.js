/** The button of a page that asks this browser to show pushes: a card `#devices` with the words and addresses. */

const card = /** @type {HTMLElement} */ (document.querySelector('#devices'));
const button = /** @type {HTMLButtonElement} */ (card.querySelector('button[data-notify]'));
const said = /** @type {HTMLElement} */ (card.querySelector('[role="status"]'));
const csrf = /** @type {HTMLInputElement} */ (card.querySelector('[name=csrfmiddlewaretoken]'));
const { worker = '', scope = '', key = '', add = '' } = card.dataset;

if ('serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window) {
  button.hidden = false;
  button.addEventListener('click', () => notifyHere().catch(() => say('failed')));
} else {
  say('unsupported');
}

async function notifyHere() {
  if ((await Notification.requestPermission()) !== 'granted') return say('denied');
  const registration = await navigator.serviceWorker.register(worker, { scope });
  await active(registration);
  const subscription = await registration.pushManager.subscribe({
    userVisibleOnly: true,
    applicationServerKey: bytes(key),
  });
  const answer = await fetch(add, { method: 'POST', body: form(subscription) });
  if (!answer.ok) throw new Error('not stored');
  return window.location.reload();
}

/**
 * `ready` waits for a worker of this page; the one asked for may stand before other pages.
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
  fields.set('csrfmiddlewaretoken', csrf.value);
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
  said.textContent = card.dataset[which] ?? '';
}
