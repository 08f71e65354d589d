// @ts-check
/**
 * The film of a quiz waits at its questions: it stops, the focus goes to the question, and back to the player with *Go
 * on*. The site knows which questions are open; that the player does not skip is a courtesy.
 */
import { announce, toast } from "../shared/notices.js";
import { all, headers, need, wordsOf } from "../shared/page.js";
import { nextGate } from "./gates.js";

/** @typedef {import("./gates.js").Gate} Gate */

const TELL_MS = 5000;
const TRY_AGAIN_MS = 1000;
const AHEAD_SECONDS = 1;

const film = need(document, "[data-film]", HTMLElement);
const media = need(film, "video, audio", HTMLMediaElement);
const form = need(document, "#quiz-form", HTMLFormElement);
const word = wordsOf("film-words");
const isHeld = "held" in film.dataset;
/** @type {Gate[]} */
const gates = all(film, "[data-moment]").map((one) => ({
  at: Number(one.dataset.moment),
  of: one.dataset.of ?? "",
}));
/** @type {Set<string>} */
const passed = new Set();
let watched = Number(film.dataset.watched ?? 0);
let furthest = watched;
let toldAt = 0;
/** @type {Gate | undefined} */
let waiting;

/** @param {string} id */
const sectionOf = (id) => document.getElementById(`q-${id}`);

/** @param {number} at milliseconds @returns {Promise<number>} how far the film is open */
async function tell(at) {
  toldAt = performance.now();
  try {
    const answer = await fetch(film.dataset.watch ?? "", {
      method: "POST",
      headers: { ...headers(), Accept: "application/json" },
      body: new URLSearchParams({ at: String(Math.round(at)) }),
    });
    const told = await answer.json();
    if (told.over) form.dispatchEvent(new CustomEvent("foyer:over", { detail: told.over }));
    else if (answer.ok) watched = Math.max(watched, told.watched);
  } catch {
    // No connection: the next one tells.
  }
  return watched;
}

/** Puts the questions on the page that have opened since. */
async function refresh() {
  const answer = await fetch(location.href, { cache: "no-store" });
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const later of all(form, "[data-later]")) {
    const now = fresh.getElementById(later.id);
    if (!now) continue;
    later.replaceWith(now);
    if (!now.dataset.later) htmx.process(now);
  }
  hideByHand();
  form.dispatchEvent(new CustomEvent("foyer:question"));
}

function hideByHand() {
  for (const one of all(form, "[data-by-hand]")) one.hidden = true;
}

/** @param {Gate} gate */
async function stopAt(gate) {
  waiting = gate;
  media.pause();
  if (document.fullscreenElement) await document.exitFullscreen().catch(() => {});
  await tell(gate.at);
  if (sectionOf(gate.of)?.dataset.later) await refresh();
  const section = sectionOf(gate.of);
  if (!section) return;
  offerGoOn(section, gate);
  section.classList.add("is-waiting");
  section.scrollIntoView({ block: "center" });
  section.focus({ preventScroll: true });
  announce(word("waits", { number: gates.indexOf(gate) + 1 }));
}

/** @param {HTMLElement} section @param {Gate} gate */
function offerGoOn(section, gate) {
  if (section.querySelector("[data-go-on]")) return;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button button-primary";
  button.dataset.goOn = "";
  button.textContent = word("goOn");
  button.addEventListener("click", () => goOn(gate));
  section.append(button);
}

/** @param {Gate} gate */
async function goOn(gate) {
  let open = await tell(gate.at + 1);
  if (open <= gate.at && isHeld) {
    // An answer may be on its way.
    await new Promise((done) => setTimeout(done, TRY_AGAIN_MS));
    open = await tell(gate.at + 1);
  }
  const section = sectionOf(gate.of);
  if (open <= gate.at && isHeld) {
    toast(word("must"));
    section?.focus();
    return;
  }
  passed.add(gate.of);
  waiting = undefined;
  section?.classList.remove("is-waiting");
  section?.querySelector("[data-go-on]")?.remove();
  film.scrollIntoView({ block: "nearest" });
  (all(film, "media-controller").at(0) ?? media).focus();
  if (media.ended) atTheEnd();
  else media.play().catch(() => {});
}

/** What is still to come comes now. */
function atTheEnd() {
  const gate = waiting ? undefined : nextGate(gates, passed, furthest, Number.POSITIVE_INFINITY);
  if (gate) stopAt(gate);
  else tell(media.duration * 1000);
}

/** On the seek bar: where the film waits. Its links, below, say it in words. */
function mark() {
  const [bar] = all(film, ".player-seek");
  if (!bar || !media.duration) return;
  all(film, ".player-marks").at(0)?.remove();
  const marks = document.createElement("div");
  marks.className = "player-marks";
  marks.setAttribute("aria-hidden", "true");
  for (const { at } of gates) {
    const one = document.createElement("span");
    one.style.setProperty("--at", `${Math.min(100, at / media.duration / 10)}%`);
    marks.append(one);
  }
  bar.after(marks);
}

media.addEventListener("durationchange", mark);
media.addEventListener("play", () => {
  if (waiting) stopAt(waiting);
});
media.addEventListener("timeupdate", () => {
  const now = media.currentTime * 1000;
  if (media.seeking || media.paused) return;
  const gate = waiting ? undefined : nextGate(gates, passed, furthest, now);
  furthest = Math.max(furthest, now);
  if (gate) stopAt(gate);
  else if (performance.now() - toldAt > TELL_MS) tell(now);
});
media.addEventListener("seeking", () => {
  if (!isHeld || media.currentTime * 1000 <= furthest + AHEAD_SECONDS * 1000) return;
  media.currentTime = furthest / 1000;
  toast(word("noSkipping"));
});
media.addEventListener("ended", atTheEnd);
hideByHand();
mark();
