/** The button "Notify this device" of the account page. */

const card = document.getElementById('devices');
const button = card.querySelector('button[data-notify]');
const said = card.querySelector('[role="status"]');
const { key, worker, scope, add } = card.dataset;

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

/** `ready` waits for a worker of this page; ours stands before the console. */
function active(registration) {
  const coming = registration.installing ?? registration.waiting;
  if (!coming) return Promise.resolve();
  return new Promise((resolve) => {
    coming.addEventListener('statechange', () => coming.state === 'activated' && resolve());
  });
}

function form(subscription) {
  const { endpoint, keys } = subscription.toJSON();
  const fields = new FormData();
  fields.set('csrfmiddlewaretoken', card.querySelector('[name=csrfmiddlewaretoken]').value);
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

function bytes(text) {
  const padded = text.replaceAll('-', '+').replaceAll('_', '/').padEnd(Math.ceil(text.length / 4) * 4, '=');
  return Uint8Array.from(atob(padded), (letter) => letter.charCodeAt(0));
}

function say(which) {
  said.textContent = card.dataset[which];
}
