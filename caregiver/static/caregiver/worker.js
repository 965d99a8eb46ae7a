/**
 * The service worker. SHELL (page, files, answersFor, needsSignal, guidance, version) is written above this text
 * by the server.
 * It keeps the public shell and nothing else: no page of a person ever enters a cache.
 */

const worker = /** @type {ServiceWorkerGlobalScope} */ (/** @type {unknown} */ (self));
const PREFIX = 'kinwatch-shell-';
const CACHE = PREFIX + SHELL.version;
const PATIENCE_MS = 3000;

worker.addEventListener('install', (event) => event.waitUntil(keepShell().then(() => worker.skipWaiting())));
worker.addEventListener('activate', (event) => event.waitUntil(dropOldShells().then(() => worker.clients.claim())));
worker.addEventListener('message', (event) => {
  // The language or the clinic of this phone has changed, and the page speaks of both.
  if (event.data === 'refresh-shell') event.waitUntil(Promise.allSettled([keepPage(), keepGuidance()]));
});
worker.addEventListener('fetch', (event) => {
  const url = new URL(event.request.url);
  if (url.origin !== worker.location.origin) return;
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

/** A page that cannot be fetched now must not keep the check-in off the phone: it stays as it was kept. */
async function keepGuidance() {
  const cache = await caches.open(CACHE);
  const { list, pages, pictures } = SHELL.guidance;
  const wanted = [list, ...Object.values(pages), ...pictures];
  await Promise.allSettled(wanted.map((one) => cache.add(new Request(one, { cache: 'reload' }))));
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

/**
 * The page on this phone that stands in for an address, if there is one.
 * @param {string} path
 */
function twinOf(path) {
  const { start, list, pages } = SHELL.guidance;
  if (path.startsWith(start)) return pages[path] ?? list;
  const hasTwin = SHELL.answersFor.some((known) => (known === '/' ? path === '/' : path.startsWith(known)));
  return hasTwin ? SHELL.page : undefined;
}

/** @param {string} path */
function needsSignal(path) {
  return SHELL.needsSignal.some((known) => path.startsWith(known));
}

/** @param {string} path */
function isKeptFile(path) {
  return SHELL.files.includes(path) || SHELL.guidance.pictures.includes(path);
}

/**
 * A server that is down or broken is no better than no signal.
 * @param {Request} request
 * @param {string} twin
 */
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

/**
 * No other page does its work: slow answers are waited for, and trouble is shown.
 * @param {Request} request
 */
function fromNetworkElseNoSignal(request) {
  return fetch(request).catch(async (problem) => (await kept(SHELL.page)) ?? Promise.reject(problem));
}

/** @param {Request} request */
async function fromShellElseNetwork(request) {
  return (await caches.match(request, { cacheName: CACHE, ignoreVary: true })) ?? fetch(request);
}

/** @param {string} page */
async function kept(page) {
  const options = { cacheName: CACHE, ignoreVary: true };
  return (await caches.match(page, options)) ?? caches.match(SHELL.page, options);
}

/** @returns {Promise<never>} */
function givenUp() {
  return new Promise((_, reject) => setTimeout(() => reject(new Error('no answer in time')), PATIENCE_MS));
}
