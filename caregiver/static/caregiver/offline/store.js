/** What stays on this phone. A promise is kept only when the data is on the disk. */

const NAME = 'kinwatch';
/** @type {StoreName[]} */
const STORES = ['kept', 'drafts', 'queue'];

/**
 * @param {StoreName} store
 * @param {string} key
 */
export function get(store, key) {
  return run(store, 'readonly', (rows) => rows.get(key));
}

/** @param {StoreName} store */
export function all(store) {
  return run(store, 'readonly', (rows) => rows.getAll());
}

/**
 * @param {StoreName} store
 * @param {string} key
 * @param {unknown} value
 */
export function put(store, key, value) {
  return run(store, 'readwrite', (rows) => rows.put(value, key));
}

/**
 * @param {StoreName} store
 * @param {string} key
 */
export function remove(store, key) {
  return run(store, 'readwrite', (rows) => rows.delete(key));
}

/** @param {StoreName} store */
export function empty(store) {
  return run(store, 'readwrite', (rows) => rows.clear());
}

/**
 * A report comes in and the draft that it was made of goes, both or neither: a phone that dies in between
 * must not offer the sent check-in again. ConstraintError where it is.
 * @param {string} reportId
 * @param {unknown} report
 * @param {string} draftKey
 */
export function exchange(reportId, report, draftKey) {
  return run(['queue', 'drafts'], 'readwrite', (queue, drafts) => {
    queue.add(report, reportId);
    return drafts.delete(draftKey);
  });
}

/**
 * Resolves on `complete`, not on the request's success: only then has it survived a power cut.
 * @template Result
 * @param {StoreName | StoreName[]} stores
 * @param {IDBTransactionMode} mode
 * @param {(...rows: IDBObjectStore[]) => IDBRequest<Result>} act
 * @returns {Promise<Result>}
 */
async function run(stores, mode, act) {
  const database = await open();
  try {
    return await new Promise((resolve, reject) => {
      const transaction = database.transaction(stores, mode, { durability: 'strict' });
      transaction.onabort = () => reject(transaction.error ?? new Error('aborted'));
      const request = act(...[stores].flat().map((store) => transaction.objectStore(store)));
      transaction.oncomplete = () => resolve(request.result);
    });
  } finally {
    database.close();
  }
}

/** @returns {Promise<IDBDatabase>} */
function open() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => STORES.forEach((store) => request.result.createObjectStore(store));
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new Error('blocked'));
  });
}
