// @ts-check
/**
 * The page of an open attempt: saves each answer as it is given and says so, keeps what could not be sent, counts the
 * time, and hands in when it is up. Without it the page is a plain form.
 */
import { ANSWERS } from "../shared/keeping.js";
import { announce, toast } from "../shared/notices.js";
import { all, around, headers, need, windowMemory, wordsOf } from "../shared/page.js";
import { changeIn } from "../shared/session.js";
import { timeLeft } from "../shared/times.js";
import * as fields from "./fields.js";
import { Saving } from "./saving.js";
import { Timer } from "./timer.js";

/** @typedef {import("./saving.js").Outcome} Outcome */
/** @typedef {import("./saving.js").State} State */

const TYPED_MS = 800;
const ASK_AGAIN_MS = 5000;
const MOST_CHARACTERS_SHOWN = 1000;

const word = wordsOf("quiz-words");
const form = need(document, "#quiz-form", HTMLFormElement);
const line = need(document, "#quiz-saving", HTMLElement);
const { attempt = "" } = form.dataset;
/** This open page: what it sends is never its own rival. */
const pageName = [...crypto.getRandomValues(new Uint8Array(8))].map((one) => one.toString(36)[0]).join("");
let count = 0;
let isLeaving = false;
/** @type {Map<string, string>} what was sent last of each question */
const sent = new Map();
const otherTabs =
  "BroadcastChannel" in globalThis ? new BroadcastChannel(`foyer-quiz-${attempt}`) : undefined;

/** @param {string} question */
const sectionOf = (question) =>
  /** @type {HTMLElement | null} */ (document.querySelector(`[data-question="${CSS.escape(question)}"]`));
const questions = () => all(form, "[data-save]");

// --- what could not be sent, in this tab ----------------------------------------------------------------

/** @typedef {{ address: string, body: string }} Kept */

/** @returns {Record<string, Kept>} */
function keptHere() {
  const kept = windowMemory.get(ANSWERS);
  return kept?.attempt === attempt ? kept.answers : {};
}

/** @param {Record<string, Kept>} answers */
function keepHere(answers) {
  if (Object.keys(answers).length) windowMemory.set(ANSWERS, { attempt, answers });
  else windowMemory.forget(ANSWERS);
}

/** @param {HTMLElement} question */
function keep(question) {
  const { question: name = "", save = "" } = question.dataset;
  keepHere({ ...keptHere(), [name]: { address: save, body: String(fields.bodyOf(question)) } });
}

/** @param {string} question */
function drop(question) {
  const { [question]: _sent, ...others } = keptHere();
  keepHere(others);
}

// --- saving ---------------------------------------------------------------------------------------------

/** @type {Partial<Record<State, string>>} */
const SENTENCES = {
  offline: "offline",
  failed: "failed",
  signedOut: "signedOut",
  noAccess: "noAccess",
  interrupted: "interrupted",
};

/** @param {State} state @param {string} at */
function tell(state, at) {
  const failed = SENTENCES[state];
  line.classList.toggle("is-failed", failed !== undefined);
  line.textContent = failed
    ? word(failed)
    : state === "saving"
      ? word("saving")
      : word("saved", { time: at });
}

/** @param {string} question @param {string} sentence */
function tellAt(question, sentence) {
  const place = sectionOf(question)?.querySelector("[data-told]");
  if (!(place instanceof HTMLElement)) return;
  place.hidden = !sentence;
  place.textContent = sentence;
}

/** @param {string} address */
function goTo(address) {
  isLeaving = true;
  saving.end();
  keepHere({});
  location.assign(address);
}

/** @param {Response} answer @returns {Outcome} */
function failure(answer) {
  const how = changeIn(
    /** @type {any} */ ({ getResponseHeader: (/** @type {string} */ name) => answer.headers.get(name) }),
  );
  if (how === "ended" || answer.type === "opaqueredirect") return { kind: "signedOut" };
  if (how === "changed") return { kind: "failed" }; // with fresh tokens the next try is taken
  return { kind: answer.status === 403 || answer.status === 404 ? "noAccess" : "failed" };
}

/** @param {string} question @param {any} told what the site has now */
function take(question, told) {
  const section = sectionOf(question);
  if (told.left !== null && timer) timer.set(told.left);
  if (!section) return drop(question);
  const isChanged = sent.get(question) !== String(fields.bodyOf(section));
  fields.setRevision(section, told.revision);
  if (told.wasNewer && !isChanged) fields.apply(section, told.response);
  tellAt(question, told.wasNewer ? word("newer") : told.note);
  if (!isChanged) drop(question);
  otherTabs?.postMessage({ question, response: told.response, revision: told.revision });
  look(section);
}

/** @param {string} question @returns {Promise<Outcome>} */
async function send(question) {
  const section = sectionOf(question);
  const kept = keptHere()[question];
  const address = section?.dataset.save ?? kept?.address;
  if (!address) return { kind: "refused" };
  const body = section ? fields.bodyOf(section) : new URLSearchParams(kept?.body);
  sent.set(question, String(body));
  count += 1;
  body.set("page", pageName);
  body.set("count", String(count));
  try {
    const answer = await fetch(address, {
      method: "POST",
      headers: { ...headers(), Accept: "application/json" },
      body,
      redirect: "manual",
      keepalive: true,
    });
    if (answer.status === 409 || answer.status === 422) return refused(question, await answer.json());
    if (!answer.ok) return failure(answer);
    const told = await answer.json();
    take(question, told);
    return { kind: "saved", at: told.at };
  } catch {
    return { kind: navigator.onLine ? "failed" : "offline" };
  }
}

/** @param {string} question @param {{ over?: string, interrupted?: boolean, message?: string }} told @returns {Outcome} */
function refused(question, told) {
  if (told.interrupted) return { kind: "interrupted" }; // sent again: the host may let the person go on
  if (told.over) {
    goTo(told.over);
    return { kind: "over" };
  }
  tellAt(question, told.message ?? "");
  line.textContent = "";
  drop(question);
  return { kind: "refused" };
}

const saving = new Saving({ send, tell });

/** @param {HTMLElement} question @param {number} [soon] */
function changed(question, soon = 0) {
  keep(question);
  look(question);
  saving.change(question.dataset.question ?? "", soon);
}

/** @param {Event} event */
function onField(event) {
  const question = around(event, "[data-save]");
  if (!question || !(event.target instanceof HTMLElement) || !form.contains(question)) return;
  const isTyped = event.target.matches("input:not([type=radio], [type=checkbox]), textarea");
  if (isTyped) return event.type === "input" ? changed(question, TYPED_MS) : void saving.flush();
  if (event.type !== "change") return;
  if (event.target instanceof HTMLSelectElement) placed(event.target);
  changed(question);
}

// --- what a question shows by script --------------------------------------------------------------------

let answeredElsewhere =
  Number.parseInt(need(document, "#quiz-answered", HTMLElement).dataset.answered ?? "0", 10) -
  questions().filter(fields.isAnswered).length;

/** @param {HTMLElement} question */
function look(question) {
  const clear = question.querySelector("[data-clear]");
  if (clear instanceof HTMLElement) clear.hidden = !fields.isAnswered(question);
  const text = question.querySelector("textarea[data-count]");
  if (text instanceof HTMLTextAreaElement) showCount(text);
  const shown = need(document, "#quiz-answered", HTMLElement);
  const answered = answeredElsewhere + questions().filter(fields.isAnswered).length;
  shown.textContent = word("answered", { answered, total: shown.dataset.total ?? "" });
}

/** @param {HTMLTextAreaElement} text */
function showCount(text) {
  let place = text.nextElementSibling;
  if (!place?.matches(".form-text")) {
    place = document.createElement("p");
    place.className = "form-text numbers";
    text.after(place);
  }
  const left = text.maxLength - text.value.length;
  place.textContent =
    left < MOST_CHARACTERS_SHOWN
      ? word("charactersLeft", { number: left })
      : word("characters", { number: text.value.length });
}

/** @param {HTMLSelectElement} select */
function placed(select) {
  const thing = select.closest("[data-thing]");
  if (!thing) return;
  if (select.value) fields.moveTo(thing, Number(select.value) - 1);
  select.focus();
}

/** @param {MouseEvent} event */
function onPress(event) {
  const button = around(event, "[data-move], [data-clear]");
  const question = button?.closest("[data-save]");
  if (!button || !(question instanceof HTMLElement)) return;
  event.preventDefault();
  if (button.matches("[data-clear]")) {
    fields.clear(question);
    fields.fieldsOf(question)[0]?.focus();
    return changed(question);
  }
  const thing = button.closest("[data-thing]");
  const list = thing?.parentElement;
  if (!thing || !list) return;
  const to = fields.moveTo(thing, [...list.children].indexOf(thing) + Number(button.dataset.move));
  button.focus();
  announce(word("moved", { place: to + 1, total: list.children.length }));
  changed(question);
}

/** @param {ParentNode} root */
function enhance(root) {
  for (const button of all(root, "[data-move]")) button.hidden = false;
  for (const question of questions()) look(question);
}

// --- leaving, handing in --------------------------------------------------------------------------------

/** @type {HTMLElement | null | undefined} what was pressed and goes on once all is saved */
let pressed;
let isTimeUp = false;

function goOn() {
  if (isLeaving || pressed === undefined || !saving.isClean) return;
  const submitter = pressed;
  isLeaving = true;
  count += 1;
  need(form, "input[name=page]", HTMLInputElement).value = pageName;
  need(form, "input[name=count]", HTMLInputElement).value = String(count);
  // While the form tells of one press, it takes no other.
  setTimeout(() => form.requestSubmit(submitter));
}

/** @param {SubmitEvent} event */
async function onSubmit(event) {
  if (isLeaving) return;
  event.preventDefault();
  pressed = event.submitter;
  if (pressed?.matches("[data-hands-in]")) line.textContent = word("handingIn");
  await saving.flush();
  if (!navigator.onLine) tell("offline", "");
  else goOn();
}

function handInAtTheEnd() {
  if (isTimeUp) return;
  isTimeUp = true;
  announce(word("timeUp"));
  line.textContent = word("timeUp");
  const button = document.createElement("button");
  button.name = "time_up";
  button.value = "1";
  button.formNoValidate = true;
  button.hidden = true;
  button.setAttribute("formaction", form.dataset.handIn ?? "");
  form.append(button);
  pressed = button;
  saving.flush().then(goOn);
}

// --- the clock ------------------------------------------------------------------------------------------

const arrival = /** @type {PerformanceNavigationTiming | undefined} */ (
  performance.getEntriesByType("navigation")[0]
);
const timer = form.dataset.left
  ? new Timer(Number(form.dataset.left), {
      at: arrival?.type === "back_forward" ? undefined : arrival?.responseStart,
    })
  : undefined;

function tick() {
  if (!timer || isLeaving) return;
  const { left, due } = timer;
  const shown = need(document, "#quiz-left", HTMLElement);
  shown.textContent = word("left", { time: timeLeft(left) });
  shown.parentElement?.classList.toggle("is-short", left <= 60);
  if (due) {
    announce(word(due > 60 ? "fiveMinutes" : "oneMinute"));
    toast(word(due > 60 ? "fiveMinutes" : "oneMinute"), "info");
    askClock(); // the host may have given more
  }
  if (left === 0 && !isTimeUp && !isAsking) askClock().then(() => timer.left === 0 && handInAtTheEnd());
}

let isAsking = false;

/** Asks how long there is left: the machine has slept, the page is an old one, or the host may have given more. */
async function askClock() {
  if (!timer || isLeaving || isAsking) return;
  isAsking = true;
  try {
    const answer = await fetch(form.dataset.clock ?? "", {
      headers: { Accept: "application/json" },
      cache: "no-store",
    });
    const told = await answer.json();
    if (told.over) goTo(told.over);
    else if (told.interrupted) tell("interrupted", "");
    else if (told.left !== null) timer.set(told.left);
    else if (await saving.flush()) location.reload(); // without end now
  } catch {
    // No connection: the steady clock goes on.
  } finally {
    isAsking = false;
  }
}

// --- begin ----------------------------------------------------------------------------------------------

function giveBack() {
  const kept = Object.entries(keptHere());
  for (const [question, { body }] of kept) {
    const section = sectionOf(question);
    const heard = new URLSearchParams(body);
    if (section?.dataset.save) {
      fields.putBack(section, heard);
      // The site knows what this page had heard of: a newer answer of another tab stays.
      fields.setRevision(section, Number(heard.get(`${question}.revision`) ?? 0));
    }
    saving.change(question);
  }
  if (kept.length) toast(word("isBack"));
}

function tryAgain() {
  if (pressed !== undefined) saving.flush().then(goOn);
  else if (!saving.isClean) saving.flush();
}

for (const name of ["input", "change"]) form.addEventListener(name, onField);
form.addEventListener("click", onPress);
form.addEventListener("submit", onSubmit);
form.addEventListener("foyer:question", () => enhance(form));
addEventListener("online", tryAgain);
addEventListener("focus", tryAgain);
setInterval(() => pressed !== undefined && tryAgain(), ASK_AGAIN_MS);
addEventListener("pagehide", () => void saving.flush());
addEventListener("pageshow", ({ persisted }) => {
  if (!persisted) return;
  isLeaving = false;
  pressed = undefined;
  askClock();
});
document.addEventListener("visibilitychange", () => (document.hidden ? saving.flush() : askClock()));
document.addEventListener("foyer:left", () => saving.end());
addEventListener("beforeunload", (event) => {
  if (!isLeaving && !saving.isClean) event.preventDefault();
});
document.addEventListener("htmx:configRequest", (event) => {
  const { elt, parameters } = event.detail;
  if (!form.contains(elt) || !("count" in parameters)) return;
  count += 1;
  parameters.page = pageName;
  parameters.count = String(count);
});
document.addEventListener("htmx:afterSettle", (event) => {
  const question = around(event, "[data-question]");
  if (!question || !form.contains(question)) return;
  if (question.querySelector(".quiz-hint-head")) question.querySelector("[data-hint]")?.remove();
  if (!question.dataset.save) {
    if ("answered" in question.dataset) answeredElsewhere += 1;
    delete question.dataset.answered;
    saving.forget(question.dataset.question ?? "");
    drop(question.dataset.question ?? "");
  }
  all(question, "[data-verdict]")[0]?.focus();
  enhance(question);
});
otherTabs?.addEventListener("message", ({ data }) => {
  const section = sectionOf(data.question);
  if (!section?.dataset.save || saving.isWaiting(data.question)) return;
  if (fields.revisionOf(section) >= data.revision) return;
  fields.apply(section, data.response);
  fields.setRevision(section, data.revision);
  tellAt(data.question, word("newer"));
  look(section);
});

for (const button of all(form, "[data-save-all]")) button.hidden = true;
enhance(form);
giveBack();
if (timer) {
  tick();
  setInterval(tick, 1000);
  if (arrival?.type === "back_forward") askClock();
}
if (location.hash === "#review") all(document, "#review")[0]?.focus();
