/**
 * Reports on this phone: those that the clinic has not confirmed, and for a while those that it has. Sealed; the phone
 * itself cannot read them.
 */

import { all, put, remove } from './store.js';
import { seal } from './seal.js';
import { lock, unlock } from './vault.js';

// A clinic that goes back to an older copy of its records goes back to one that is younger.
const HELD_MS = 14 * 24 * 3600 * 1000;
// More than that the clinic is not asked about at once (caregiver/services/phone/held.py).
const MOST_HELD = 200;

/**
 * Seal a report for keeping.
 * @param {CheckInReport | Worry} report
 * @param {SealingKey} key
 * @param {string} token
 * @param {Line} line
 * @param {Kept['kind']} kind
 * @returns {Promise<Kept>}
 */
export async function sealed(report, key, token, line, kind = 'reports') {
  const envelope = await seal(report, report.id, key);
  return { id: report.id, kind, envelope, token, keptAt: new Date().toISOString(), line, problem: '' };
}

/**
 * Note beside the seal what this phone itself must still say: whose it is, and how serious. Gone with the sign-out.
 * @param {Kept} kept
 * @param {KeptAbout} about
 */
export async function describe(kept, about) {
  try {
    kept.about = await lock(about);
  } catch {
    // Nobody is signed in any more: it is kept all the same, and says nothing.
  }
}

/**
 * Only to who wrote it, and only while they look after this person.
 * @param {Kept} kept
 * @param {Pack | null} pack
 * @returns {Promise<KeptAbout & {name: string} | null>}
 */
export async function aboutOf(kept, pack) {
  const about = await unlock(kept.about);
  const patient = pack?.patients.find(({ id }) => id === about?.patient);
  return patient && pack?.person === about.person ? { ...about, name: patient.name } : null;
}

/**
 * On the disk when this resolves; rejects where the phone is full or stores nothing.
 * @param {Kept} kept
 */
export async function keep(kept) {
  await put('queue', kept.id, kept);
}

/** @returns {Promise<Kept[]>} the oldest first */
export async function waiting() {
  return (await rows()).filter((one) => !one.receivedAt);
}

/**
 * The clinic's receipt is here. It stays, no longer waiting, for the day on which the clinic has lost it.
 * @param {Kept} kept
 */
export async function hold(kept) {
  /** @type {Kept} */
  const confirmed = { ...kept, problem: '', receivedAt: new Date().toISOString() };
  delete confirmed.isAgain;
  delete confirmed.askedAt;
  await keep(confirmed);
}

/** @returns {Promise<Kept[]>} what the clinic has confirmed, of the last two weeks; older ones go here */
export async function held() {
  const confirmed = (await rows()).filter((one) => one.receivedAt);
  const since = new Date(Date.now() - HELD_MS).toISOString();
  const still = confirmed.filter((one) => (one.receivedAt ?? '') > since).slice(-MOST_HELD);
  await Promise.all(confirmed.filter((one) => !still.includes(one)).map((one) => letGo(one.id)));
  return still;
}

/** Whoever uses this phone next is somebody else: what waits stays, what has arrived goes. */
export async function letGoOfHeld() {
  await Promise.all((await held()).map((one) => letGo(one.id)));
}

/** @param {string} id only of what has arrived, or cannot be taken any more */
export function letGo(id) {
  return remove('queue', id);
}

/** @returns {Promise<Kept[]>} */
async function rows() {
  const found = await all('queue');
  return found.sort((a, b) => (a.keptAt < b.keptAt ? -1 : 1));
}
