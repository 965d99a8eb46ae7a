/**
 * The service worker. SHELL (page, files, answersFor, needsSignal, guidance, version) is written above this text
 * by the server.
 * It keeps the public shell and nothing else: no page of a person ever enters a cache.
 */

const PREFIX = 'kinwatch-shell-';
const CACHE = PREFIX + SHELL.version;
const PATIENCE_MS = 3000;

self.addEventListener('install', (event) => event.waitUntil(keepShell().then(() => self.skipWaiting())));
self.addEventListener('activate', (event) => event.waitUntil(dropOldShells().then(() => self.clients.claim())));
self.addEventListener('message', (event) => {
  // The language or the clinic of this phone has changed, and the page speaks of both.
  if (event.data === 'refresh-shell') event.waitUntil(Promise.all([keepPage().catch(() => {}), keepGuidance()]));
});
self.addEventListener('fetch', (event) => {
  const url = new URL(event.request.url);
  if (url.origin !== self.location.origin) return;
  if (event.request.mode === 'navigate') {
    const twin = twinOf(url.pathname);
    if (twin) event.respondWith(fromNetworkElse(event.request, twin));
    else if (needsSignal(url.pathname)) event.respondWith(fromNetworkElseNoSignal(event.request));
  } else if (event.request.method === 'GET' && isKeptFile(url.pathname)) {
    event.respondWith(fromShellElseNetwork(event.request));
  }
});

async function keepShell() {
  const cache = await caches.open(CACHE);
  await cache.addAll(SHELL.files);
  await keepPage();
  await keepGuidance();
}

/** One by one: a page that cannot be fetched now must not keep the check-in off the phone. */
async function keepGuidance() {
  const cache = await caches.open(CACHE);
  const { list, pages, pictures } = SHELL.guidance;
  const wanted = [list, ...Object.values(pages), ...pictures];
  await Promise.all(wanted.map((one) => cache.add(new Request(one, { cache: 'reload' })).catch(() => {})));
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

/** The page on this phone that stands in for an address, if there is one. */
function twinOf(path) {
  const { start, list, pages } = SHELL.guidance;
  if (path.startsWith(start)) return pages[path] ?? list;
  const hasTwin = SHELL.answersFor.some((known) => (known === '/' ? path === '/' : path.startsWith(known)));
  return hasTwin ? SHELL.page : undefined;
}

function needsSignal(path) {
  return SHELL.needsSignal.some((known) => path.startsWith(known));
}

function isKeptFile(path) {
  return SHELL.files.includes(path) || SHELL.guidance.pictures.includes(path);
}

/** A server that is down or broken is no better than no signal. */
async function fromNetworkElse(request, twin) {
  try {
    const answer = await Promise.race([fetch(request), givenUp()]);
    if (answer.status < 500) return answer;
    return (await kept(twin)) ?? answer;
  } catch (problem) {
    const page = await kept(twin);
    if (page) return page;
    throw problem;
  }
}

/** No other page does this one's work, so a slow answer is waited for, and one that tells of trouble is shown. */
function fromNetworkElseNoSignal(request) {
  return fetch(request).catch(async (problem) => (await kept(SHELL.page)) ?? Promise.reject(problem));
}

async function fromShellElseNetwork(request) {
  return (await caches.match(request, { cacheName: CACHE, ignoreVary: true })) ?? fetch(request);
}

async function kept(page) {
  const options = { cacheName: CACHE, ignoreVary: true };
  return (await caches.match(page, options)) ?? caches.match(SHELL.page, options);
}

function givenUp() {
  return new Promise((_, reject) => setTimeout(() => reject(new Error('no answer in time')), PATIENCE_MS));
}
