// @ts-check
/**
 * The session page: what it hears, its tabs, the panel as a sheet on a phone, and changes of state announced to screen
 * readers.
 */
import { announce } from "../shared/notices.js";
import { all, around, loaded, need, windowMemory } from "../shared/page.js";
import * as arriving from "./arriving.js";
import * as chat from "./chat.js";
import { connect } from "./events.js";
import * as focus from "./focus.js";
import * as fragments from "./fragments.js";
import * as interactions from "./interactions.js";

const page = need(document, "#live", HTMLElement);
const side = need(page, "#live-side", HTMLElement);
const words = need(page, "#live-words", HTMLElement).dataset;

/** The relay of all facts; other scripts of the page add what they find out themselves. */
export const relay = connect(page);

/** @param {Element} where */
const dotOf = (where) => need(where, ".live-dot", HTMLElement);

// --- tabs: the one shown is marked, the others get a dot when something is new ------------------------

const tabs = all(side, "[data-panel]").filter((one) => one instanceof HTMLAnchorElement);
/** @param {HTMLAnchorElement} tab */
const pathOf = (tab) => new URL(tab.href).pathname;

for (const tab of tabs) {
  const panel = tab.dataset.panel ?? "";
  for (const kind of [panel, ...(panel === "chat" ? ["messages"] : [])]) {
    document.body.addEventListener(`live:${kind}`, (event) => {
      const { detail } = /** @type {CustomEvent<FactDetail | null>} */ (event);
      if (!detail?.again && !tab.hasAttribute("aria-current")) dotOf(tab).hidden = false;
    });
  }
}
document.addEventListener("htmx:afterSwap", ({ detail }) => {
  if (detail.target.id !== "live-panel") return;
  delete detail.target.dataset.cameFrom;
  const path = detail.pathInfo?.requestPath?.split("?")[0];
  if (!tabs.some((tab) => pathOf(tab) === path)) return;
  for (const tab of tabs) {
    if (pathOf(tab) !== path) {
      tab.removeAttribute("aria-current");
      continue;
    }
    tab.setAttribute("aria-current", "page");
    tab.scrollIntoView({ block: "nearest", inline: "nearest" });
    dotOf(tab).hidden = true;
  }
});

// Back and forward between tabs change only the panel, as the tabs do: htmx would load the whole page, and somebody on
// stage would lose their seat.
document.body.addEventListener("htmx:historyCacheMiss", (event) => {
  event.preventDefault();
  const { pathname } = new URL(event.detail.path, location.href);
  if (!tabs.some((tab) => pathOf(tab) === pathname)) return location.reload();
  htmx.ajax("GET", event.detail.path, { source: "#live-panel", target: "#live-panel", swap: "innerHTML" });
});

// --- the sheet -----------------------------------------------------------------------------------------

const REMEMBERED = `foyer-sheet:${location.pathname.split("/")[2]}`;
const button = need(page, "#live-sheet-button", HTMLButtonElement);
const close = need(page, "#live-sheet-close", HTMLButtonElement);
const narrow = matchMedia("(width < 54rem)");
const isSheetOpen = () => page.classList.contains("sheet-open");
let isLeavingSheet = false; // its entry in the history, which is there so that Back closes it

/**
 * @param {boolean} open
 * @param {{ focus?: boolean }} [how]
 */
function showSheet(open, { focus = true } = {}) {
  page.classList.toggle("sheet-open", open);
  button.setAttribute("aria-expanded", String(open));
  windowMemory.set(REMEMBERED, open);
  page.dispatchEvent(new CustomEvent("live:sheet"));
  if (open && narrow.matches && !history.state?.sheet)
    history.pushState({ ...history.state, sheet: true }, "");
  if (!open && history.state?.sheet) {
    isLeavingSheet = true;
    history.back();
  }
  if (open) dotOf(button).hidden = true;
  if (!focus) return;
  if (open) (all(side, ".live-tabs [aria-current]")[0] ?? close).focus();
  else button.focus();
}

page.classList.add("has-sheet");
button.hidden = false;
close.hidden = false;
if (windowMemory.get(REMEMBERED) === true) showSheet(true, { focus: false });
button.addEventListener("click", () => showSheet(!isSheetOpen()));
close.addEventListener("click", () => showSheet(false));
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.defaultPrevented || !narrow.matches || !isSheetOpen()) return;
  if (document.querySelector("dialog[open], :popover-open")) return;
  showSheet(false);
});
// htmx writes the entry's state anew. One that was not the sheet's does not become it: Back would leave the page.
let isSheetEntry = false;
document.addEventListener("htmx:beforeSwap", () => {
  isSheetEntry = Boolean(history.state?.sheet);
});
// On a phone Back closes the sheet, and does not step through tabs that nobody sees.
document.body.addEventListener("htmx:beforeHistoryUpdate", ({ detail }) => {
  if (narrow.matches && detail.history.type === "push") detail.history.type = "replace";
});
document.body.addEventListener("htmx:replacedInHistory", () => {
  if (isSheetEntry) history.replaceState({ ...history.state, sheet: true }, "");
});
addEventListener(
  "popstate",
  (event) => {
    const isBack = isSheetOpen() && narrow.matches && !history.state?.sheet;
    if (!isLeavingSheet && !isBack) return;
    event.stopImmediatePropagation(); // htmx would show the tab of before
    if (!isLeavingSheet) showSheet(false);
    isLeavingSheet = false;
    const tab = tabs.find((one) => one.hasAttribute("aria-current"));
    if (tab) history.replaceState({ ...history.state, htmx: true }, "", tab.href);
  },
  true,
);
// Who types keeps the sheet in the whole of a short window (live.css) until they are elsewhere: with the press on Send,
// too, which would else miss a button that moves.
const TYPED = "textarea, input:not([type=checkbox], [type=radio], [type=hidden], [type=file])";
page.addEventListener("focusin", ({ target }) => {
  if (!(target instanceof Element)) return;
  if (!side.contains(target)) page.classList.remove("is-typing");
  else if (target.matches(TYPED)) page.classList.add("is-typing");
});
// A dot on a tab is a dot on the button while the tabs are out of sight.
new MutationObserver(() => {
  const isNew = side.querySelector(".live-tabs .live-dot:not([hidden])") !== null;
  dotOf(button).hidden = !isNew || isSheetOpen();
}).observe(need(side, ".live-tabs", HTMLElement), { subtree: true, attributeFilter: ["hidden"] });

document.addEventListener("click", (event) => {
  const panel = around(event, "[data-opens-panel]")?.dataset.opensPanel;
  const tab = panel && tabs.find((one) => one.dataset.panel === panel);
  if (!tab || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const cameFrom = tabs.find((one) => one.hasAttribute("aria-current") && one !== tab)?.id ?? "";
  if (narrow.matches) showSheet(true);
  tab.click();
  document.addEventListener("htmx:afterSettle", () => showFirstWaiting(cameFrom), { once: true });
});

/** @param {string} cameFrom where one goes back to when nobody waits any more */
function showFirstWaiting(cameFrom) {
  const panel = need(side, "#live-panel", HTMLElement);
  const [first] = all(panel, "[data-next=admit]");
  if (!first) return;
  panel.dataset.cameFrom = cameFrom;
  const group = first.closest("details");
  if (group) group.open = true;
  first.focus();
}

new ResizeObserver(([{ target }]) => {
  const { bottom } = target.getBoundingClientRect();
  document.documentElement.style.setProperty("--live-head", `${Math.max(0, bottom)}px`);
}).observe(need(page, ".live-head", HTMLElement));

// --- people come and go --------------------------------------------------------------------------------
// `live:people-due` is `live:participants`, throttled: the more people are here, the more often somebody comes or goes,
// and each page asks the server. One's own acts are shown at once.

const slowest = "moderates" in page.dataset ? 3000 : 30_000;
const here = () => Number(all(page, "[data-here]")[0]?.dataset.here ?? 0);
const pace = () => (here() < 50 ? 0 : Math.min(slowest, here() * 15));
let last = 0;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let due;

function refreshPeople() {
  clearTimeout(due);
  due = undefined;
  last = Date.now();
  document.body.dispatchEvent(new CustomEvent("live:people-due"));
}
document.body.addEventListener("live:participants", (event) => {
  if (event.target !== document.body) return refreshPeople();
  due ??= setTimeout(refreshPeople, Math.max(0, last + pace() - Date.now()));
});

// --- announcements: what a fragment says in [data-say] is announced when it has changed ----------------

const stateSaid = () => page.querySelector("#live-top [data-say]")?.textContent.trim() ?? "";
const handSaid = () => document.querySelector("[data-say-hand]")?.textContent.trim() ?? "";
let state = stateSaid();
let hand = handSaid();
document.addEventListener("htmx:afterSettle", () => {
  const [stateNow, handNow] = [stateSaid(), handSaid()];
  if (stateNow && stateNow !== state) announce(stateNow);
  if (handNow !== hand) announce(handNow || words.handLowered);
  [state, hand] = [stateNow, handNow];
});

// --- the panels and what lies over the picture -----------------------------------------------------------

arriving.start();
fragments.start(page);
focus.start(page);
interactions.start(page, relay);
chat.start(page, relay);

let hasParticipants = false;
async function loadParticipants() {
  if (hasParticipants || !("moderates" in page.dataset || document.getElementById("people-list"))) return;
  hasParticipants = true;
  (await loaded(() => import("./participants.js"))).start(page, relay);
}
loadParticipants();
document.addEventListener("htmx:afterSettle", loadParticipants);

page.dataset.scripts = "ready";
