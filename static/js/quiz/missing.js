// @ts-check
/** What is not answered yet on all pages of the attempt, as far as this one knows without the site. */
import { need } from "../shared/page.js";
import { questions, sectionOf } from "./attempt.js";
import * as fields from "./fields.js";
import { keptHere } from "./kept.js";

/** @typedef {{ id: string, number: number, must: boolean }} Missing */

/** @type {Missing[]} when the page was sent */
const elsewhere = JSON.parse(need(document, "#quiz-missing", HTMLElement).textContent);

/** @param {HTMLElement} question @returns {Missing} */
const missingOf = (question) => ({
  id: question.dataset.question ?? "",
  number: Number(question.dataset.number),
  must: "required" in question.dataset && !fields.isAnswered(question),
});

/** Their numbers: what must be answered, and all others. */
export function missing() {
  const here = questions().filter((one) => fields.needsAnswer(one) && !fields.isWhole(one));
  const given = keptHere();
  const all = [
    ...here.map(missingOf),
    ...elsewhere.filter(({ id }) => !sectionOf(id) && !(id in given)),
  ].sort((one, other) => one.number - other.number);
  return {
    must: all.filter(({ must }) => must).map(({ number }) => number),
    others: all.filter(({ must }) => !must).map(({ number }) => number),
  };
}
