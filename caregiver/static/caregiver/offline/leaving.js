/** Signing out takes everything off this phone, but never silently a report that was not sent. */

import { endToken, forgetAll, loadToken } from './pack.js';
import { waiting } from './queue.js';
import { borrowTemplates, part } from './screens.js';
import { sendAll } from './sending.js';

/** @param {HTMLFormElement} form */
export async function signOut(form) {
  await sendAll();
  const kept = await waiting().catch(() => []);
  if (kept.length && !(await isMeant(form))) return;
  const token = await loadToken().catch(() => '');
  await forgetAll().catch(() => {});
  // Reports that stay need the token: it can hand them in, and read nothing.
  if (token && !kept.length) await endToken(token);
  form.submit();
}

async function isMeant(form) {
  await borrowTemplates();
  const question = part('leave');
  const box = question.firstElementChild;
  form.before(question);
  box.focus();
  const answer = await new Promise((resolve) => {
    box.querySelector('[data-action="stay"]').addEventListener('click', () => resolve(false));
    box.querySelector('[data-action="leave"]').addEventListener('click', () => resolve(true));
  });
  box.remove();
  return answer;
}
