// @ts-check
/** Dragging a question to another place on the paper. Its buttons, and the field of its place, do the same. */

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

function start() {
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
