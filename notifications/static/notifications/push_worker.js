/**
 * The part of a service worker that shows a push and opens what it names. Keeps nothing, answers no page.
 * PUSH_HOME, the address below which its pages stand, is written above this text by the server.
 */

const pushes = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self));

pushes.addEventListener('push', (event) => event.waitUntil(showPush(event.data)));
pushes.addEventListener('notificationclick', (event) => {
  event.notification.close();
  event.waitUntil(openPushed(event.notification.data));
});

/**
 * A push that shows nothing costs the permission, so one that cannot be read shows the least.
 * @param {PushMessageData | null} data
 */
function showPush(data) {
  const note = readNote(data);
  const options = {
    body: note.body || '',
    tag: note.tag || 'page',
    renotify: true,
    requireInteraction: true,
    data: note.navigate || PUSH_HOME,
  };
  return pushes.registration.showNotification(note.title || pushes.location.host, options);
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
 * Only addresses of our own; a page that is open already and may be left is used.
 * @param {string} address
 */
async function openPushed(address) {
  const target = new URL(address, pushes.location.origin);
  if (target.origin !== pushes.location.origin) return undefined;
  const windows = await pushes.clients.matchAll({ type: 'window', includeUncontrolled: true });
  const page = windows.find((one) => mayBeLeft(new URL(one.url).pathname));
  if (!page) return pushes.clients.openWindow(target.href);
  await page.focus();
  return page.navigate ? page.navigate(target.href).catch(() => pushes.clients.openWindow(target.href)) : undefined;
}

/**
 * The console keeps what is typed on any of its pages. A family's check-in is never led away from; on their home
 * nothing is typed.
 * @param {string} path
 */
function mayBeLeft(path) {
  return PUSH_HOME === '/' ? path === '/' : path.startsWith(PUSH_HOME);
}
