/** The network as a phone meets it: answers of ours, of strangers, late ones, none. */

import { setGlobal } from './page.js';

/**
 * @typedef {{url: string, method: string, headers: Record<string, string>, body: any, options: RequestInit}} Call
 */

/**
 * Answers every request from here on.
 * @param {(call: Call) => Response | Promise<Response>} answer
 * @returns {Call[]} what was asked, in order
 */
export function connect(answer) {
  const calls = [];
  setGlobal('fetch', (url, options = {}) => {
    const { method = 'GET', headers = {}, body } = options;
    const call = { url: String(url), method, headers, body, options };
    calls.push(call);
    return new Promise((resolve, reject) => {
      options.signal?.addEventListener('abort', () => reject(options.signal.reason));
      if (options.signal?.aborted) reject(options.signal.reason);
      new Promise((given) => given(answer(call))).then(resolve, reject);
    });
  });
  return calls;
}

/** No signal. */
export function disconnect() {
  return connect(() => Promise.reject(new TypeError('Failed to fetch')));
}

/** A line on which nothing ever comes back. */
export function stall() {
  return connect(() => new Promise(() => {}));
}

/** @param {unknown} body */
export function json(body, status = 200) {
  return new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json' } });
}

/** As from a hotel's sign-in page. */
export function page(html, status = 200) {
  return new Response(html, { status, headers: { 'Content-Type': 'text/html' } });
}
