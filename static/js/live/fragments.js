// @ts-check
/**
 * Fragments of the session page that load themselves again: none misses news, none changes while the reader uses
 * it, what the site did not answer is asked for again, and the answer to a form is heard even if its fragment was
 * replaced meanwhile.
 */
import { around } from "../shared/page.js";

// After a choice in a menu: its own answer may bring the new state first.
const RELEASE_MS = 800;
const FIRST_PAUSE_MS = 2000;
const LONGEST_PAUSE_MS = 30_000;
const ASKS_AGAIN = '[hx-get][hx-trigger*="foyer:again"]';

/** @param {HTMLElement} element */
const currentOf = (element) =>
  element.isConnected || !element.id ? element : document.getElementById(element.id);

/** @param {HTMLElement} element */
function askAgain(element) {
  const now = currentOf(element);
  if (now?.isConnected) htmx.trigger(now, "foyer:again");
}

/**
 * [data-calm] is not swapped by itself while one of its menus is open, a button of it is being pressed, or what
 * was chosen in it is on its way to it: the choice would be lost. It asks again after that.
 */
function waitWhileInUse() {
  /** @type {Set<HTMLElement>} */
  const held = new Set();
  /** @type {HTMLElement | null} */
  let pressed = null;
  /** @type {Map<XMLHttpRequest, string>} the fragment, by its id, that a request made in it will fill */
  const chosen = new Map();
  /** @param {HTMLElement} element */
  const isBusy = (element) =>
    element.querySelector(":popover-open") !== null ||
    element.contains(pressed) ||
    [...chosen.values()].includes(element.id);
  /** @param {HTMLElement} element */
  const mustWait = (element) => element.matches?.("[data-calm]") && isBusy(element);

  function release() {
    if (!held.size) return;
    setTimeout(() => {
      for (const element of [...held]) {
        const now = currentOf(element);
        if (now && isBusy(now)) continue;
        held.delete(element);
        askAgain(element);
      }
    }, RELEASE_MS);
  }

  // Before anybody else hears of a request that is not made.
  document.addEventListener(
    "htmx:beforeRequest",
    (event) => {
      if (!mustWait(event.detail.elt)) return;
      event.preventDefault();
      held.add(event.detail.elt);
    },
    true,
  );
  document.addEventListener("htmx:beforeRequest", (event) => {
    const { elt, target, xhr, requestConfig } = event.detail;
    const calm = target?.closest("[data-calm]");
    if (
      !event.defaultPrevented &&
      requestConfig.verb === "get" &&
      calm &&
      elt !== calm &&
      calm.contains(elt)
    ) {
      chosen.set(xhr, calm.id);
      // Not htmx:afterRequest: whose element is in no page any more is not heard of.
      xhr.addEventListener("loadend", () => {
        chosen.delete(xhr);
        release();
      });
    }
  });
  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    const element = detail.requestConfig?.elt ?? detail.elt;
    if (!mustWait(element)) return;
    detail.shouldSwap = false;
    held.add(element);
  });
  document.addEventListener("toggle", (event) => event.newState === "closed" && release(), true);
  // A button that is replaced between pointerdown and pointerup gets no click. Only elements that can be pressed: a
  // scroll bar need not send pointerup, and neither need a press that opens a menu of the browser.
  const onDown = (/** @type {PointerEvent} */ event) => {
    pressed = event.button === 0 ? around(event, "a, button, summary, label") : null;
  };
  const onUp = () => {
    pressed = null;
    release();
  };
  document.addEventListener("pointerdown", onDown, true);
  document.addEventListener("pointerup", onUp, true);
  document.addEventListener("pointercancel", onUp, true);
  document.addEventListener("contextmenu", onUp, true);
  addEventListener("blur", onUp);
}

/**
 * News that comes during a request. htmx queues it until the answer is there, and then asks on behalf of the element
 * that was told. A fragment that replaces itself is another element by then, and htmx would not ask: the page would
 * keep showing the state before the news. The same if something else replaces it meanwhile.
 */
function askAgainAfterMissedNews() {
  /** @type {Map<string, { element: HTMLElement, isAnswered: boolean, hasNews: boolean }>} by id */
  const asking = new Map();

  document.addEventListener("htmx:confirm", ({ detail: { elt } }) => {
    const one = asking.get(elt.id);
    if (one?.element === elt) one.hasNews = true;
  });
  document.addEventListener("htmx:beforeRequest", (event) => {
    const { elt } = event.detail;
    if (event.defaultPrevented || !elt.id || !elt.matches(ASKS_AGAIN)) return;
    asking.set(elt.id, { element: elt, isAnswered: false, hasNews: false });
  });
  document.addEventListener("htmx:beforeSwap", ({ detail: { requestConfig } }) => {
    const one = asking.get(requestConfig?.elt.id);
    if (one && one.element === requestConfig.elt) one.isAnswered = true;
  });
  document.addEventListener("htmx:afterSettle", () => {
    for (const [id, one] of [...asking]) {
      if (one.element.isConnected) continue; // htmx itself asks on its behalf
      asking.delete(id);
      if (one.hasNews || !one.isAnswered) askAgain(one.element);
    }
  });
  document.addEventListener("htmx:afterRequest", ({ detail: { requestConfig } }) => {
    if (asking.get(requestConfig.elt.id)?.element === requestConfig.elt) asking.delete(requestConfig.elt.id);
  });
}

/** Asks again for what the site did not answer, at growing pauses that differ from page to page. */
export class Repeats {
  /** @type {Map<string, { pauseMs: number, crowdMs: number, timer: ReturnType<typeof setTimeout> }>} by id */
  #failed = new Map();

  /** @param {(id: string) => void} ask for the fragment with that id */
  constructor(ask) {
    this.ask = ask;
  }

  /**
   * @param {string} id
   * @param {number} [crowdMs] how widely a full house spreads its asking
   */
  failed(id, crowdMs = 0) {
    const before = this.#failed.get(id);
    clearTimeout(before?.timer);
    const longest = Math.max(LONGEST_PAUSE_MS, crowdMs * 2);
    const pauseMs = before ? Math.min(before.pauseMs * 2, longest) : Math.max(FIRST_PAUSE_MS, crowdMs);
    const timer = setTimeout(() => this.ask(id), pauseMs * (0.5 + Math.random()));
    this.#failed.set(id, { pauseMs, crowdMs: Math.max(crowdMs, before?.crowdMs ?? 0), timer });
  }

  /** @param {string} id */
  answered(id) {
    clearTimeout(this.#failed.get(id)?.timer);
    this.#failed.delete(id);
  }

  /** The browser says that there is a network again. */
  cameOnline() {
    for (const [id, one] of this.#failed) {
      clearTimeout(one.timer);
      one.timer = setTimeout(() => this.ask(id), Math.random() * Math.max(1000, one.crowdMs));
    }
  }
}

/** A lost answer: the news it would have brought comes no other way while the stream lives. */
function askAgainAfterFailure() {
  const repeats = new Repeats((id) => {
    const element = document.getElementById(id);
    if (element) askAgain(element);
    else repeats.answered(id); // with its panel, which comes anew
  });
  /** @param {HtmxDetail} detail */
  const fail = ({ elt, requestConfig: { triggeringEvent: news } }) => {
    if (!elt.id || !elt.matches(ASKS_AGAIN)) return;
    repeats.failed(elt.id, news instanceof CustomEvent ? news.detail?.w : 0);
  };
  for (const name of /** @type {const} */ (["htmx:sendError", "htmx:timeout"]))
    document.addEventListener(name, ({ detail }) => fail(detail));
  document.addEventListener("htmx:beforeOnLoad", ({ detail }) => {
    const { elt, xhr } = detail;
    if (xhr.status >= 500 || xhr.status === 429) fail(detail);
    else if (elt.id) repeats.answered(elt.id);
  });
  addEventListener("online", () => repeats.cameOnline());
}

/**
 * The events in an HX-Trigger header: names, or names with details.
 * @param {string} header
 * @returns {[string, unknown][]}
 */
export function triggersIn(header) {
  if (!header.startsWith("{")) return header.split(",").map((name) => [name.trim(), { value: null }]);
  return Object.entries(JSON.parse(header)).map(([name, value]) => [
    name,
    value !== null && typeof value === "object" ? value : { value },
  ]);
}

/**
 * An answer whose form is gone. htmx dispatches the events of an answer (a toast, what has changed) on the form that
 * was sent. If its fragment was replaced meanwhile, the form is in no page and nobody hears them; then the page gets
 * them.
 * @param {HTMLElement} page
 */
function passAnswersOfReplacedForms(page) {
  document.addEventListener("htmx:beforeRequest", (event) => {
    const { xhr, elt, requestConfig } = event.detail;
    if (event.defaultPrevented || requestConfig.verb === "get") return;
    // Before `load`, at which htmx puts the answer in.
    xhr.addEventListener("readystatechange", () => {
      if (xhr.readyState !== XMLHttpRequest.DONE || elt.isConnected) return;
      for (const [name, detail] of triggersIn(xhr.getResponseHeader("HX-Trigger") ?? "")) {
        if (name) page.dispatchEvent(new CustomEvent(name, { bubbles: true, detail }));
      }
    });
  });
}

/** @param {HTMLElement} page */
export function start(page) {
  waitWhileInUse();
  askAgainAfterMissedNews();
  askAgainAfterFailure();
  passAnswersOfReplacedForms(page);
}
