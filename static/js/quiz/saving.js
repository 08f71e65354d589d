// @ts-check
/**
 * Answers on their way to the site: each is sent as it is given, one after the other; what could not be sent stays and is
 * sent again after growing pauses, and at once when the line is back.
 */

/** @typedef {"saving" | "saved" | "offline" | "failed" | "signedOut" | "noAccess" | "interrupted"} State */
/** @typedef {{ kind: "saved", at: string } | { kind: "refused" } | { kind: "over" } | { kind: State }} Outcome */

const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 30_000;

/** Browsers refuse whole what is to go on after the page and is longer than 64 KiB. */
const MOST_AFTER_THE_PAGE = 60_000;

/** Whether it can be sent so that it arrives though the page is left meanwhile. @param {URLSearchParams} body */
export const outlivesThePage = (body) => String(body).length <= MOST_AFTER_THE_PAGE;

export class Saving {
  /** @type {Set<string>} what has changed and is not saved, the longest waiting first */
  #waiting = new Set();
  /** @type {string | undefined} */
  #onItsWay;
  /** @type {Promise<void> | undefined} */
  #running;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #later;
  #dueAt = Number.POSITIVE_INFINITY;
  #failures = 0;
  /** @type {Set<string>} sent as the page was left, and not heard of since */
  #leaving = new Set();
  /** @type {Promise<unknown> | undefined} */
  #left;
  #isOver = false;
  /** @type {string} how the last one that was sent came out */
  #last = "saved";

  /**
   * @param {{ send: (question: string) => Promise<Outcome>, tell: (state: State, at: string) => void, now?: () => number }} of
   *   `send` reads the answer as it is when it is called, and never throws
   */
  constructor({ send, tell, now = () => performance.now() }) {
    this.send = send;
    this.tell = tell;
    this.now = now;
  }

  get isClean() {
    return this.#waiting.size === 0 && this.#onItsWay === undefined && this.#leaving.size === 0;
  }

  /** Whether trying again may help: nobody has said that this person may not. */
  get mayComeBack() {
    return !["signedOut", "noAccess", "interrupted"].includes(this.#last);
  }

  /** @param {string} question */
  isWaiting = (question) =>
    this.#waiting.has(question) || this.#onItsWay === question || this.#leaving.has(question);

  /**
   * It has changed.
   * @param {string} question
   * @param {number} [soon] milliseconds in which more may come
   */
  change(question, soon = 0) {
    if (this.#isOver) return;
    this.#waiting.delete(question);
    this.#waiting.add(question);
    this.#runIn(soon);
  }

  /** It is saved in another way. @param {string} question */
  forget(question) {
    this.#waiting.delete(question);
  }

  /** Nothing is sent any more. */
  end() {
    this.#isOver = true;
    this.#waiting.clear();
    clearTimeout(this.#later);
  }

  /** @param {number} ms */
  #runIn(ms) {
    const at = this.now() + ms;
    // Whoever goes on typing does not put it off.
    if (at >= this.#dueAt) return;
    clearTimeout(this.#later);
    this.#dueAt = at;
    this.#later = setTimeout(() => this.flush(), ms);
  }

  /** Sends what waits, now. @returns {Promise<boolean>} whether all is saved */
  async flush() {
    clearTimeout(this.#later);
    this.#dueAt = Number.POSITIVE_INFINITY;
    await this.#left;
    this.#running ??= this.#run().finally(() => {
      this.#running = undefined;
    });
    await this.#running;
    return this.isClean;
  }

  /**
   * The page is left: all that waits is sent at once, as nobody hears of the first one's answer any more. A page that comes
   * back hears how it came out.
   */
  async leave() {
    clearTimeout(this.#later);
    this.#dueAt = Number.POSITIVE_INFINITY;
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const question of waiting) this.#leaving.add(question);
    let at = "";
    this.#left = Promise.all(
      waiting.map(async (question) => {
        const outcome = await this.send(question);
        const { kind } = outcome;
        this.#leaving.delete(question);
        if ("at" in outcome) at = outcome.at;
        if (kind === "over") this.end();
        else if (kind !== "saved" && kind !== "refused" && !this.#isOver)
          this.change(question, FIRST_PAUSE_MS);
      }),
    );
    await this.#left;
    if (at && this.isClean && !this.#isOver) this.tell("saved", at);
  }

  async #run() {
    while (this.#waiting.size && !this.#isOver) {
      const [question] = this.#waiting;
      this.#waiting.delete(question);
      this.#onItsWay = question;
      this.tell("saving", "");
      const outcome = await this.send(question);
      this.#onItsWay = undefined;
      this.#last = outcome.kind;
      if (outcome.kind === "over") return this.end();
      if (outcome.kind === "refused") continue; // its question says why; sent again when it changes
      if (outcome.kind === "saved") {
        this.#failures = 0;
        if (!this.#waiting.size) this.tell("saved", "at" in outcome ? outcome.at : "");
        continue;
      }
      this.#waiting.add(question);
      this.tell(outcome.kind, "");
      const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** this.#failures);
      this.#failures += 1;
      // Not everybody in the same second.
      this.#runIn(pause * (1 + Math.random() / 2));
      return;
    }
  }
}
