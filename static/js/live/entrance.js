// @ts-check
/**
 * Before one is in. At the door of a locked session the page hears when it is let in (live/events.js). Before the
 * lobby opens, whoever stayed on the page comes in by themself when it does: it loads itself again when the time
 * has come or the host opens it early (htmx, shared/times.js).
 */
import { windowMemory } from "../shared/page.js";
import { connect } from "./events.js";

const KEY = "foyer-waits-for";
const PATIENCE_MS = 5 * 60_000;
const REMEMBER_MS = 30_000;

const page = document.getElementById("live");
const waits = document.querySelector("[data-waits-for]");
const form = document.querySelector("[data-enter]");

if (page) connect(page);
if (waits instanceof HTMLElement) {
  const remember = () => windowMemory.set(KEY, [waits.dataset.waitsFor, Date.now()]);
  remember();
  setInterval(remember, REMEMBER_MS);
} else if (form instanceof HTMLFormElement) {
  const [item, at] = windowMemory.get(KEY) ?? [];
  windowMemory.forget(KEY);
  if (item && item === form.dataset.enter && Date.now() - at < PATIENCE_MS) form.requestSubmit();
}
