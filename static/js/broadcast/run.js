// @ts-check
/**
 * One run of a broadcast: the pieces of a recording, posted in order. A piece is posted again after every failure until
 * it is taken; a failure for good ends the run. Knows no page and no camera.
 */

/** With so many seconds unsent, the waiting pieces are dropped, and a run with the present begins. */
const MOST_WAITING = 60;
/** With so many seconds unsent, the sender is told that their connection is slow. */
export const MANY_WAITING = 4;
const LONGEST_REST_MS = 8000;

/**
 * @typedef {object} Answer
 * @property {boolean} ok
 * @property {number} status
 * @property {() => Promise<any>} json
 */

/**
 * @typedef {object} Line what a run needs
 * @property {(number: number, piece: Blob) => Promise<Answer>} post rejects when there is no connection
 * @property {(ms: number) => Promise<unknown>} rest
 * @property {(waiting: number) => void} sent a piece was taken, and so many wait
 * @property {() => void} away there is no way to the site just now
 * @property {() => void} outrun what waits, or what was lost, is past mending: a new run is to begin
 * @property {(why: "stopped" | "not-taken" | "no-room") => void} refused for good
 */

export class Run {
  /** @type {Blob[]} */
  #waiting = [];
  #number = 0;
  #isEnded = false;
  /** @type {Promise<void>} */
  #sending = Promise.resolve();

  /** @param {Line} line */
  constructor(line) {
    this.line = line;
  }

  get isEnded() {
    return this.#isEnded;
  }

  /** @param {Blob} piece the next second */
  add(piece) {
    if (!piece.size || this.#isEnded) return;
    this.#waiting.push(piece);
    if (this.#waiting.length > MOST_WAITING) {
      this.end();
      this.line.outrun();
      return;
    }
    this.#sending = this.#sending.then(() => this.#sendAll());
  }

  /** Nothing is sent or reported any more. */
  end() {
    this.#isEnded = true;
  }

  /**
   * Until all that waits is sent, but no longer than this.
   * @param {number} mostMs
   */
  async drain(mostMs) {
    await Promise.race([this.#sending, this.line.rest(mostMs)]);
  }

  // Strictly in order: the next piece goes when the one before is on the server's disk.
  async #sendAll() {
    for (let tries = 0; this.#waiting.length && !this.#isEnded; ) {
      const answer = await this.line.post(this.#number, this.#waiting[0]).catch(() => null);
      if (this.#isEnded) return;
      if (answer?.ok) {
        this.#waiting.shift();
        this.#number += 1;
        tries = 0;
        this.line.sent(this.#waiting.length);
      } else if (answer && answer.status < 500 && answer.status !== 429) {
        const why = answer.status === 409 ? (await answer.json()).why : "";
        this.end();
        if (why === "gap") this.line.outrun();
        else this.line.refused(why === "not-taken" || why === "no-room" ? why : "stopped");
      } else {
        tries += 1;
        this.line.away();
        await this.line.rest(Math.min(LONGEST_REST_MS, 500 * 2 ** tries));
      }
    }
  }
}
