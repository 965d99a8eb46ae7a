/** Shows a push and opens what it names. Keeps nothing, answers no page. */

const worker = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self));

worker.addEventListener('push', (event) => event.waitUntil(show(event.data)));
worker.addEventListener('notificationclick', (event) => {
  event.notification.close();
  event.waitUntil(open(event.notification.data));
});

/**
 * A push that shows nothing costs the permission, so one that cannot be read shows the least.
 * @param {PushMessageData | null} data
 */
function show(data) {
  const note = readNote(data);
  const options = {
    body: note.body || '',
    tag: note.tag || 'page',
    renotify: true,
    requireInteraction: true,
    data: note.navigate || '/console/',
  };
  return worker.registration.showNotification(note.title || worker.location.host, options);
}

/**
 * @param {PushMessageData | null} data
 * @returns {{title?: string, body?: string, tag?: string, navigate?: string}}
 */
function readNote(data) {
  try {
    return data?.json().notification ?? {};
  } catch {
    return {};
  }
}

/**
 * Only addresses of our own; a console that is open already is used.
 * @param {string} address
 */
async function open(address) {
  const target = new URL(address, worker.location.origin);
  if (target.origin !== worker.location.origin) return undefined;
  const windows = await worker.clients.matchAll({ type: 'window', includeUncontrolled: true });
  const console = windows.find((one) => new URL(one.url).pathname.startsWith('/console/'));
  if (!console) return worker.clients.openWindow(target.href);
  await console.focus();
  return console.navigate ? console.navigate(target.href).catch(() => worker.clients.openWindow(target.href)) : undefined;
}
