// @ts-check
/** Keys for the reader of documents, and the number of the page in view. */
import { all, around, need, shortcutOf } from "../shared/page.js";

const LOST_MS = 1500; // where a browser knows no scrollend

class Reader {
  #at = 0;
  // While the list scrolls to a page, the pages that it passes do not count.
  #onItsWay = 0;

  /**
   * @param {HTMLElement} reader
   * @param {HTMLElement} list
   */
  constructor(reader, list) {
    this.reader = reader;
    this.list = list;
    this.field = need(reader, "input[name=page]", HTMLInputElement);
    this.pages = all(list, "[data-page]");
    this.#at = Math.max(0, this.#named(this.field.value));
    list.addEventListener("scrollend", () => this.#arrived());
    list.addEventListener("keydown", (event) => this.#onKey(event));
    need(reader, "form", HTMLFormElement).addEventListener("submit", (event) => this.#onSubmit(event));
    const seen = new IntersectionObserver(
      (entries) => this.#onSeen(entries),
      // A page counts from when it reaches the upper third of the list.
      { root: list, rootMargin: "0px 0px -66% 0px" },
    );
    for (const page of this.pages) seen.observe(page);
    if (this.#at > 0) this.#show(this.#at, "auto");
  }

  /** @param {string} number */
  #named(number) {
    return this.pages.findIndex((page) => page.dataset.page === number);
  }

  #arrived() {
    clearTimeout(this.#onItsWay);
    this.#onItsWay = 0;
  }

  /**
   * Within the list only: scrollIntoView would move the page around it as well.
   * @param {number} index
   * @param {ScrollBehavior} [behavior]
   */
  #show(index, behavior) {
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.#at = index;
    this.#arrived();
    this.#onItsWay = setTimeout(() => this.#arrived(), LOST_MS);
    const top = this.pages[index].offsetTop - this.list.offsetTop - 16;
    this.list.scrollTo({ top, behavior: behavior ?? (still ? "auto" : "smooth") });
    this.field.value = this.pages[index].dataset.page ?? "";
  }

  /** @param {1 | -1} step */
  #go(step) {
    if (this.pages[this.#at + step]) return this.#show(this.#at + step);
    all(this.reader, `a[rel=${step > 0 ? "next" : "prev"}]`)[0]?.click();
  }

  /** @param {IntersectionObserverEntry[]} entries */
  #onSeen(entries) {
    for (const { target, isIntersecting } of entries) {
      if (target instanceof HTMLElement) target.dataset.seen = isIntersecting ? "yes" : "";
    }
    const first = this.pages.findIndex((page) => page.dataset.seen);
    if (first < 0 || this.#onItsWay) return;
    this.#at = first;
    if (document.activeElement !== this.field) this.field.value = this.pages[first].dataset.page ?? "";
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || around(event, "summary")) return;
    /** @type {Record<string, () => void>} */
    const moves = {
      arrowright: () => this.#go(1),
      n: () => this.#go(1),
      arrowleft: () => this.#go(-1),
      p: () => this.#go(-1),
      home: () => this.#show(0),
      end: () => this.#show(this.pages.length - 1),
    };
    const move = moves[shortcutOf(event)];
    if (!move) return;
    event.preventDefault();
    move();
  }

  /** @param {SubmitEvent} event */
  #onSubmit(event) {
    const index = this.#named(this.field.value);
    if (index < 0) return; // not in this stretch: the server finds it
    event.preventDefault();
    this.#show(index);
    this.list.focus({ preventScroll: true });
  }
}

const [reader] = all(document, "[data-reader]");
const [list] = reader ? all(reader, "[data-reader-pages]") : [];
if (list) new Reader(reader, list);
