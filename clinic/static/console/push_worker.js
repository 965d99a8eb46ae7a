/** Shows a push and opens what it names. Keeps nothing, answers no page. */

self.addEventListener('push', (event) => event.waitUntil(show(event.data)));
self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  event.waitUntil(open(event.notification.data));
});

/** A push that shows nothing costs the permission, so one that cannot be read shows the least. */
function show(data) {
  let note = {};
  try {
    note = data.json().notification ?? {};
  } catch {
    note = {};
  }
  return self.registration.showNotification(note.title || self.location.host, {
    body: note.body || '',
    tag: note.tag || 'page',
    renotify: true,
    requireInteraction: true,
    data: note.navigate || '/console/',
  });
}

/** Only addresses of our own; a console that is open already is used. */
async function open(address) {
  const target = new URL(address, self.location.origin);
  if (target.origin !== self.location.origin) return undefined;
  const windows = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
  const console = windows.find((one) => new URL(one.url).pathname.startsWith('/console/'));
  if (!console) return self.clients.openWindow(target.href);
  await console.focus();
  return console.navigate ? console.navigate(target.href).catch(() => self.clients.openWindow(target.href)) : undefined;
}
