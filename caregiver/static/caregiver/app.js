/** On every caregiver page. Small: the page is usable before any of this runs, and without it. */

// Over plain http there is neither a worker nor a way to seal; the pages work by themselves.
if (window.isSecureContext && 'serviceWorker' in navigator && 'indexedDB' in window) {
  // At once, not after loading: nobody must get out past it and leave a report or a name behind.
  [...document.forms].filter((form) => form.getAttribute('action')?.endsWith('/sign-out/')).forEach(guardSignOut);
  addEventListener('load', start);
}

async function start() {
  void registerWorker();
  if (document.documentElement.dataset.shell !== undefined) {
    const { openShell } = await import('./offline/shell.js');
    await openShell();
  } else {
    const { attend } = await import('./offline/page.js');
    await attend();
  }
}

async function registerWorker() {
  try {
    await navigator.serviceWorker.register('/sw.js');
  } catch {
    // This browser refuses one, or there is no signal now: the pages work as they do without.
  }
}

/** @param {HTMLFormElement} form */
function guardSignOut(form) {
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const { signOut } = await import('./offline/leaving.js');
    await signOut(form);
  });
}
