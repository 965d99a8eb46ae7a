/** A page for the modules under test: jsdom's window in place of a browser's. */

import { JSDOM, VirtualConsole } from 'jsdom';

// Node has these too, but a page's elements take only their own window's.
const OF_THE_PAGE = ['CustomEvent', 'Event', 'EventTarget', 'FormData', 'location', 'history', 'document', 'localStorage', 'sessionStorage', 'navigator'];

/**
 * Opens a page and gives the modules its names. One for each test file: a module looks at `document` when it loads.
 * @param {string} [body] HTML
 * @param {string} [url]
 */
export function openPage(body = '', url = 'https://phone.test/') {
  const { window } = new JSDOM(`<!doctype html><html lang="en"><title>Page</title><body>${body}`, { url, pretendToBeVisual: true, virtualConsole: strict() });
  const names = Object.getOwnPropertyNames(window).filter((name) => /^[A-Z]/.test(name) && !(name in globalThis));
  for (const name of [...OF_THE_PAGE, ...names]) setGlobal(name, window[name]);
  setGlobal('window', window);
  for (const name of ['addEventListener', 'removeEventListener', 'dispatchEvent']) setGlobal(name, window[name].bind(window));
  setGlobal('scrollTo', () => {});
  return window;
}

/** What goes wrong in a listener fails the test, as a script error fails the browser's. */
function strict() {
  return new VirtualConsole().on('jsdomError', (error) => {
    setImmediate(() => {
      throw error.cause ?? error;
    });
  });
}

/** Another body on the same page. */
export function showBody(html) {
  document.body.innerHTML = html;
}

/** As when somebody looks at another tab. */
export function hidePage(isHidden) {
  Object.defineProperty(document, 'hidden', { value: isHidden, configurable: true });
  document.dispatchEvent(new Event('visibilitychange'));
}

/** Some names can only be defined: newer versions of Node have a `navigator` of their own. */
export function setGlobal(name, value) {
  Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
}
