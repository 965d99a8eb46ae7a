/** Reads the advice aloud with the browser's own voice, where it has one. Nothing leaves the phone for it. */

const page = document.querySelector('[data-module="read-aloud"]');
if (page instanceof HTMLElement) offerReading(page);

/**
 * The button stands in its place from the start, so that nothing moves when it shows.
 * @param {HTMLElement} button
 */
export function offerReading(button) {
  if (!('speechSynthesis' in window)) return;
  const word = button.querySelector('span');
  if (!word) throw new Error('read-aloud: the word is missing');
  const words = { idle: word.textContent, reading: button.dataset.stop ?? '' };
  const end = () => (word.textContent = words.idle);
  button.dataset.ready = '';
  button.addEventListener('click', () => {
    const isReading = word.textContent === words.reading;
    speechSynthesis.cancel();
    if (isReading) return end();
    word.textContent = words.reading;
    const parts = sentences().map(spoken);
    Object.assign(parts.at(-1) ?? {}, { onend: end, onerror: end });
    parts.forEach((part) => speechSynthesis.speak(part));
  });
  addEventListener('pagehide', () => speechSynthesis.cancel());
}

/** What to do, in the order in which it stands there: one utterance each, so that none is cut short. */
function sentences() {
  return [...document.querySelectorAll('.result h1, .steps li')].map((one) => String(one.textContent).replace(/\s+/g, ' ').trim());
}

/** @param {string} text */
function spoken(text) {
  return Object.assign(new SpeechSynthesisUtterance(text), { lang: document.documentElement.lang, rate: 0.9 });
}
