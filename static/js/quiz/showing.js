// @ts-check
/** What the page shows by script: whether a question is answered, how much is typed, what the site says of it all. */
import { all, need } from "../shared/page.js";
import { form, line, questions, sectionOf, word } from "./attempt.js";
import * as fields from "./fields.js";
import { afterPress } from "./press.js";

const MOST_CHARACTERS_SHOWN = 1000;

let newest = { sentence: "", isFailed: false };

function showNewest() {
  line.classList.toggle("is-failed", newest.isFailed);
  line.textContent = newest.sentence;
}

/** In the line above: however long it had to wait, what was said last stands there. @param {string} sentence "" for none */
export function say(sentence, isFailed = false) {
  newest = { sentence, isFailed };
  afterPress(showNewest);
}

/** @param {string} question @param {string} sentence @param {string} [more] in lines of their own, to be copied */
export function tellAt(question, sentence, more = "") {
  afterPress(() => showAt(question, sentence, more));
}

/** @param {string} question @param {string} sentence @param {string} more */
function showAt(question, sentence, more) {
  const place = sectionOf(question)?.querySelector("[data-told]");
  if (!(place instanceof HTMLElement)) return;
  place.hidden = !sentence;
  place.textContent = sentence;
  if (!more) return;
  const typed = document.createElement("span");
  typed.className = "quiz-kept-text any-break";
  typed.dir = "auto";
  typed.textContent = more;
  place.append(typed);
}

/** On pages before and after this one. */
let answeredElsewhere =
  Number.parseInt(need(document, "#quiz-answered", HTMLElement).dataset.answered ?? "0", 10) -
  questions().filter(fields.wasAnswered).length;

/** @param {HTMLElement} question */
export function look(question) {
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

/** @param {ParentNode} root */
export function enhance(root) {
  for (const button of all(root, "[data-move]")) button.hidden = false;
  for (const question of questions()) look(question);
}

/** A question of this page that is saved by other means from now on counts as on another. */
export function countElsewhere() {
  answeredElsewhere += 1;
}

const notice = need(document, "#quiz-notice", HTMLElement);

/** @param {string} typed "" where it was chosen */
function showLateElsewhere(typed) {
  const said = document.createElement("p");
  said.className = "quiz-kept-text any-break";
  said.dir = "auto";
  said.textContent = typed ? word("tooLateTyped", { text: typed }) : word("tooLateElsewhere");
  need(notice, "[data-sentence]", HTMLElement).after(said);
}

/** @param {string} sentence "" for none @param {string} [way] what is offered with it: "takeBack" or "result" */
export function showNotice(sentence, way) {
  need(notice, "[data-sentence]", HTMLElement).textContent = sentence;
  need(notice, "[data-take-back]", HTMLElement).hidden = way !== "takeBack";
  need(notice, "[data-to-result]", HTMLElement).hidden = way !== "result";
  notice.hidden = !sentence;
}

/**
 * The answers that came too late stay where they are, and change no more. Those of other pages of the attempt are told
 * beside the notice.
 * @param {string} address of the result
 * @param {Record<string, { typed?: string }>} late by question
 */
export function showLate(address, late) {
  for (const button of all(form, "button")) if (!notice.contains(button)) button.hidden = true;
  for (const field of questions().flatMap(fields.fieldsOf))
    if (field.matches("textarea, [type=text]")) field.setAttribute("readonly", "");
    else field.disabled = true;
  for (const [question, { typed = "" }] of Object.entries(late)) {
    if (sectionOf(question)) tellAt(question, word("tooLate"));
    else showLateElsewhere(typed);
  }
  need(notice, "[data-to-result]", HTMLAnchorElement).href = address;
  showNotice(word("over"), "result");
  notice.focus();
}
