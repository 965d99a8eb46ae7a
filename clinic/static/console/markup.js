/** What the scripts of the console need of the page. Without it they say what is missing. */

/**
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
 * Every element of one kind.
 * @param {ParentNode} parent
 * @param {string} selector
 * @returns {HTMLElement[]}
 */
export function all(parent, selector) {
  return [...parent.querySelectorAll(selector)].filter((one) => one instanceof HTMLElement);
}

/**
 * A text in the language of the page, with its {places} filled in.
 * @param {DOMStringMap} words
 * @param {string} name
 * @param {Record<string, string | number>} [facts]
 */
export function text(words, name, facts = {}) {
  const found = words[name];
  if (found === undefined) throw new Error(`the text ${name} is missing`);
  return found.replace(/\{(\w+)\}/g, (whole, place) => String(facts[place] ?? whole));
}

/**
 * What is new once, however often it is drawn: an alarm, or an escalation since it has been waiting.
 * @param {HTMLElement} element
 */
export function soundKey({ dataset }) {
  return dataset.soundKey ?? `${dataset.id?.slice(0, 8)} ${dataset.since}`;
}
