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

  goOn() {
    for (const id of this.ids) {
      const same = document.getElementById(id);
      if (same && isSeen(same) && focus(same)) return;
    }
    for (const id of this.around) {
      const here = document.getElementById(id);
      if (!here) continue;
      if (id === this.list && this.#inList(here)) return;
      if (isSeen(here) && focus(here, { scrolls: false })) return;
    }
  }

  /** @param {HTMLElement} list */
  #inList(list) {
    const rows = this.next ? all(document, this.next).filter(isSeen) : [];
    if (rows.length) return focus(rows[Math.min(this.at, rows.length - 1)]);
    const cameFrom = this.next && list.closest("[data-came-from]")?.getAttribute("data-came-from");
    const back = document.getElementById(cameFrom || "");
    if (back && isSeen(back)) return focus(back);
    const [title] = all(list, "h2").filter(isSeen);
    return focus(title ?? list, { scrolls: false });
  }
}

/** @param {HTMLElement} page */
export function start(page) {
  /** @type {Place | null} */
  let place = null;
  /** @param {Event} event */
  const remember = (event) => {
    const control = around(event, CONTROLS);
    place = control && new Place(control);
  };
  function look() {
    const active = document.activeElement;
    if (active && active !== document.body && isSeen(active)) return;
    const dialog = document.querySelector("dialog[open]");
    const isOutside = dialog && !place?.around.includes(dialog.id);
    if (!isOutside) place?.goOn();
  }
  document.addEventListener("focusin", remember);
  document.addEventListener("pointerdown", remember);
  document.addEventListener("htmx:afterSettle", look);
  const changes = new MutationObserver(look);
  for (const part of [page, document.getElementById("dialog-body")]) {
    if (part) changes.observe(part, { subtree: true, childList: true, attributeFilter: ["hidden"] });
  }
}
