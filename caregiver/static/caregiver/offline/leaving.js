/** Signing out takes everything off this phone, but never silently a report that was not sent. */

import { endToken, forgetAll, loadToken } from './pack.js';
import { waiting } from './queue.js';
import { borrowTemplates, find, part } from './screens.js';
import { sendAll } from './sending.js';

/** @param {HTMLFormElement} form */
export async function signOut(form) {
  await sendAll();
  const kept = await waiting().catch(() => []);
  if (kept.length && !(await isMeant(form))) return;
  const token = await loadToken().catch(() => '');
  try {
    await forgetAll();
  } catch {
    // Storage that fails must not keep anybody signed in.
  }
  // Reports that stay need the token: it can hand them in, and read nothing.
  if (token && !kept.length) await endToken(token);
  form.submit();
}

/** @param {HTMLFormElement} form */
async function isMeant(form) {
  await borrowTemplates();
  const question = part('leave');
  const box = find(question, '[role="alert"]', HTMLElement);
  form.before(question);
  box.focus();
  const answer = await new Promise((resolve) => {
    find(box, '[data-action="stay"]', HTMLElement).addEventListener('click', () => resolve(false));
    find(box, '[data-action="leave"]', HTMLElement).addEventListener('click', () => resolve(true));
  });
  box.remove();
  return answer;
}
