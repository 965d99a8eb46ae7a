/** Served in place of the worker when it must go: removes its caches and itself, on every phone. */

const worker = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self));

worker.addEventListener('install', () => worker.skipWaiting());
worker.addEventListener('activate', (event) => event.waitUntil(goAway()));

async function goAway() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith('kinwatch-shell-')).map((name) => caches.delete(name)));
  await worker.registration.unregister();
}
