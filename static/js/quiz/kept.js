// @ts-check
/** Answers that could not be sent, in this tab. */
import { ANSWERS } from "../shared/keeping.js";
import { windowMemory } from "../shared/page.js";
import { attempt } from "./attempt.js";
import * as fields from "./fields.js";

/** @typedef {{ address: string, body: string }} Kept */

/** @returns {Record<string, Kept>} */
export function keptHere() {
  const kept = windowMemory.get(ANSWERS);
  return kept?.attempt === attempt ? kept.answers : {};
}

/** @param {Record<string, Kept>} answers */
export function keepHere(answers) {
  if (Object.keys(answers).length) windowMemory.set(ANSWERS, { attempt, answers });
  else windowMemory.forget(ANSWERS);
}

/** @param {HTMLElement} question */
export function keep(question) {
  const { question: name = "", save = "" } = question.dataset;
  keepHere({ ...keptHere(), [name]: { address: save, body: String(fields.bodyOf(question)) } });
}

/** @param {string} question */
export function drop(question) {
  const { [question]: _sent, ...others } = keptHere();
  keepHere(others);
}
