// @ts-check
/**
 * How long an attempt still lasts, by the server: it says how many seconds are left, and they are counted by a clock that
 * nobody sets. The reader's own clock is never asked.
 */

const DRIFT_MS = 2000;
/** Warned of when so many seconds are left. */
export const WARNINGS = [300, 60];

export class Timer {
  #end = 0;
  /** @type {Set<number>} */
  #warned = new Set();

  /**
   * @param {number} seconds left
   * @param {{ at?: number, now?: () => number }} [of] `at`: when the server said so
   */
  constructor(seconds, { at, now = () => performance.now() } = {}) {
    this.now = now;
    this.#end = (at ?? now()) + seconds * 1000;
    // Whoever begins with less is not warned of what has passed.
    for (const one of WARNINGS) if (seconds < one - 5) this.#warned.add(one);
  }

  /** Whole seconds, never below 0. */
  get left() {
    return Math.max(0, Math.ceil((this.#end - this.now()) / 1000));
  }

  /** The server says it anew. @param {number} seconds */
  set(seconds) {
    const end = this.now() + seconds * 1000;
    if (Math.abs(end - this.#end) <= DRIFT_MS) return;
    this.#end = end;
    for (const one of WARNINGS) if (seconds > one) this.#warned.delete(one);
  }

  /** The warning that is due, once each. @returns {number | undefined} */
  get due() {
    const passed = WARNINGS.filter((one) => this.left <= one && !this.#warned.has(one));
    for (const one of passed) this.#warned.add(one);
    return passed.at(-1);
  }
}
