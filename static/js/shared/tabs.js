// @ts-check
/** Tabs in one line, which may be longer than the page is wide: the current one is in view. */

/** For browsers that do not know `scroll-initial-target`. */
export function start() {
  for (const tab of document.querySelectorAll(".tabs > [aria-current]")) {
    const line = /** @type {HTMLElement} */ (tab.parentElement);
    const own = tab.getBoundingClientRect();
    const seen = line.getBoundingClientRect();
    if (own.right > seen.right) line.scrollLeft += own.right - seen.right;
    else if (own.left < seen.left) line.scrollLeft += own.left - seen.left;
  }
}
