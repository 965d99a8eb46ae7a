/** Makes screens out of the templates of the shell page. All words come from there or from the checklist. */

import { fill } from '../triage/answers.js';

const DAY_MS = 24 * 3600 * 1000;
// A line may end after a comma, and not before "AM".
const UNBOUND = /([^,]) /g;
/** @type {Document} where the templates are: the shell page itself, or a copy of it */
let source = document;

/** On a page of the server the templates come from the shell in the cache, or from the network. */
export async function borrowTemplates() {
  const kept = await caches.match('/offline/').catch(() => undefined);
  const answer = kept ?? (await fetch('/offline/'));
  source = new DOMParser().parseFromString(await answer.text(), 'text/html');
}

/**
 * A copy of a template with its {words} filled in.
 * @param {string} name
 * @param {Record<string, unknown>} [words]
 * @returns {DocumentFragment}
 */
export function part(name, words = {}) {
  const copy = document.importNode(template(name), true);
  const texts = document.createTreeWalker(copy, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    // A time may end in "a.m." where the sentence ends as well.
    const text = fill(texts.currentNode.nodeValue ?? '', words).replace(/\.\.(?=\s|$)/g, '.');
    texts.currentNode.nodeValue = text;
  }
  return copy;
}

/**
 * What the markup must hold.
 * @template {Element} Kind
 * @param {ParentNode} parent
 * @param {string} selector
 * @param {{new (): Kind}} kind
 */
export function find(parent, selector, kind) {
  const found = parent.querySelector(selector);
  if (!(found instanceof kind)) throw new Error(`${selector} is missing`);
  return found;
}

/**
 * The place in a part where other parts go.
 * @param {ParentNode} parent
 * @param {string} name
 */
export function place(parent, name) {
  return find(parent, `[data-place="${name}"]`, HTMLElement);
}

/**
 * One word of a list of words.
 * @param {string} name
 * @param {string} [list]
 */
export function word(name, list = 'words') {
  return find(template(list), `[data-word="${name}"]`, HTMLElement).textContent ?? '';
}

/**
 * Show or drop an optional piece.
 * @param {ParentNode} parent
 * @param {string} name
 * @param {boolean} isShown
 */
export function showIf(parent, name, isShown) {
  if (!isShown) find(parent, `[data-show="${name}"]`, HTMLElement).remove();
}

/**
 * @param {ParentNode} parent
 * @param {string} name
 */
export function setIcon(parent, name) {
  const use = find(parent, 'svg use', SVGElement);
  use.setAttribute('href', `${use.getAttribute('href')?.split('#')[0]}#${name}`);
}

/**
 * A number to call.
 * @param {Line & Partial<CallTarget>} target
 */
export function call(target) {
  const made = part(target.kind === 'emergency' ? 'call-emergency' : 'call', { label: '', ...target });
  find(made, 'a', HTMLAnchorElement).href = `tel:${target.phone}`;
  return made;
}

/**
 * The numbers of advice; where its words order a call, nothing makes that conditional.
 * @param {{level: string, call: (Line & Partial<CallTarget>)[]}} advice
 */
export function callsOf({ level, call: targets }) {
  return targets.map((target) => {
    const made = call(target);
    if (level === 'emergency' && target.kind === 'emergency') showIf(made, 'condition', false);
    return made;
  });
}

/**
 * A sentence whose numbers call; the sign after one stays beside it.
 * @param {string} tag of the element around it
 * @param {string} text
 * @param {Line[]} targets
 */
export function withCalls(tag, text, targets) {
  const phones = new Map(targets.map(({ display, phone }) => [display, phone]));
  const numbers = [...phones.keys()].sort((a, b) => b.length - a.length).map((one) => one.replace(/\W/g, '\\$&'));
  const made = document.createElement(tag);
  for (const piece of text.split(new RegExp(`((?:${numbers.join('|')})[.,;:?!]?)`))) {
    const number = piece.replace(/[.,;:?!]$/, '');
    if (!phones.has(number)) {
      made.append(piece);
      continue;
    }
    const link = { href: `tel:${phones.get(number)}`, dir: 'ltr', textContent: number };
    const kept = Object.assign(document.createElement('span'), { className: 'nowrap' });
    kept.append(Object.assign(document.createElement('a'), link), piece.slice(number.length));
    made.append(kept);
  }
  return made;
}

/**
 * The weekday names a day of the last six, and no other.
 * @param {string | Date} moment
 */
export function clock(moment) {
  const at = new Date(moment);
  /** @type {Intl.DateTimeFormatOptions} */
  const options = { hour: 'numeric', minute: '2-digit' };
  const days = Math.round((new Date().setHours(0, 0, 0, 0) - new Date(at).setHours(0, 0, 0, 0)) / DAY_MS);
  if (days > 0 && days < 7) options.weekday = 'short';
  else if (days) Object.assign(options, { day: 'numeric', month: 'short' });
  return new Intl.DateTimeFormat(language(), options).format(at).replace(UNBOUND, '$1\u00a0');
}

/**
 * With its date and year: true on any later day.
 * @param {string | Date} moment
 */
export function fullMoment(moment) {
  /** @type {Intl.DateTimeFormatOptions} */
  const options = { dateStyle: 'medium', timeStyle: 'short' };
  return new Intl.DateTimeFormat(language(), options).format(new Date(moment)).replace(UNBOUND, '$1\u00a0');
}

/** @param {string | Date} moment */
export function ago(moment) {
  const minutes = Math.round((new Date(moment).getTime() - Date.now()) / 60_000);
  const words = new Intl.RelativeTimeFormat(language(), { numeric: 'auto' });
  if (minutes > -60) return words.format(minutes, 'minute');
  const hours = Math.round(minutes / 60);
  return hours > -48 ? words.format(hours, 'hour') : words.format(Math.round(hours / 24), 'day');
}

/**
 * Put a screen in place of the last one; a screen reader starts at its top.
 * @param {DocumentFragment} screen
 */
export function show(screen) {
  find(document, '#screen', HTMLElement).replaceChildren(screen);
  scrollTo(0, 0);
  find(document, '#content', HTMLElement).focus({ preventScroll: true });
}

/** @param {string} name */
function template(name) {
  const found = source.getElementById(`t-${name}`);
  if (!(found instanceof HTMLTemplateElement)) throw new Error(`template t-${name} is missing`);
  return found.content;
}

/**
 * The page's language; numbers in the digits that thermometers and telephones show, in Arabic too.
 * Spanish as in the United States: 3:19 p.m., as pages with a signal have it, not 15:19.
 */
function language() {
  return `${document.documentElement.lang.replace(/^es$/, 'es-US')}-u-nu-latn`;
}
