/** Keeps "waiting for 12 min" right, turns urgent rows at 5, 10 and 15 minutes, and says when no page has gone. */

import { serverNow } from './clock.js';
import { all, text } from './markup.js';

const TURNS = [15, 10, 5];
// UNCONFIRMED_AFTER of clinic/rules/paging/ladder.py.
const PAGED_BY_MS = 90000;

/**
 * @param {DOMStringMap} words the texts of the page
 * @param {ParentNode} [root]
 */
export function showAges(words, root = document) {
  all(root, '[data-since]').forEach((element) => {
    const ms = Math.max(0, serverNow() - Date.parse(text(element.dataset, 'since')));
    setText(element.querySelector('[data-age]'), inWords(ms / 1000, words));
    if ('turn' in element.dataset) showTurn(element, ms / 60000, words);
    const unpaged = all(element, '[data-unpaged]')[0];
    if (unpaged) unpaged.dataset.unpaged = ms >= PAGED_BY_MS ? 'yes' : 'no';
  });
}

/**
 * @param {number} seconds
 * @param {DOMStringMap} words
 */
export function inWords(seconds, words) {
  const minutes = Math.floor(seconds / 60);
  if (minutes < 1) return text(words, 'textS', { n: Math.floor(seconds) });
  if (minutes < 60) return text(words, 'textMin', { n: minutes });
  if (minutes < 48 * 60) return text(words, 'textH', { h: Math.floor(minutes / 60), m: minutes % 60 });
  return text(words, 'textD', { n: Math.floor(minutes / (24 * 60)) });
}

/**
 * @param {HTMLElement} element
 * @param {number} minutes
 * @param {DOMStringMap} words
 */
function showTurn(element, minutes, words) {
  const turn = TURNS.find((mark) => minutes >= mark) ?? 0;
  if (element.dataset.turn !== String(turn)) element.dataset.turn = String(turn);
  setText(element.querySelector('[data-turn-word]'), turn ? text(words, 'textOver', { n: turn }) : '');
}

/**
 * Writing the same text again would make a screen reader's cursor jump.
 * @param {Element | null} element
 * @param {string} words
 */
function setText(element, words) {
  if (element && element.textContent !== words) element.textContent = words;
}
