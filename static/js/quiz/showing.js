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

const count = need(document, "#quiz-answered", HTMLElement);
const counted = () => questions().filter(fields.needsAnswer);

/** Answered on pages before and after this one, wholly and partly. */
const elsewhere = {
  whole: Number(count.dataset.answered) - counted().filter(fields.wasWhole).length,
  partly:
    Number(count.dataset.partly) -
    counted().filter((one) => fields.wasAnswered(one) && !fields.wasWhole(one)).length,
};

/** @param {HTMLElement} question */
export function look(question) {
  const isAnswered = fields.isAnswered(question);
  for (const one of all(question, "[data-clear], [data-placed]")) one.hidden = !isAnswered;
  for (const one of all(question, "[data-not-placed]")) one.hidden = isAnswered;
  const text = question.querySelector("textarea[data-count]");
  if (text instanceof HTMLTextAreaElement) showCount(text);
  const given = counted().filter(fields.isAnswered);
  const whole = given.filter(fields.isWhole).length;
  const [answered, partly] = [elsewhere.whole + whole, elsewhere.partly + given.length - whole];
  const { total = "" } = count.dataset;
  count.textContent = word(partly ? "answeredPartly" : "answered", { answered, partly, total });
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

/** A question of this page that is saved by other means from now on counts as on another. @param {HTMLElement} question */
export function countElsewhere(question) {
  if (fields.needsAnswer(question)) elsewhere.whole += 1;
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

const WAYS = {
  takeBack: "[data-take-back]",
  result: "[data-to-result]",
  again: "[data-again]",
};

/** @param {string} sentence "" for none @param {keyof typeof WAYS} [way] what is offered with it */
export function showNotice(sentence, way) {
  need(notice, "[data-sentence]", HTMLElement).textContent = sentence;
  for (const [name, button] of Object.entries(WAYS)) need(notice, button, HTMLElement).hidden = name !== way;
  notice.hidden = !sentence;
}

/** The same, and reading goes on there. @param {string} sentence @param {keyof typeof WAYS} [way] */
export function comeToNotice(sentence, way) {
  showNotice(sentence, way);
  notice.focus();
}

/** Handing in is offered there. @param {string} sentence @param {boolean} isAgreed also without all answers */
export function offerHandIn(sentence, isAgreed) {
  const button = need(notice, WAYS.again, HTMLButtonElement);
  button.name = isAgreed ? "anyway" : "";
  button.value = "1";
  button.textContent = word(isAgreed ? "anyway" : "now");
  comeToNotice(sentence, "again");
}

/**
 * The answers that came too late stay where they are, and change no more. Those of other pages of the attempt are told
 * beside the notice.
 * @param {string} address of the result
 * @param {Record<string, { typed?: string }>} late by question
 * @param {boolean} isHandedIn elsewhere, before the time was up
 */
export function showLate(address, late, isHandedIn) {
  for (const one of all(document, ".quiz-clock, [data-while-open]")) one.hidden = true;
  for (const button of all(form, "button")) if (!notice.contains(button)) button.hidden = true;
  for (const field of questions().flatMap(fields.fieldsOf))
    if (field.matches("textarea, [type=text]")) field.setAttribute("readonly", "");
    else field.disabled = true;
  for (const [question, { typed = "" }] of Object.entries(late)) {
    if (sectionOf(question)) tellAt(question, word("tooLate"));
    else showLateElsewhere(typed);
  }
  need(notice, "[data-to-result]", HTMLAnchorElement).href = address;
  comeToNotice(word(isHandedIn ? "overElsewhere" : "over"), "result");
}
