// @ts-check
/**
 * <div hx-get="…" hx-trigger="every 2s" hx-include="[data-awaits]" hx-swap="none" data-patient>: asks what has become
 * of what waits on the page, [data-awaits], ever more seldom while nothing has, and as long as anything waits. It does
 * not ask while nobody looks, nor while a menu is open, whose row the answer may replace.
 */

const SLOWER = 1.5;
const FIRST_PAUSE_MS = 2000;
const LONGEST_PAUSE_MS = 60_000;

/** When one of them asks next, while nothing changes. */
export class Patience {
  #pauseMs = 0;
  #dueAt = 0;
  #waiting = 0;

  /** @param {number} now */
  isOver(now) {
    return now >= this.#dueAt;
  }

  /**
   * @param {number} now
   * @param {number} waiting how many things
   */
  asks(now, waiting) {
    this.#waiting = waiting;
    this.#pauseMs = Math.min(Math.max(this.#pauseMs * SLOWER, FIRST_PAUSE_MS), LONGEST_PAUSE_MS);
    this.#dueAt = now + this.#pauseMs;
  }

  /**
   * Where one thing has happened, the next may soon. An answer after which as many wait says nothing new.
   * @param {number} waiting
   */
  hears(waiting) {
    if (waiting < this.#waiting) this.#pauseMs = this.#dueAt = 0;
  }
}

/** @type {WeakMap<Element, Patience>} */
const patience = new WeakMap();

/** @param {Element} elt */
function patienceOf(elt) {
  const own = patience.get(elt) ?? new Patience();
  patience.set(elt, own);
  return own;
}

const numberWaiting = () => document.querySelectorAll("[data-awaits]").length;
const mayAsk = () => !document.hidden && !document.querySelector("[role=menu]:popover-open");

export function start() {
  document.addEventListener("htmx:beforeRequest", (event) => {
    const { elt } = event.detail;
    if (!elt.matches("[data-patient]")) return;
    const own = patienceOf(elt);
    if (mayAsk() && own.isOver(performance.now())) own.asks(performance.now(), numberWaiting());
    else event.preventDefault();
  });
  // Opened or pressed meanwhile: the row stays as it is, and waits for the next answer.
  document.addEventListener("htmx:oobBeforeSwap", ({ detail }) => {
    const row = detail.target.closest("tr:has([data-awaits])");
    if (row?.querySelector(":popover-open, :active")) detail.shouldSwap = false;
  });
  document.addEventListener("htmx:afterRequest", ({ detail: { elt, xhr } }) => {
    if (xhr.status !== 200 || !elt.matches("[data-patient]")) return;
    const waiting = numberWaiting();
    if (waiting) patienceOf(elt).hears(waiting);
    else elt.remove();
  });
}
