/** Reports on this phone that the clinic has not confirmed. Sealed; the phone itself cannot read them. */

import { all, put, remove } from './store.js';
import { seal } from './seal.js';

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
 * On the disk when this resolves; rejects where the phone is full or stores nothing.
 * @param {Kept} kept
 */
export async function keep(kept) {
  await put('queue', kept.id, kept);
}

/** @returns {Promise<Kept[]>} the oldest first */
export async function waiting() {
  const rows = await all('queue');
  return rows.sort((a, b) => (a.keptAt < b.keptAt ? -1 : 1));
}

/** @param {string} id only after the clinic's receipt for this id */
export function letGo(id) {
  return remove('queue', id);
}
