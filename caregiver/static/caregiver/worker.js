/**
 * The service worker. SHELL (page, files, answersFor, version) is written above this text by the server.
 * It keeps the public shell and nothing else: no page of a person ever enters a cache.
 */

const PREFIX = 'kinwatch-shell-';
const CACHE = PREFIX + SHELL.version;
const PATIENCE_MS = 3000;

self.addEventListener('install', (event) => event.waitUntil(keepShell().then(() => self.skipWaiting())));
self.addEventListener('activate', (event) => event.waitUntil(dropOldShells().then(() => self.clients.claim())));
self.addEventListener('message', (event) => {
  // The language or the clinic of this phone has changed, and the page speaks of both.
  if (event.data === 'refresh-shell') event.waitUntil(keepPage().catch(() => {}));
});
self.addEventListener('fetch', (event) => {
  const url = new URL(event.request.url);
  if (url.origin !== self.location.origin) return;
  if (event.request.mode === 'navigate') {
    if (hasTwin(url.pathname)) event.respondWith(fromNetworkElseShell(event.request));
  } else if (event.request.method === 'GET' && SHELL.files.includes(url.pathname)) {
    event.respondWith(fromShellElseNetwork(event.request));
  }
});

async function keepShell() {
  const cache = await caches.open(CACHE);
  await cache.addAll(SHELL.files);
  await keepPage();
}

async function keepPage() {
  const cache = await caches.open(CACHE);
  await cache.add(new Request(SHELL.page, { cache: 'reload' }));
}

async function dropOldShells() {
  const names = await caches.keys();
  const old = names.filter((name) => name.startsWith(PREFIX) && name !== CACHE);
  await Promise.all(old.map((name) => caches.delete(name)));
}

function hasTwin(path) {
  return SHELL.answersFor.some((start) => (start === '/' ? path === '/' : path.startsWith(start)));
}

/** A server that is down or broken is no better than no signal. */
async function fromNetworkElseShell(request) {
  try {
    const answer = await Promise.race([fetch(request), givenUp()]);
    if (answer.status < 500) return answer;
    return (await shellPage()) ?? answer;
  } catch (problem) {
    const page = await shellPage();
    if (page) return page;
    throw problem;
  }
}

async function fromShellElseNetwork(request) {
  return (await caches.match(request, { cacheName: CACHE, ignoreVary: true })) ?? fetch(request);
}

function shellPage() {
  return caches.match(SHELL.page, { cacheName: CACHE, ignoreVary: true });
}

function givenUp() {
  return new Promise((_, reject) => setTimeout(() => reject(new Error('no answer in time')), PATIENCE_MS));
}
