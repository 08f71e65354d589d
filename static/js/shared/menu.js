// @ts-check
/**
 * The ARIA menu-button pattern over native popovers; markup in styles/components/menu.css. The browser opens, closes
 * and (where it knows anchors) places the menu by itself. The entries of [data-entries="address"] are asked for
 * whenever it opens.
 */
import { all, around } from "./page.js";

const MENU = '[popover][role="menu"]';
const GAP_PX = 4;
const TYPING_MS = 600;

/** @param {HTMLElement} menu */
const itemsOf = (menu) => all(menu, '[role^="menuitem"]:not([hidden])');
/**
 * @param {HTMLElement} menu
 * @returns {HTMLElement | null}
 */
const buttonOf = (menu) => document.querySelector(`[popovertarget="${CSS.escape(menu.id)}"]`);

let startAtEnd = false;
let typed = "";
let typedAt = 0;

/**
 * @param {HTMLElement} menu
 * @param {HTMLElement} button
 */
function place(menu, button) {
  const box = button.getBoundingClientRect();
  menu.classList.add("menu-placed");
  const { offsetWidth: width, offsetHeight: height } = menu;
  const rightToLeft = getComputedStyle(button).direction === "rtl";
  const left = rightToLeft ? box.left : box.right - width;
  const below = box.bottom + GAP_PX;
  const top = below + height > innerHeight - GAP_PX ? box.top - height - GAP_PX : below;
  menu.style.left = `${Math.max(GAP_PX, Math.min(left, innerWidth - width - GAP_PX))}px`;
  menu.style.top = `${Math.max(GAP_PX, top)}px`;
}

/** @param {ToggleEvent} event */
function onToggle(event) {
  const menu = event.target;
  if (!(menu instanceof HTMLElement) || !menu.matches(MENU)) return;
  const button = buttonOf(menu);
  const opened = event.newState === "open";
  button?.setAttribute("aria-expanded", String(opened));
  if (!opened) return;
  if (button && !CSS.supports("position-area", "block-end")) place(menu, button);
  if (menu.dataset.entries) fetchEntries(menu, button);
  else enter(menu);
}

/** @param {HTMLElement} menu */
function enter(menu) {
  const items = itemsOf(menu);
  for (const item of items) item.tabIndex = -1;
  const chosen = items.find((item) => item.getAttribute("aria-checked") === "true");
  (startAtEnd ? items.at(-1) : (chosen ?? items[0]))?.focus();
  startAtEnd = false;
}

/**
 * What is there from the last time stays until they are here. Where they cannot be had, notices.js has said why.
 * @param {HTMLElement} menu
 * @param {HTMLElement | null} button
 */
async function fetchEntries(menu, button) {
  menu.setAttribute("aria-busy", "true");
  const itself = `#${CSS.escape(menu.id)}`;
  await htmx
    .ajax("GET", menu.dataset.entries ?? "", { source: itself, target: itself, swap: "innerHTML" })
    .catch(() => {});
  menu.removeAttribute("aria-busy");
  if (!menu.matches(":popover-open")) return;
  if (!itemsOf(menu).length) return menu.hidePopover();
  if (button && menu.classList.contains("menu-placed")) place(menu, button);
  enter(menu);
}

/**
 * @param {HTMLElement[]} items
 * @param {number} from
 * @param {string} letter
 */
function typeAhead(items, from, letter) {
  typed = performance.now() - typedAt < TYPING_MS ? typed + letter : letter;
  typedAt = performance.now();
  const repeated = [...typed].every((one) => one === typed[0]);
  const wanted = repeated ? typed[0] : typed;
  const start = repeated ? from + 1 : Math.max(from, 0);
  const ring = [...items.slice(start), ...items.slice(0, start)];
  return ring.find((item) => item.textContent.trim().toLowerCase().startsWith(wanted));
}

/**
 * @param {KeyboardEvent} event
 * @param {HTMLElement} menu
 */
function onMenuKey(event, menu) {
  const items = itemsOf(menu);
  const at = items.indexOf(/** @type {HTMLElement} */ (document.activeElement));
  /** @type {Record<string, () => HTMLElement | undefined>} */
  const moves = {
    ArrowDown: () => items[(at + 1) % items.length],
    ArrowUp: () => items.at(at > 0 ? at - 1 : -1),
    Home: () => items[0],
    End: () => items.at(-1),
  };
  let goal;
  if (moves[event.key]) {
    goal = moves[event.key]();
  } else if (event.key === "Escape") {
    event.stopPropagation(); // the dialog around it stays open
    menu.hidePopover();
    goal = buttonOf(menu);
  } else if (event.key === "Tab") {
    menu.hidePopover();
    buttonOf(menu)?.focus(); // from here the browser goes on to the next or the one before
    return;
  } else if (event.key === " " && items[at]?.tagName === "A") {
    event.preventDefault();
    items[at].click();
    return;
  } else if (event.key.length === 1 && event.key !== " " && !event.ctrlKey && !event.metaKey) {
    goal = typeAhead(items, at, event.key.toLowerCase());
  } else {
    return;
  }
  event.preventDefault();
  goal?.focus();
}

/** @param {KeyboardEvent} event */
function onKey(event) {
  const menu = around(event, MENU);
  if (menu) return onMenuKey(event, menu);
  const button = around(event, '[popovertarget][aria-haspopup="menu"]');
  if (button instanceof HTMLButtonElement && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
    event.preventDefault();
    startAtEnd = event.key === "ArrowUp";
    // aria-expanded follows a moment later; the menu itself is right already.
    if (!button.popoverTargetElement?.matches(":popover-open")) button.click();
  }
}

export function start() {
  document.addEventListener("toggle", onToggle, true);
  document.addEventListener("keydown", onKey);
  document.addEventListener("click", (event) => {
    const menu = around(event, '[role^="menuitem"]')?.closest(MENU);
    if (menu instanceof HTMLElement) menu.hidePopover();
  });
  addEventListener("resize", () => {
    for (const menu of all(document, '[role="menu"]:popover-open')) menu.hidePopover();
  });
}
