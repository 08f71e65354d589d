// @ts-check
/** Answers that could not be sent, in this tab; those of other attempts stay beside them. */
import { ANSWERS } from "../shared/keeping.js";
import { windowMemory } from "../shared/page.js";
import { attempt, page } from "./attempt.js";
import * as fields from "./fields.js";
import { kept } from "./keeping.js";

/** @typedef {import("./keeping.js").Kept} Kept */

const store = kept(
  {
    read: () => windowMemory.get(ANSWERS),
    write: (all) => (all ? windowMemory.set(ANSWERS, all) : windowMemory.forget(ANSWERS)),
  },
  attempt,
);

export const keptHere = store.here;
export const { drop, forgetAll, countUp, wait, waitNoMore, waiting } = store;

/** @param {HTMLElement} question */
export function keep(question) {
  const { question: name = "", save = "" } = question.dataset;
  const given = { address: save, body: String(fields.bodyOf(question)), typed: fields.typedIn(question) };
  store.keep(name, given, page);
}
