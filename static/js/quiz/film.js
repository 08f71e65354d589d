// @ts-check
/**
 * The film of a quiz waits at its questions: it stops, the focus goes to the question, and back to the player with *Go
 * on*. A question's link leads to its place in the film. The site knows which questions are open; that the player does
 * not skip is a courtesy.
 */
import { announce, toast } from "../shared/notices.js";
import { all, around, headers, need, wordsOf } from "../shared/page.js";
import { isAtItsAddress } from "./attempt.js";
import { isAnswered } from "./fields.js";
import { nextGate } from "./gates.js";
import { LONGEST_WAIT_MS, saving } from "./sending.js";

/** @typedef {import("./gates.js").Gate} Gate */

const TELL_MS = 5000;
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
/** @type {Set<string>} questions for which the film does not wait again */
const passed = new Set(all(film, "[data-answered]").map((one) => one.dataset.of ?? ""));
let watched = Number(film.dataset.watched ?? 0);
let furthest = watched;
let toldAt = 0;
/** @type {Gate | undefined} */
let waiting;

/** @param {string} id */
const holds = (id) => {
  const section = sectionOf(id);
  return (
    section !== null && "required" in section.dataset && "save" in section.dataset && !isAnswered(section)
  );
};

/** @param {string} id */
const sectionOf = (id) => document.getElementById(`q-${id}`);

let isReached = true;

/** @param {number} at milliseconds @returns {Promise<number>} how far the film is open */
async function tell(at) {
  toldAt = performance.now();
  isReached = false;
  try {
    const answer = await fetch(film.dataset.watch ?? "", {
      method: "POST",
      headers: { ...headers(), Accept: "application/json" },
      body: new URLSearchParams({ at: String(Math.round(at)) }),
      signal: AbortSignal.timeout(LONGEST_WAIT_MS),
      keepalive: true,
    });
    const told = await answer.json();
    isReached = true;
    if (told.over) form.dispatchEvent(new CustomEvent("foyer:over", { detail: told }));
    else if (answer.ok) watched = Math.max(watched, told.watched);
  } catch {
    // No connection: the next one tells.
  }
  return watched;
}

/** Puts the questions on the page that have opened since. */
async function refresh() {
  const answer = await fetch(isAtItsAddress() ? location.href : form.action, { cache: "no-store" });
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
  const section = hold(gate);
  if (!section) return;
  section.scrollIntoView({ block: "start" });
  section.focus({ preventScroll: true });
  announce(word("waits", { number: gates.indexOf(gate) + 1 }));
}

/** Marks the question for which the film waits, and offers to go on. @param {Gate} gate */
function hold(gate) {
  const section = sectionOf(gate.of);
  if (!section || section.dataset.later) return;
  const [head] = all(document, ".quiz-state");
  document.documentElement.style.setProperty("--quiz-head", `${head?.offsetHeight ?? 0}px`);
  offerGoOn(section, gate);
  section.classList.add("is-waiting");
  return section;
}

/** @param {Gate} gate */
function letGo(gate) {
  const section = sectionOf(gate.of);
  section?.classList.remove("is-waiting");
  section?.querySelector("[data-go-on]")?.remove();
}

/**
 * To the place of a question in the film, where it waits as if it had come there.
 * @param {Gate} gate
 */
async function goTo(gate) {
  if (isHeld && gate.at > furthest + AHEAD_SECONDS * 1000) {
    toast(word("noSkipping"));
    return;
  }
  if (waiting) letGo(waiting);
  waiting = gate;
  media.currentTime = gate.at / 1000;
  furthest = Math.max(furthest, gate.at);
  await stopAt(gate);
}

/** @param {HTMLElement} section @param {Gate} gate */
function offerGoOn(section, gate) {
  if (section.querySelector("[data-go-on]")) return;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button button-primary quiz-go-on";
  button.dataset.goOn = "";
  button.textContent = word("goOn");
  button.addEventListener("click", () => goOn(gate));
  section.append(button);
}

/** @param {Gate} gate */
function leaveQuestion(gate) {
  passed.add(gate.of);
  waiting = undefined;
  const section = sectionOf(gate.of);
  const isOpen = section?.dataset.save && !isAnswered(section);
  if (isOpen) toast(word("leftOpen", { number: gates.indexOf(gate) + 1 }));
  letGo(gate);
}

/** Of those at one moment, the film waits at each; then at whichever must be answered and is not. @param {Gate} gate */
async function goOn(gate) {
  const here = gates.filter(({ at }) => at === gate.at);
  const next = here.find(({ of }) => of !== gate.of && !passed.has(of));
  if (next) {
    leaveQuestion(gate);
    return stopAt(next);
  }
  await saving.flush(); // the site holds the film until the answer has come
  const open = await tell(gate.at + 1);
  if (open <= gate.at && isHeld) {
    if (!isReached) return toast(word("unreached"));
    toast(word("must"));
    const holding = here.find(({ of }) => holds(of)) ?? gate;
    if (holding === gate) return sectionOf(gate.of)?.focus();
    letGo(gate);
    return stopAt(holding);
  }
  leaveQuestion(gate);
  comeToFilm();
  (all(film, "media-controller").at(0) ?? media).focus();
  if (media.ended) atTheEnd();
  else media.play().catch(() => {});
}

/** All of it; where there is no room for that, from its top on. */
function comeToFilm() {
  const [head] = all(document, ".quiz-state");
  const room = innerHeight - (head?.offsetHeight ?? 0);
  film.scrollIntoView({ block: film.offsetHeight > room ? "start" : "nearest" });
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
media.addEventListener("pause", () => !waiting && !media.ended && tell(media.currentTime * 1000));
addEventListener("pagehide", () => !media.paused && tell(media.currentTime * 1000));
film.addEventListener("click", (event) => {
  const of = around(event, "[data-moment]")?.dataset.of;
  const gate = around(event, "a") && gates.find((one) => one.of === of);
  if (!gate) return;
  event.preventDefault();
  goTo(gate);
});
// A question that was checked is a new one.
document.addEventListener("htmx:afterSettle", () => waiting && hold(waiting));
hideByHand();
mark();
