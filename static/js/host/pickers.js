// @ts-check
/**
 * - input[data-people]: an address chosen from its suggestions fills in the names beside it. What somebody typed
 *   into a name field themself is left alone.
 * - <input type="checkbox" data-pick-all="form-id">: ticks every box named pk of that form, and shows whether
 *   all, some or none are ticked.
 * - <input type="checkbox" data-pick-everything="form-id">: means those on other pages too. It is for whoever has
 *   ticked all boxes here, and is unticked with the first of them.
 * - <span data-picked="form-id" data-words="{number} selected" data-everything="…">: how many that are.
 */
import { all as allIn, fill as fillIn } from "../shared/page.js";

/** @type {WeakMap<HTMLInputElement, string>} */
const filled = new WeakMap();

/**
 * @param {Element | RadioNodeList | null | undefined} field
 * @param {string | undefined} value
 */
function fill(field, value) {
  if (!(field instanceof HTMLInputElement) || !value) return;
  if (field.value && filled.get(field) !== field.value) return;
  field.value = value;
  filled.set(field, value);
}

/** @param {Event} event */
function onInput({ target }) {
  if (!(target instanceof HTMLInputElement) || !target.matches("[data-people]")) return;
  const chosen = [...(target.list?.options ?? [])].find((option) => option.value === target.value);
  fill(target.form?.elements.namedItem("first_name"), chosen?.dataset.first);
  fill(target.form?.elements.namedItem("last_name"), chosen?.dataset.last);
}

/**
 * @param {string} form its id
 * @returns {NodeListOf<HTMLInputElement>}
 */
const boxesOf = (form) => document.querySelectorAll(`input[name="pk"][form="${CSS.escape(form)}"]`);

/** @param {string} form its id */
function untickEverything(form) {
  const everything = document.querySelector(`[data-pick-everything="${CSS.escape(form)}"]`);
  if (everything instanceof HTMLInputElement) everything.checked = false;
}

/** @param {string} form its id */
function count(form) {
  const everything = document.querySelector(`[data-pick-everything="${CSS.escape(form)}"]:checked`);
  const ticked = [...boxesOf(form)].filter((box) => box.checked).length;
  for (const shown of allIn(document, `[data-picked="${CSS.escape(form)}"]`)) {
    const number = (everything && shown.dataset.everything) || ticked;
    shown.textContent = fillIn(shown.dataset.words ?? "", { number });
  }
}

/** @param {Event} event */
function onChange(event) {
  const { target } = event;
  if (!(target instanceof HTMLInputElement)) return;
  pick(target);
  const form = target.dataset.pickAll ?? target.dataset.pickEverything ?? target.getAttribute("form");
  if (form) count(form);
}

/** @param {HTMLInputElement} target */
function pick(target) {
  if (target.dataset.pickAll) {
    for (const box of boxesOf(target.dataset.pickAll)) box.checked = target.checked;
    if (!target.checked) untickEverything(target.dataset.pickAll);
  } else if (target.matches('input[name="pk"][form]')) {
    const form = target.getAttribute("form") ?? "";
    const all = document.querySelector(`[data-pick-all="${CSS.escape(form)}"]`);
    if (!(all instanceof HTMLInputElement)) return;
    const boxes = [...boxesOf(form)];
    const ticked = boxes.filter((box) => box.checked).length;
    all.checked = ticked === boxes.length;
    all.indeterminate = ticked > 0 && ticked < boxes.length;
    if (!all.checked) untickEverything(form);
  }
}

export function start() {
  document.addEventListener("input", onInput);
  document.addEventListener("change", onChange);
}
