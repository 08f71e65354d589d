// @ts-check
/**
 * The server's clock. A page says when it was made (<html data-now>); from there on the time is counted by a clock that
 * nobody sets. The reader's own clock may be wrong and is never asked what time it is.
 *
 * The count falls behind while the machine sleeps, and a page from the browser's memory was made long ago: then the
 * server is asked again, by the Date of a small file.
 */
import { word } from "./page.js";

const JUMP_MS = 2000; // the two clocks of this machine have gone apart: it slept, or was set
const ASK_EVERY_MS = 5 * 60_000;

export class ServerClock {
  /** What the server's clock shows at zero of the steady clock. */
  #offset = 0;
  #apart = 0;
  #askedAt = 0;
  #asking = false;

  /**
   * @param {number} made when the page was made
   * @param {{ steady?: () => number, ask?: () => Promise<number>, receivedAt?: number, stale?: boolean }} [of]
   *   `receivedAt`: when the page arrived, by the steady clock; `stale`: it arrived from the browser's memory
   */
  constructor(made, { steady = () => performance.now(), ask = askServer, receivedAt, stale = false } = {}) {
    this.steady = steady;
    this.ask = ask;
    this.#set(made, receivedAt ?? steady());
    if (stale) this.askAgain();
  }

  /** @param {number} time @param {number} at */
  #set(time, at) {
    this.#offset = time - at;
    this.#askedAt = this.steady();
    this.#apart = this.#difference();
  }

  #difference() {
    return Date.now() - this.steady();
  }

  /** Milliseconds since 1970, by the server. */
  now() {
    const jumped = Math.abs(this.#difference() - this.#apart) > JUMP_MS;
    if (jumped || this.steady() - this.#askedAt > ASK_EVERY_MS) this.askAgain();
    return this.#offset + this.steady();
  }

  async askAgain() {
    if (this.#asking) return;
    this.#asking = true;
    // Also when nobody answers: the next try is not before the next reason.
    this.#askedAt = this.steady();
    this.#apart = this.#difference();
    try {
      const time = await this.ask();
      if (Number.isFinite(time)) this.#set(time, this.steady());
    } catch {
      // No connection: the steady clock goes on.
    } finally {
      this.#asking = false;
    }
  }
}

async function askServer() {
  const answer = await fetch(word("sprite"), { method: "HEAD", cache: "no-store" });
  return Date.parse(answer.headers.get("Date") ?? "");
}

/** The clock of this page. */
export function clockOfPage() {
  const [arrival] = /** @type {PerformanceNavigationTiming[]} */ (performance.getEntriesByType("navigation"));
  const clock = new ServerClock(Date.parse(document.documentElement.dataset.now ?? ""), {
    receivedAt: arrival?.responseStart,
    stale: arrival?.type === "back_forward",
  });
  addEventListener("pageshow", (event) => event.persisted && clock.askAgain());
  document.addEventListener("visibilitychange", () => !document.hidden && clock.askAgain());
  return clock;
}
