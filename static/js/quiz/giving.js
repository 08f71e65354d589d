// @ts-check
/** Answers as they are given, in fields and with buttons. */
import { announce } from "../shared/notices.js";
import { around } from "../shared/page.js";
import { form, questions, word } from "./attempt.js";
import * as fields from "./fields.js";
import { keep } from "./kept.js";
import { saving } from "./sending.js";
import { look } from "./showing.js";

const TYPED_MS = 800;

/** @param {HTMLElement} question @param {number} [soon] */
function changed(question, soon = 0) {
  keep(question);
  look(question);
  saving.change(question.dataset.question ?? "", soon);
}

/** What was answered before this script came. */
export function takeEarlier() {
  const earlier = questions().filter(fields.isGivenHere);
  for (const question of earlier) {
    fields.inOrder(question);
    changed(question);
  }
}

/** @param {Event} event */
export function onField(event) {
  const question = around(event, "[data-save]");
  if (!question || !(event.target instanceof HTMLElement) || !form.contains(question)) return;
  const isTyped = event.target.matches("input:not([type=radio], [type=checkbox]), textarea");
  if (isTyped) return event.type === "input" ? changed(question, TYPED_MS) : void saving.flush();
  if (event.type !== "change") return;
  if (event.target instanceof HTMLSelectElement) placed(event.target);
  changed(question);
}

/** @param {HTMLSelectElement} select */
function placed(select) {
  const thing = select.closest("[data-thing]");
  if (!thing) return;
  const others = [...(thing.parentElement?.querySelectorAll("select") ?? [])].filter((one) => one !== select);
  const isFirst = others.every((one) => !one.value);
  if (isFirst && !select.value) return;
  // Without a place it comes last, as the site has it.
  fields.moveTo(thing, select.value ? Number(select.value) - 1 : others.length);
  if (isFirst) announce(word("placed", { total: others.length + 1 }));
  select.focus();
}

/** @param {MouseEvent} event */
export function onPress(event) {
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
  const wasPlaced = fields.isAnswered(question);
  const to = fields.moveTo(thing, [...list.children].indexOf(thing) + Number(button.dataset.move));
  button.focus();
  const total = list.children.length;
  const moved = word("moved", { place: to + 1, total });
  announce(wasPlaced ? moved : `${moved}. ${word("placed", { total })}`);
  changed(question);
}
