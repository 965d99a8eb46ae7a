/**
 * How far the list is right: which changes have been heard of, and which of them are on it.
 *
 * Each clinic counts its changes, and each frame names one. The list as a whole says up to which number it is
 * right; a row that was fetched after its frame is right up to that frame. As long as no number is missing, the
 * rows that were named make the list right; a number that does not come means a lost frame, and the whole list is
 * asked for.
 */

/** Frames of two changes may overtake each other for so long. */
const GRACE_MS = 1000;
/** So many rows at once cost more than the list. */
const MOST_ROWS = 20;

export class Changes {
  /** @type {Map<string, number>} clinic → up to which change the list is right */
  #right = new Map();
  /** @type {Map<string, Set<number>>} clinic → later changes that are on the list all the same */
  #ahead = new Map();
  /** @type {Map<string, string[]>} row → the changes of it that are not on the list yet */
  #named = new Map();
  /** The highest version that was heard of. */
  #heard = 0;
  #heardAt = 0;

  /** @param {DOMStringMap} data of the list that has just arrived */
  listArrived({ versions = '' }) {
    const before = [...this.#named];
    this.#right = parse(versions);
    this.#ahead.clear();
    this.#named = new Map(before.filter(([, changes]) => changes.some((change) => !this.#covers(change))));
  }

  /**
   * A change of one row, where the frame names one.
   * @param {Frame} frame
   * @returns {boolean} whether fetching that row is enough
   */
  hears(frame) {
    if (frame.version > this.#heard) {
      this.#heard = frame.version;
      this.#heardAt = performance.now();
    }
    if (!frame.change || !frame.ref || !frame.type.startsWith('escalation.')) return false;
    if (!this.#right.has(split(frame.change)[0])) return false;
    if (this.#covers(frame.change)) return true;
    this.#named.set(frame.ref, [...(this.#named.get(frame.ref) ?? []), frame.change]);
    return this.#named.size <= MOST_ROWS;
  }

  /** The rows to fetch, each with its changes; they count as fetched when `fetched` is told. */
  get wanted() {
    return new Map(this.#named);
  }

  /**
   * @param {DOMStringMap} data of the answer
   * @returns {boolean} whether the answer is as new as the list: an older one must not be shown
   */
  fits({ versions = '' }) {
    const answered = parse(versions);
    return [...this.#right].every(([clinic, version]) => (answered.get(clinic) ?? 0) >= version);
  }

  /**
   * @param {Map<string, string[]>} rows
   * @returns {number} the version of the list as it is now
   */
  fetched(rows) {
    for (const [ref, changes] of rows) {
      const left = (this.#named.get(ref) ?? []).filter((change) => !changes.includes(change));
      if (left.length) this.#named.set(ref, left);
      else this.#named.delete(ref);
      changes.forEach((change) => this.#add(change));
    }
    return [...this.#right.values()].reduce((sum, version) => sum + version, 0);
  }

  /**
   * @param {number} version of the list
   * @returns {boolean} whether a change was heard of that no frame has named in time
   */
  misses(version) {
    return this.#heard > version && this.#named.size === 0 && performance.now() - this.#heardAt > GRACE_MS;
  }

  /** @param {string} change */
  #covers(change) {
    const [clinic, number] = split(change);
    return number <= (this.#right.get(clinic) ?? Infinity) || Boolean(this.#ahead.get(clinic)?.has(number));
  }

  /** @param {string} change */
  #add(change) {
    const [clinic, number] = split(change);
    const ahead = this.#ahead.get(clinic) ?? new Set();
    this.#ahead.set(clinic, ahead.add(number));
    let right = this.#right.get(clinic) ?? 0;
    while (ahead.delete(right + 1)) right += 1;
    this.#right.set(clinic, right);
  }
}

/**
 * @param {string} change
 * @returns {[string, number]}
 */
function split(change) {
  const [clinic = '', number = ''] = change.split(':');
  return [clinic, Number(number)];
}

/** @param {string} versions as `clinic:number`, with spaces between */
function parse(versions) {
  return new Map(versions.split(' ').filter(Boolean).map(split));
}
