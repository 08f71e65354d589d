// @ts-check
/**
 * The keyboard's place, over a page of a session that was loaded again: the lobby has become the session, the host has
 * ended it, somebody was let in. Whoever works without a mouse goes on where they were, else at what the page says now.
 */
import { all, windowMemory } from "../shared/page.js";

const KEY = "foyer-was-at";
const GOOD_FOR_MS = 20_000;
const SAYS = [".stage-lead", "main h1"];

/** @param {Element | null} element */
const isSeen = (element) => Boolean(element?.checkVisibility({ visibilityProperty: true }));

/** Of this session, whichever of its pages it is. */
const session = () => location.pathname.split("/").slice(0, 4).join("/");

/** @param {HTMLElement} element */
function focus(element) {
  if (element.tabIndex < 0 && !element.hasAttribute("tabindex")) element.tabIndex = -1;
  element.focus({ preventScroll: true });
  return document.activeElement === element;
}

// Brought here by this script, and nothing was pressed with a mouse since.
let isByKeys = false;

/** Of whoever works by keys: a mouse has no place of its own. */
function remember() {
  let one = document.activeElement;
  if (!one || one === document.body || !(isByKeys || one.matches(":focus-visible"))) return;
  const ids = [];
  for (; one && one !== document.body; one = one.parentElement) {
    if (one.id) ids.push(one.id);
  }
  windowMemory.set(KEY, [session(), ids, Date.now()]);
}

function goOn() {
  if (!cameBack()) return;
  isByKeys = true;
  addEventListener("pointerdown", () => (isByKeys = false), { once: true, capture: true });
}

/** Whether the keyboard had a place, and has one again. */
function cameBack() {
  const [of, ids, at] = windowMemory.get(KEY) ?? [];
  windowMemory.forget(KEY);
  if (of !== session() || Date.now() - at > GOOD_FOR_MS) return false;
  if (document.activeElement && document.activeElement !== document.body) return false;
  for (const id of ids) {
    const same = document.getElementById(id);
    if (same && same.id !== "main" && same.id !== "live" && isSeen(same) && focus(same)) return true;
  }
  return SAYS.flatMap((one) => all(document, one)).some((words) => isSeen(words) && focus(words));
}

export function start() {
  goOn();
  addEventListener("pagehide", remember);
}
