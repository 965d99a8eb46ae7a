/** Keeps "waiting for 12 min" right, and turns urgent rows at 5, 10 and 15 minutes. */

import { serverNow } from './clock.js';

const TURNS = [15, 10, 5];

/**
 * @param {DOMStringMap} words the texts of the page
 * @param {ParentNode} [root]
 */
export function showAges(words, root = document) {
  root.querySelectorAll('[data-since]').forEach((element) => {
    const ms = Math.max(0, serverNow() - Date.parse(element.dataset.since));
    setText(element.querySelector('[data-age]'), inWords(ms / 1000, words));
    if ('turns' in element.dataset) showTurn(element, ms / 60000, words);
  });
}

/**
 * @param {number} seconds
 * @param {DOMStringMap} words
 */
export function inWords(seconds, words) {
  const minutes = Math.floor(seconds / 60);
  if (minutes < 1) return words.textS.replace('{n}', Math.floor(seconds));
  if (minutes < 60) return words.textMin.replace('{n}', minutes);
  if (minutes < 48 * 60) return words.textH.replace('{h}', Math.floor(minutes / 60)).replace('{m}', minutes % 60);
  return words.textD.replace('{n}', Math.floor(minutes / (24 * 60)));
}

function showTurn(element, minutes, words) {
  const turn = TURNS.find((mark) => minutes >= mark) ?? 0;
  if (element.dataset.turn !== String(turn)) element.dataset.turn = String(turn);
  setText(element.querySelector('[data-turn-word]'), turn ? words.textOver.replace('{n}', turn) : '');
}

/** Writing the same text again would make a screen reader's cursor jump. */
function setText(element, text) {
  if (element && element.textContent !== text) element.textContent = text;
}
