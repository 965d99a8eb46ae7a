/** Reports on this phone that the clinic has not confirmed. Sealed; the phone itself cannot read them. */

import { all, put, remove } from './store.js';
import { seal } from './seal.js';

/**
 * @typedef {object} Kept
 * @property {string} id
 * @property {'reports' | 'worries'} kind which door it goes in by
 * @property {{kid: string, sender: string, nonce: string, sealed: string}} envelope
 * @property {string} token
 * @property {string} keptAt
 * @property {{phone: string, display: string}} line whom to call instead
 * @property {'' | 'sign_in' | 'no_access' | 'attention'} problem
 */

/**
 * Seal a report for keeping.
 * @param {any} report
 * @param {{kid: string, public: string}} key
 * @param {string} token
 * @param {{phone: string, display: string}} line
 * @param {'reports' | 'worries'} kind
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
