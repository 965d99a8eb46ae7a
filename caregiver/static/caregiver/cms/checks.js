/** Shows what is wrong with a guidance text while it is written: asks the server once the writer pauses. */

const PAUSE_MS = 800;

document.querySelectorAll('[data-guidance-checks]').forEach(watch);

/** @param {Element} panel */
function watch(panel) {
  const form = panel.closest('form');
  const url = panel.getAttribute('data-url');
  if (!form || !url) throw new Error('guidance-checks: the form or data-url is missing');
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const check = async () => {
    // The editor draws the body after the page has loaded.
    if (!form.querySelector('[name="body-count"]')) return later();
    try {
      const answer = await fetch(url, { method: 'POST', body: new FormData(form) });
      if (answer.ok) panel.innerHTML = await answer.text();
    } catch {
      // No answer came: what was found last stays, and the next change asks again.
    }
    return undefined;
  };
  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(check, PAUSE_MS);
  };
  form.addEventListener('input', later);
  form.addEventListener('change', later);
  later();
}
