// @ts-check
/**
 * Before coming in. In the waiting room the page hears when its person is admitted (live/events.js). Before the lobby
 * opens, people who stay on the page come in when it opens: it loads itself again when the time has come or the host
 * opens it early (htmx, shared/times.js), and then sends the form that enters.
 */
import { windowMemory } from "../shared/page.js";
import * as arriving from "./arriving.js";
import { connect } from "./events.js";

const KEY = "foyer-waits-for";
const REMEMBERED_FOR_MS = 5 * 60_000;
const REMEMBER_EVERY_MS = 30_000;

const page = document.getElementById("live");
const waits = document.querySelector("[data-waits-for]");
const form = document.querySelector("[data-enter]");

arriving.start();
if (page) connect(page);
if (waits instanceof HTMLElement) {
  const remember = () => windowMemory.set(KEY, [waits.dataset.waitsFor, Date.now()]);
  remember();
  setInterval(remember, REMEMBER_EVERY_MS);
} else if (form instanceof HTMLFormElement) {
  const [item, at] = windowMemory.get(KEY) ?? [];
  windowMemory.forget(KEY);
  if (item && item === form.dataset.enter && Date.now() - at < REMEMBERED_FOR_MS) form.requestSubmit();
}
