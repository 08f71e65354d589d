// @ts-check
/**
 * Where the keyboard goes on when what had the focus is gone. A pressed button often takes itself away: with its row
 * (admitted, taken, dismissed), its poll, its place on stage. Somebody who works without a mouse does not start again
 * from the top of the page.
 *
 * In this order: the same button, drawn anew; what it names in [data-then-focus], ids; in a list that is worked off
 * the button of the same kind ([data-next]) in the row that follows, else where one came from to work it off, else its
 * title; the nearest part of the page around it that is still there.
 */
import { all, around } from "../shared/page.js";

// What is not there again by then is gone.
const COMES_BACK_MS = 60_000;
const LISTS = "#question-list, #people, #live-panel";
const CONTROLS = "a, button, input, select, textarea, summary, [tabindex]";

/** @param {Element | null} element */
const isSeen = (element) => Boolean(element?.checkVisibility({ visibilityProperty: true }));

/** @param {HTMLElement} element */
function focus(element, { scrolls = true } = {}) {
  if (element.tabIndex < 0 && !element.hasAttribute("tabindex")) element.tabIndex = -1;
  element.focus({ preventScroll: !scrolls });
  return document.activeElement === element;
}

class Place {
  /** @param {HTMLElement} control */
  constructor(control) {
    this.ids = [control.id, ...(control.dataset.thenFocus ?? "").split(" ")].filter(Boolean);
    this.around = [];
    for (let one = control.parentElement; one && one.id !== "live"; one = one.parentElement) {
      if (one.id) this.around.push(one.id);
    }
    const list = control.closest(LISTS);
    this.list = list?.id ?? "";
    this.next = control.dataset.next ? `#${this.list} [data-next="${control.dataset.next}"]` : "";
    this.at = this.next ? all(document, this.next).indexOf(control) : 0;
  }

  /** @returns {boolean} whether the same control, or one it names, is there and has the focus now */
  goOnAtSame() {
    return this.ids.some((id) => {
      const same = document.getElementById(id);
      return Boolean(same && isSeen(same) && focus(same));
    });
  }

  /** @returns {boolean} whether another control of the list has the focus now */
  goOnInList() {
    const list = document.getElementById(this.list);
    if (!list || !this.next) return false;
    const rows = all(document, this.next).filter(isSeen);
    if (rows.length) return focus(rows[Math.min(this.at, rows.length - 1)]);
    const cameFrom = list.closest("[data-came-from]")?.getAttribute("data-came-from");
    const back = document.getElementById(cameFrom || "");
    return Boolean(back && isSeen(back) && focus(back));
  }

  /** At what is read, not pressed. */
  waitNearby() {
    const list = document.getElementById(this.list);
    const title = list && all(list, "h2").filter(isSeen)[0];
    const parts = [title ?? list, ...this.around.map((id) => document.getElementById(id))];
    parts.some((part) => part && isSeen(part) && focus(part, { scrolls: false }));
  }
}

/** @param {HTMLElement} page */
export function start(page) {
  /** @type {Place | null} */
  let place = null;
  /** @type {Element | null} where the focus waits for the place */
  let waiting = null;
  let since = 0;
  /** @param {Event} event */
  const remember = (event) => {
    const control = around(event, CONTROLS);
    const isDrawnAnew = event.type === "focusin" && waiting?.id && control?.id === waiting.id;
    if (isDrawnAnew) {
      waiting = control; // htmx gives the focus to what has the same id
      return;
    }
    place = control && new Place(control);
    waiting = null;
  };
  /** @param {Place} from */
  function wait(from) {
    if (!waiting) since = Date.now();
    from.waitNearby();
    place = from; // not where it waits, as remembered just now
    waiting = document.activeElement;
  }
  function look() {
    const active = document.activeElement;
    if (active && active !== document.body && isSeen(active)) {
      if (active === waiting && Date.now() - since < COMES_BACK_MS) place?.goOnAtSame();
      return;
    }
    const dialog = document.querySelector("dialog[open]");
    const isOutside = dialog && !place?.around.includes(dialog.id);
    if (isOutside || !place) return;
    if (!place.goOnAtSame() && !place.goOnInList()) wait(place);
  }
  document.addEventListener("focusin", remember);
  document.addEventListener("pointerdown", remember);
  document.addEventListener("htmx:afterSettle", look);
  const changes = new MutationObserver(look);
  for (const part of [page, document.getElementById("dialog-body")]) {
    if (part) changes.observe(part, { subtree: true, childList: true, attributeFilter: ["hidden"] });
  }
}
