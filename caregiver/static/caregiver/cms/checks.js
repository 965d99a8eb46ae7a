/** Shows what is wrong with a guidance text while it is written: asks the server once the writer pauses. */

const PAUSE_MS = 800;

document.querySelectorAll('[data-guidance-checks]').forEach(watch);

function watch(panel) {
  const form = panel.closest('form');
  let timer;

  function later() {
    clearTimeout(timer);
    timer = setTimeout(check, PAUSE_MS);
  }

  async function check() {
    // The editor draws the body after the page has loaded.
    if (!form.querySelector('[name="body-count"]')) return later();
    const answer = await fetch(panel.dataset.url, { method: 'POST', body: new FormData(form) }).catch(() => null);
    if (answer?.ok) panel.innerHTML = await answer.text();
    return undefined;
  }

  form.addEventListener('input', later);
  form.addEventListener('change', later);
  later();
}
