// @ts-check
/** Who is shown large. Rules only: nothing here knows of a page. */

/**
 * @typedef {object} Shown one person on stage
 * @property {number} seat
 * @property {boolean} screen
 * @property {boolean} mine
 * @property {boolean} [spotlit] by a moderator, for everybody
 */

/** @typedef {"grid" | "speaker"} Layout */

// A word in between does not take the picture from whoever speaks.
const TAKES_OVER_MS = 1500;

/**
 * The seat that is large, or null: all are of one size. What one pinned oneself comes first, then whom a moderator
 * marked, then a shared screen; only then does the chosen layout count.
 * @param {Shown[]} people in the order of coming
 * @param {{ pinned: number | null, layout: Layout, speaker: number | null }} how
 * @returns {number | null}
 */
export function largeSeat(people, { pinned, layout, speaker }) {
  const isThere = (/** @type {number | null} */ seat) => people.some((one) => one.seat === seat);
  if (isThere(pinned)) return pinned;
  const marked = people.find((one) => one.spotlit) ?? people.findLast((one) => one.screen);
  if (marked) return marked.seat;
  if (layout === "grid" || people.length < 2) return null;
  if (isThere(speaker)) return speaker;
  return (people.find((one) => !one.mine) ?? people[0]).seat;
}

/**
 * Who speaks now, steadily: the one who was it, until somebody else has spoken for a while into their silence; of several,
 * who began first. Oneself is never it.
 */
export class Speaker {
  /** @type {number | null} */
  seat = null;
  /** @type {Map<number, number>} since when each has been heard */
  #since = new Map();

  /**
   * @param {{ seat: number, mine: boolean, speaks: boolean }[]} people
   * @param {number} now in milliseconds
   * @returns {number | null}
   */
  hear(people, now) {
    const isThere = (/** @type {number} */ seat) => people.some((one) => one.seat === seat);
    for (const seat of this.#since.keys()) if (!isThere(seat)) this.#since.delete(seat);
    if (this.seat !== null && !isThere(this.seat)) this.seat = null;
    for (const { seat, mine, speaks } of people) {
      if (!speaks || mine) this.#since.delete(seat);
      else if (!this.#since.has(seat)) this.#since.set(seat, now);
    }
    if (this.seat !== null && this.#since.has(this.seat)) return this.seat;
    const [first] = [...this.#since].sort(([, one], [, other]) => one - other);
    const hasNone = this.seat === null;
    if (first && (hasNone || now - first[1] >= TAKES_OVER_MS)) [this.seat] = first;
    return this.seat;
  }
}
