/** On every caregiver page. Small: the page is usable before any of this runs, and without it. */

// Over plain http there is neither a worker nor a way to seal; the pages work by themselves.
if (window.isSecureContext && 'serviceWorker' in navigator && 'indexedDB' in window) {
  // At once, not after loading: nobody must get out past it and leave a report or a name behind.
  document.querySelectorAll('form[action$="/sign-out/"]').forEach(guardSignOut);
  addEventListener('load', start);
}

async function start() {
  navigator.serviceWorker.register('/sw.js').catch(() => {});
  if (document.documentElement.dataset.shell !== undefined) {
    const { openShell } = await import('./offline/shell.js');
    await openShell();
  } else {
    const { attend } = await import('./offline/page.js');
    await attend();
  }
}

function guardSignOut(form) {
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const { signOut } = await import('./offline/leaving.js');
    await signOut(form);
  });
}
