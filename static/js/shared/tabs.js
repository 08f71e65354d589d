// @ts-check
/**
 * Tabs in one line, which may be longer than the page is wide: the current one is in view, and the line says where more
 * are. For browsers that do both by css this is not loaded.
 */
import { all } from "./page.js";

/** @type {WeakSet<HTMLElement>} */
const known = new WeakSet();

/** @param {HTMLElement} line */
function showMore(line) {
  const left = line.scrollWidth - line.clientWidth - Math.abs(line.scrollLeft);
  line.dataset.more = `${Math.abs(line.scrollLeft) > 1 ? "start" : ""} ${left > 1 ? "end" : ""}`.trim();
}

/** @param {HTMLElement} line */
function mind(line) {
  if (known.has(line)) return;
  known.add(line);
  for (const tab of all(line, ":scope > [aria-current]"))
    tab.scrollIntoView({ block: "nearest", inline: "nearest" });
  line.addEventListener("scroll", () => showMore(line), { passive: true });
  new ResizeObserver(() => showMore(line)).observe(line);
}

export function start() {
  const mindAll = () => all(document, ".tabs").forEach(mind);
  mindAll();
  document.addEventListener("htmx:afterSettle", mindAll);
}
