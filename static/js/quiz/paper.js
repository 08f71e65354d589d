// @ts-check
/**
 * Dragging a question to another place on the paper (its buttons, and the field of its place, do the same); forms that
 * are open on it stay while it comes anew.
 */
import { all } from "../shared/page.js";
import * as picture from "./picture.js";
import * as trying from "./trying.js";

/**
 * @param {number} from the place of what is dragged, counted from 1
 * @param {number} over the place of what it is dropped on
 * @param {boolean} isBelow whether behind that
 */
export function placeAfter(from, over, isBelow) {
  const to = isBelow ? over + 1 : over;
  return from < to ? to - 1 : to;
}

/** @returns {HTMLElement | null} @param {EventTarget | null} target */
const sheetOf = (target) => (target instanceof Element ? target.closest(".paper > .sheet[id]") : null);

/** @param {HTMLElement} sheet */
const placeOf = (sheet) =>
  [...(sheet.parentElement?.children ?? [])].filter((one) => one.matches(".sheet[id]")).indexOf(sheet) + 1;

/** @param {HTMLElement} sheet @param {number} y */
function isInLowerHalf(sheet, y) {
  const { top, height } = sheet.getBoundingClientRect();
  return y > top + height / 2;
}

/** Sends the form of its place. @param {HTMLElement} sheet @param {number} to */
function moveTo(sheet, to) {
  const field = sheet.querySelector(".question-place input[name=to]");
  if (!(field instanceof HTMLInputElement)) return;
  field.value = String(to);
  field.form?.requestSubmit();
}

/** @typedef {{ form: HTMLElement, isNew: boolean, at: string, before: string }} Open where it stands: the question that it
 * is of, or of a new one the question that it is before, "" at the end */

/** @param {Element | null} from @returns {string} the id of the first question there or behind */
function questionFrom(from) {
  let one = from;
  while (one && !one.matches(".sheet[id]")) one = one.nextElementSibling;
  return one?.id ?? "";
}

/**
 * Takes the open forms out of the paper, but the one that was sent.
 * @param {Element} paper @param {Node} sent
 */
function takeOut(paper, sent) {
  return all(paper, ".sheet-form, .new-sheet")
    .filter((form) => !form.contains(sent))
    .map((form) => {
      const isNew = form.matches(".new-sheet");
      const open = { form, isNew, at: form.parentElement?.id ?? "", before: "" };
      if (isNew) open.before = questionFrom(form);
      form.remove();
      return open;
    });
}

/** Where they were; of a question that is gone at the end, so that nothing typed is lost. @param {Open[]} forms */
function putBack(forms) {
  const end = document.querySelector("#paper > .add-question");
  for (const { form, isNew, at, before } of forms) {
    const sheet = document.getElementById(at);
    const next = document.getElementById(before);
    if (!isNew && sheet) sheet.replaceChildren(form);
    else if (isNew && next) next.before(form);
    else if (form.matches("li")) document.querySelector("#paper > .paper")?.append(form);
    else end?.before(form);
  }
}

function keepForms() {
  /** @type {Open[]} */
  let open = [];
  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    if (detail.shouldSwap && detail.target.id === "paper")
      open = takeOut(detail.target, detail.requestConfig.elt);
  });
  document.addEventListener("htmx:afterSwap", () => {
    putBack(open);
    open = [];
  });
}

function start() {
  trying.start();
  picture.start();
  keepForms();
  /** @type {HTMLElement | null} */
  let dragged = null;
  const unmark = () => {
    for (const one of document.querySelectorAll(".is-target, .is-dragged"))
      one.classList.remove("is-target", "is-target-below", "is-dragged");
  };
  document.addEventListener("dragstart", (event) => {
    const handle = event.target instanceof Element && event.target.closest(".drag-handle");
    dragged = handle ? sheetOf(handle) : null;
    if (!dragged || !event.dataTransfer) return;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("application/x-foyer-question", dragged.id);
    event.dataTransfer.setDragImage(dragged, 0, 0);
    dragged.classList.add("is-dragged");
  });
  document.addEventListener("dragover", (event) => {
    const over = dragged && sheetOf(event.target);
    if (!over) return;
    event.preventDefault();
    for (const one of document.querySelectorAll(".is-target")) one.classList.remove("is-target");
    over.classList.add("is-target");
    over.classList.toggle("is-target-below", isInLowerHalf(over, event.clientY));
  });
  document.addEventListener("drop", (event) => {
    const over = dragged && sheetOf(event.target);
    if (!dragged || !over) return;
    event.preventDefault();
    const to = placeAfter(placeOf(dragged), placeOf(over), isInLowerHalf(over, event.clientY));
    if (to !== placeOf(dragged)) moveTo(dragged, to);
  });
  document.addEventListener("dragend", () => {
    dragged = null;
    unmark();
  });
}

if (globalThis.document) start();
