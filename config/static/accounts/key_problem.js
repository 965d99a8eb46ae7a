/** Says so on the page when a security key could not be read; the library only writes to the log. */

const box = document.querySelector('[data-module="key-problem"]');
if (!(box instanceof HTMLElement)) throw new Error('key-problem: the place for the words is missing');

document.addEventListener('allauth.error', (event) => {
  event.preventDefault();
  box.hidden = false;
});
